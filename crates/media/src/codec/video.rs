//! Decoder configuration records of video codecs.

use super::Codec;
use crate::bits::{BitCursor, Cursor};

/// `avcC` (ISO/IEC 14496-15, 5.3.3.1).
pub(crate) fn avc(config: &[u8]) -> Option<Codec> {
    let mut cursor = Cursor::new(config);
    let _version = cursor.u8()?;
    let profile = cursor.u8()?;
    let constraints = cursor.u8()?;
    let level = cursor.u8()?;
    let _length_size = cursor.u8()?;
    let sequence_sets = cursor.u8()? & 0x1f;
    for _ in 0..sequence_sets {
        let len = cursor.u16()?;
        cursor.skip(usize::from(len))?;
    }
    let picture_sets = cursor.u8()?;
    for _ in 0..picture_sets {
        let len = cursor.u16()?;
        cursor.skip(usize::from(len))?;
    }
    Some(Codec::H264 { profile, constraints, level, in_band: sequence_sets == 0 || picture_sets == 0 })
}

/// `hvcC` (ISO/IEC 14496-15, 8.3.3.1).
pub(crate) fn hevc(config: &[u8]) -> Option<Codec> {
    let mut cursor = Cursor::new(config);
    let _version = cursor.u8()?;
    let profile = cursor.u8()?;
    let compatibility = cursor.u32()?;
    let constraints = cursor.array::<6>()?;
    let level = cursor.u8()?;
    cursor.skip(9)?;
    let arrays = cursor.u8()?;
    let (mut video, mut sequence, mut picture) = (false, false, false);
    for _ in 0..arrays {
        let unit_type = cursor.u8()? & 0x3f;
        let count = cursor.u16()?;
        match unit_type {
            32 => video |= count > 0,
            33 => sequence |= count > 0,
            34 => picture |= count > 0,
            _ => {}
        }
        for _ in 0..count {
            let len = cursor.u16()?;
            cursor.skip(usize::from(len))?;
        }
    }
    let in_band = !(video && sequence && picture);
    Some(Codec::Hevc { profile, compatibility, constraints, level, in_band })
}

/// `av1C` (AV1 in ISO BMFF, 2.3).
pub(crate) fn av1(config: &[u8]) -> Option<Codec> {
    let mut bits = BitCursor::new(config);
    let marker_and_version = bits.take(8)?;
    if marker_and_version != 0x81 {
        return None;
    }
    let profile = u8::try_from(bits.take(3)?).ok()?;
    let level = u8::try_from(bits.take(5)?).ok()?;
    let high_tier = bits.take(1)? == 1;
    let deep = bits.take(1)? == 1;
    let twelve = bits.take(1)? == 1;
    let bit_depth = match (deep, twelve) {
        (true, true) => 12,
        (true, false) => 10,
        _ => 8,
    };
    Some(Codec::Av1 { profile, level, high_tier, bit_depth })
}

/// `vpcC` without its version and flags (VP codecs in ISO BMFF, 2.2).
pub(crate) fn vp9(config: &[u8]) -> Option<Codec> {
    let mut cursor = Cursor::new(config);
    cursor.skip(4)?;
    let profile = cursor.u8()?;
    let level = cursor.u8()?;
    let bit_depth = cursor.u8()? >> 4;
    Some(Codec::Vp9 { profile, level, bit_depth })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_sets_in_the_configuration_are_noticed() {
        let full = avc(b"\x01\x64\x00\x28\xff\xe1\x00\x02\x67\x64\x01\x00\x01\x68").unwrap();
        assert_eq!(full.rfc6381(), "avc1.640028");
        let bare = avc(b"\x01\x64\x00\x28\xff\xe0\x00").unwrap();
        assert_eq!(bare.rfc6381(), "avc3.640028");
        assert_eq!(avc(b"\x01\x64\x00\x28\xff\xe1\x00\x09\x67"), None);
    }

    #[test]
    fn bit_depths_are_read() {
        assert_eq!(av1(b"\x81\x04\x0c\x00").unwrap().rfc6381(), "av01.0.04M.08");
        assert_eq!(av1(b"\x81\x28\x4c\x00").unwrap().rfc6381(), "av01.1.08M.10");
        assert_eq!(av1(b"\x01\x04\x0c\x00"), None);
        assert_eq!(vp9(b"\x01\0\0\0\x02\x1f\xa2\x01\x01\x01\0\0").unwrap().rfc6381(), "vp09.02.31.10");
    }
}
