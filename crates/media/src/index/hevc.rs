//! Sequence parameter sets of HEVC (Rec. ITU-T H.265, 7.3.2.2).

use super::{BitsExt as _, Golomb as _, unescaped};
use crate::bits::{BitCursor, Bits, Cursor};

/// What a sequence parameter set says, up to its bit depths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// Profile space, tier and profile; compatibility flags; constraint flags; level.
    pub(crate) profile: [u8; 12],
    /// Temporal layers, from 1.
    pub(crate) layers: u8,
    pub(crate) nested: bool,
    pub(crate) chroma_format: u8,
    pub(crate) luma_depth: u8,
    pub(crate) chroma_depth: u8,
    /// By which number picture parameter sets name it.
    pub(crate) id: u32,
    /// Whether slices name a color plane.
    pub(crate) separate: bool,
    /// Width and height before cropping.
    pub(crate) coded: (u32, u32),
    /// After cropping.
    pub(crate) width: u32,
    /// After cropping.
    pub(crate) height: u32,
}

impl Sequence {
    /// Reads a unit, with its header.
    pub(crate) fn parse(unit: &[u8]) -> Option<Self> {
        let payload = unescaped(unit.get(2..)?);
        Self::read(&mut BitCursor::new(&payload))
    }

    /// Reads what follows the header of a unit, up to the bit depths.
    pub(crate) fn read(bits: &mut impl Bits) -> Option<Self> {
        bits.skip_bits(4)?;
        let more_layers = bits.byte(3)?;
        let nested = bits.flag()?;
        let mut profile = [0; 12];
        for byte in &mut profile {
            *byte = bits.byte(8)?;
        }
        let mut present = [(false, false); 8];
        for layer in present.iter_mut().take(usize::from(more_layers)) {
            *layer = (bits.flag()?, bits.flag()?);
        }
        if more_layers > 0 {
            bits.skip_bits(2 * (8 - u32::from(more_layers)))?;
        }
        for (has_profile, has_level) in present {
            bits.skip_bits(if has_profile { 88 } else { 0 } + if has_level { 8 } else { 0 })?;
        }
        let id = bits.ue()?;
        let chroma_format = bits.ue().filter(|format| *format <= 3)?;
        let separate = chroma_format == 3 && bits.flag()?;
        let coded = (bits.ue()?, bits.ue()?);
        let (mut width, mut height) = coded;
        if bits.flag()? {
            let crop = [bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?];
            let [left, right, top, bottom] = crop;
            let unit_x = if !separate && matches!(chroma_format, 1 | 2) { 2 } else { 1 };
            let unit_y = if !separate && chroma_format == 1 { 2 } else { 1 };
            width = width.checked_sub(left.checked_add(right)?.checked_mul(unit_x)?)?;
            height = height.checked_sub(top.checked_add(bottom)?.checked_mul(unit_y)?)?;
        }
        let luma_depth = bits.ue().filter(|more| *more <= 8)? + 8;
        let chroma_depth = bits.ue().filter(|more| *more <= 8)? + 8;
        let byte = |value: u32| u8::try_from(value).ok();
        let sizes = 1..=u32::from(u16::MAX);
        (sizes.contains(&width) && sizes.contains(&height)).then_some(Self {
            profile,
            layers: more_layers + 1,
            nested,
            chroma_format: byte(chroma_format)?,
            luma_depth: byte(luma_depth)?,
            chroma_depth: byte(chroma_depth)?,
            id,
            separate,
            coded,
            width,
            height,
        })
    }

    /// Reads the first sequence parameter set of an `hvcC`.
    pub(crate) fn of_config(config: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(config);
        cursor.skip(22)?;
        for _ in 0..cursor.u8()? {
            let unit_type = cursor.u8()? & 0x3f;
            for _ in 0..cursor.u16()? {
                let len = cursor.u16()?;
                let unit = cursor.take(usize::from(len))?;
                if unit_type == 33 {
                    return Self::parse(unit);
                }
            }
        }
        None
    }
}
