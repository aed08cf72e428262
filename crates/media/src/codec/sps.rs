//! What the sequence parameter set of H.264 adds to its profile.

use crate::bits::{BitCursor, Cursor};

/// What an H.264 decoder must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AvcProfile {
    /// `profile_idc`.
    pub profile: u8,
    /// The byte of constraint flags.
    pub constraints: u8,
    /// `level_idc`: ten times the level.
    pub level: u8,
    /// Bits of a luma sample.
    pub bit_depth_luma: u8,
    /// `chroma_format_idc`: 0 gray, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
}

/// Reads an `avcC` (ISO/IEC 14496-15, 5.3.3.1) and its first sequence parameter set. Profiles that have chroma format
/// and bit depth but whose set is not in the configuration are not known.
pub(crate) fn avc_profile(config: &[u8]) -> Option<AvcProfile> {
    let mut cursor = Cursor::new(config);
    cursor.skip(1)?;
    let (profile, constraints, level) = (cursor.u8()?, cursor.u8()?, cursor.u8()?);
    cursor.skip(1)?;
    let sets = cursor.u8()? & 0x1f;
    let mut known = AvcProfile { profile, constraints, level, bit_depth_luma: 8, chroma_format: 1 };
    if has_chroma_format(profile) {
        if sets == 0 {
            return None;
        }
        let len = usize::from(cursor.u16()?);
        (known.chroma_format, known.bit_depth_luma) = chroma(cursor.take(len)?)?;
    }
    Some(known)
}

/// Profiles whose sets tell chroma format and bit depth (ITU-T H.264, 7.3.2.1.1).
fn has_chroma_format(profile: u8) -> bool {
    matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135)
}

/// Chroma format and luma bit depth of a sequence parameter set with its unit header.
fn chroma(unit: &[u8]) -> Option<(u8, u8)> {
    // Emulation prevention bytes are no content.
    let mut content = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        content.push(*byte);
    }
    // Unit header, profile, constraints and level are whole bytes.
    let mut bits = BitCursor::new(content.get(4..)?);
    let _id = exp_golomb(&mut bits)?;
    let format = u8::try_from(exp_golomb(&mut bits)?).ok().filter(|format| *format <= 3)?;
    if format == 3 {
        bits.take(1)?;
    }
    let depth = u8::try_from(exp_golomb(&mut bits)?).ok().filter(|depth| *depth <= 6)?;
    Some((format, depth + 8))
}

/// An unsigned Exp-Golomb number (ITU-T H.264, 9.1).
fn exp_golomb(bits: &mut BitCursor<'_>) -> Option<u32> {
    let mut zeros = 0;
    while bits.take(1)? == 0 {
        zeros += 1;
        if zeros > 31 {
            return None;
        }
    }
    let rest = bits.take(zeros)?;
    (1u32 << zeros).wrapping_sub(1).checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(profile: u8, unit: &[u8]) -> Vec<u8> {
        let len = u16::try_from(unit.len()).unwrap().to_be_bytes();
        [&[1, profile, 0, 30, 0xff, 0xe1], &len[..], unit, &[1, 0, 1, 0x68]].concat()
    }

    #[test]
    fn chroma_and_depth_are_read_where_the_profile_has_them() {
        // seq_parameter_set_id 0, chroma_format_idc, (separate planes), bit_depth_luma_minus8
        for (profile, bits, expected) in [
            (66u8, 0b0000_0000u8, Some((1, 8))),
            (100, 0b1010_1100, Some((1, 8))),
            (110, 0b1010_0110, Some((1, 10))),
            (122, 0b1011_0110, Some((2, 10))),
            (244, 0b1001_0001, Some((3, 8))),
            (100, 0b0000_0000, None),
        ] {
            let unit = [0x67, profile, 0, 30, bits, 0x80];
            let found = avc_profile(&config(profile, &unit));
            assert_eq!(found.map(|found| (found.chroma_format, found.bit_depth_luma)), expected, "profile {profile}");
        }
    }

    #[test]
    fn sets_in_the_samples_leave_high_profiles_unknown() {
        assert_eq!(avc_profile(&[1, 100, 0, 30, 0xff, 0xe0, 0]), None);
        let main = AvcProfile { profile: 77, constraints: 0x40, level: 31, bit_depth_luma: 8, chroma_format: 1 };
        assert_eq!(avc_profile(&[1, 77, 0x40, 31, 0xff, 0xe0, 0]), Some(main));
    }
}
