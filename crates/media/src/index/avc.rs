//! Sequence parameter sets of H.264 (Rec. ITU-T H.264, 7.3.2.1.1).

use super::{BitsExt as _, Golomb as _, unescaped};
use crate::bits::{BitCursor, Cursor};
use crate::facts::FrameRate;

/// What a sequence parameter set says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequence {
    pub(crate) profile: u8,
    pub(crate) constraints: u8,
    pub(crate) level: u8,
    pub(crate) chroma_format: u8,
    pub(crate) luma_depth: u8,
    pub(crate) chroma_depth: u8,
    /// After cropping.
    pub(crate) width: u32,
    /// After cropping.
    pub(crate) height: u32,
    /// Width to height of a pixel.
    pub(crate) aspect: (u32, u32),
    pub(crate) frame_rate: Option<FrameRate>,
    /// By which number picture parameter sets name it.
    pub(crate) id: u8,
    /// Bits of `frame_num` in slices.
    pub(crate) frame_num: u8,
    /// What slices tell of the order of pictures.
    pub(crate) order: PictureOrder,
    /// Whether there are no fields.
    pub(crate) frames_only: bool,
    /// Whether slices name a color plane.
    pub(crate) separate: bool,
}

/// What slices tell of the order of pictures (8.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureOrder {
    /// The lowest bits of it, so many.
    Low(u8),
    /// How far it is from what the set makes expect.
    Expected,
    /// Nothing: it is what the set makes expect, or that of decoding.
    Silent,
}

/// The beginning of a slice (7.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    /// Whether it is the first of its picture.
    pub(crate) is_first: bool,
    /// Of a field: the number of its frame, and whether it is the lower one.
    pub(crate) field: Option<(u32, bool)>,
}

impl Slice {
    /// Reads a unit, with its header. Fields are known only with the sequence.
    pub(crate) fn parse(unit: &[u8], sequence: Option<&Sequence>) -> Option<Self> {
        let payload = unescaped(unit.get(1..)?.get(..32).or_else(|| unit.get(1..))?);
        let mut bits = BitCursor::new(&payload);
        let is_first = bits.ue()? == 0;
        let field = sequence.filter(|sequence| !sequence.frames_only).and_then(|sequence| {
            bits.ue()?;
            bits.ue()?;
            bits.skip_bits(if sequence.separate { 2 } else { 0 })?;
            let number = bits.take(sequence.frame_num.into())?;
            let is_field = bits.flag()?;
            Some((number, bits.flag()?)).filter(|_| is_field)
        });
        Some(Self { is_first, field })
    }
}

/// Profiles whose sets name the chroma format.
const HIGH: [u8; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// Pixel aspects by their number (table E-1).
pub(super) const ASPECTS: [(u32, u32); 17] = [
    (1, 1),
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
];

impl Sequence {
    /// Reads a unit, with its header.
    pub(crate) fn parse(unit: &[u8]) -> Option<Self> {
        let payload = unescaped(unit.get(1..)?);
        let mut bits = BitCursor::new(&payload);
        let (profile, constraints, level) = (bits.byte(8)?, bits.byte(8)?, bits.byte(8)?);
        let id = bits.ue().filter(|id| *id <= 31)?;
        let (mut chroma_format, mut luma_depth, mut chroma_depth) = (1, 8, 8);
        let mut separate = false;
        if HIGH.contains(&profile) {
            chroma_format = bits.ue().filter(|format| *format <= 3)?;
            separate = chroma_format == 3 && bits.flag()?;
            luma_depth = bits.ue().filter(|more| *more <= 6)? + 8;
            chroma_depth = bits.ue().filter(|more| *more <= 6)? + 8;
            bits.flag()?;
            if bits.flag()? {
                scaling(&mut bits, if chroma_format == 3 { 12 } else { 8 })?;
            }
        }
        let frame_num = bits.ue().filter(|more| *more <= 12)? + 4;
        let order = match bits.ue()? {
            0 => PictureOrder::Low(u8::try_from(bits.ue().filter(|more| *more <= 12)? + 4).ok()?),
            1 => {
                let is_silent = bits.flag()?;
                bits.se()?;
                bits.se()?;
                for _ in 0..bits.ue().filter(|count| *count <= 255)? {
                    bits.se()?;
                }
                if is_silent { PictureOrder::Silent } else { PictureOrder::Expected }
            }
            _ => PictureOrder::Silent,
        };
        bits.ue()?;
        bits.flag()?;
        let wide = bits.ue()?.checked_add(1)?.checked_mul(16)?;
        let map_units = bits.ue()?.checked_add(1)?.checked_mul(16)?;
        let frames_only = bits.flag()?;
        let fields = if frames_only { 1 } else { 2 };
        let high = map_units.checked_mul(fields)?;
        if !frames_only {
            bits.flag()?;
        }
        bits.flag()?;
        let (mut width, mut height) = (wide, high);
        if bits.flag()? {
            let crop = [bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?];
            let [left, right, top, bottom] = crop;
            let halves = |halved: bool| if halved { 2 } else { 1 };
            let unit_x = if separate { 1 } else { halves(matches!(chroma_format, 1 | 2)) };
            let unit_y = if separate { 1 } else { halves(chroma_format == 1) } * fields;
            width = width.checked_sub(left.checked_add(right)?.checked_mul(unit_x)?)?;
            height = height.checked_sub(top.checked_add(bottom)?.checked_mul(unit_y)?)?;
        }
        let (aspect, frame_rate) = if bits.flag()? { usability(&mut bits).unwrap_or_default() } else { (None, None) };
        let byte = |value: u32| u8::try_from(value).ok();
        let sizes = 1..=u32::from(u16::MAX);
        (sizes.contains(&width) && sizes.contains(&height)).then_some(Self {
            profile,
            constraints,
            level,
            chroma_format: byte(chroma_format)?,
            luma_depth: byte(luma_depth)?,
            chroma_depth: byte(chroma_depth)?,
            width,
            height,
            aspect: aspect.unwrap_or((1, 1)),
            frame_rate,
            id: byte(id)?,
            frame_num: byte(frame_num)?,
            order,
            frames_only,
            separate,
        })
    }

    /// Reads the first sequence parameter set of an `avcC`.
    pub(crate) fn of_config(config: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(config);
        cursor.skip(5)?;
        let count = cursor.u8()? & 0x1f;
        if count == 0 {
            return None;
        }
        let len = cursor.u16()?;
        Self::parse(cursor.take(usize::from(len))?)
    }
}

/// Pixel aspect and frame rate.
type Usability = (Option<(u32, u32)>, Option<FrameRate>);

fn scaling(bits: &mut BitCursor<'_>, lists: usize) -> Option<()> {
    for list in 0..lists {
        if !bits.flag()? {
            continue;
        }
        let (mut last, mut next) = (8i32, 8i32);
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                next = last.checked_add(bits.se()?)?.rem_euclid(256);
            }
            last = if next == 0 { last } else { next };
        }
    }
    Some(())
}

/// The beginning of the usability information (annex E.1.1).
fn usability(bits: &mut BitCursor<'_>) -> Option<Usability> {
    let mut aspect = None;
    if bits.flag()? {
        aspect = match bits.take(8)? {
            255 => Some((bits.take(16)?, bits.take(16)?)).filter(|(wide, high)| *wide > 0 && *high > 0),
            number => ASPECTS.get(usize::try_from(number).ok()?).copied(),
        };
    }
    let timing = |bits: &mut BitCursor<'_>| {
        if bits.flag()? {
            bits.flag()?;
        }
        if bits.flag()? {
            bits.skip_bits(4)?;
            if bits.flag()? {
                bits.skip_bits(24)?;
            }
        }
        if bits.flag()? {
            bits.ue()?;
            bits.ue()?;
        }
        if !bits.flag()? {
            return None;
        }
        let (units, scale) = (bits.take(32)?, bits.take(32)?);
        // Units are fields.
        FrameRate::new(scale, units.checked_mul(2)?)
    };
    let plausible = |rate: &FrameRate| (1_000..=1_000_000).contains(&rate.milli());
    Some((aspect, timing(bits).filter(plausible)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_read() {
        // 1280x720, 25 frames a second, High.
        let unit =
            b"\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03\x03\x20\xf1\x83\x19\x60";
        let sequence = Sequence::parse(unit).unwrap();
        assert_eq!((sequence.profile, sequence.level), (100, 31));
        assert_eq!((sequence.width, sequence.height, sequence.aspect), (1280, 720, (1, 1)));
        assert_eq!(sequence.frame_rate, FrameRate::new(25, 1));
        for len in 0..unit.len() {
            let _ = Sequence::parse(&unit[..len]);
        }
    }
}
