//! Open bitstream units and sequence headers of AV1 (AV1 specification, 5.3 to 5.5).

use super::{BitsExt as _, Golomb as _};
use crate::bits::{BitCursor, Cursor};

/// What a unit is (6.2.2), where somebody looks into it.
pub(crate) mod unit {
    pub(crate) const SEQUENCE: u8 = 1;
    pub(crate) const FRAME_HEADER: u8 = 3;
    pub(crate) const TILE_GROUP: u8 = 4;
    pub(crate) const FRAME: u8 = 6;
    pub(crate) const TILE_LIST: u8 = 8;
}

/// One open bitstream unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit<'a> {
    /// See [`unit`].
    pub(crate) kind: u8,
    /// Its temporal and its spatial layer; 0 where it names none.
    pub(crate) layers: (u8, u8),
    /// Where its payload begins, from the beginning of the bytes that it was read from.
    pub(crate) at: usize,
    pub(crate) payload: &'a [u8],
}

/// The units that lie in some bytes; `None` for what is cut short, which is the last then.
pub(crate) fn units(bytes: &[u8]) -> impl Iterator<Item = Option<Unit<'_>>> {
    let mut cursor = Cursor::new(bytes);
    core::iter::from_fn(move || {
        if cursor.is_empty() {
            return None;
        }
        let unit = read_unit(&mut cursor, bytes.len());
        if unit.is_none() {
            cursor = Cursor::new(&[]);
        }
        Some(unit)
    })
}

fn read_unit<'a>(cursor: &mut Cursor<'a>, all: usize) -> Option<Unit<'a>> {
    let header = cursor.u8()?;
    let mut layers = (0, 0);
    if header & 4 != 0 {
        let extension = cursor.u8()?;
        layers = (extension >> 5, extension >> 3 & 3);
    }
    let len = if header & 2 != 0 { usize::try_from(cursor.varint()?).ok()? } else { cursor.rest().len() };
    let at = all.checked_sub(cursor.rest().len())?;
    Some(Unit { kind: header >> 3 & 0xf, layers, at, payload: cursor.take(len)? })
}

/// A choice that a sequence makes for all frames, or leaves to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Always(bool),
    /// Each frame says.
    Each,
}

/// What decoding takes of time, as far as frames tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecoderModel {
    /// Bits of the time at which a buffer is free.
    pub(crate) removal_bits: u32,
    /// Bits of the time at which a frame is shown, where frames tell it.
    pub(crate) presentation_bits: u32,
    /// The layers (`operating_point_idc`) of the operating points that have one.
    pub(crate) points: Vec<u32>,
}

/// What a sequence header says.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the bitstream")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// Whether there is one frame only, whose header says little.
    pub(crate) reduced: bool,
    pub(crate) decoder_model: Option<DecoderModel>,
    /// Bits of the width and the height of a frame that has its own.
    pub(crate) size_bits: (u32, u32),
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits of the number of a frame and of the difference of two, where frames have numbers.
    pub(crate) frame_ids: Option<(u32, u32)>,
    /// Whether superblocks have 128 pixels a side, and not 64.
    pub(crate) large_blocks: bool,
    pub(crate) warped_motion: bool,
    pub(crate) ref_frame_mvs: bool,
    /// `seq_force_screen_content_tools`.
    pub(crate) screen_content: Choice,
    /// `seq_force_integer_mv`.
    pub(crate) integer_mv: Choice,
    /// Bits of the place of a frame in the order of output; 0 where frames do not tell it.
    pub(crate) order_bits: u32,
    pub(crate) superres: bool,
    pub(crate) cdef: bool,
    pub(crate) restoration: bool,
    /// Whether there is no color.
    pub(crate) mono: bool,
    /// Whether color has half as many pixels across, and down.
    pub(crate) subsampling: (bool, bool),
    pub(crate) separate_uv_delta_q: bool,
    pub(crate) film_grain: bool,
}

/// Width and height that the sequence header in the open bitstream units of an `av1C` names.
pub(crate) fn size(config: &[u8]) -> Option<(u32, u32)> {
    Sequence::of_config(config).map(|sequence| (sequence.width, sequence.height))
}

impl Sequence {
    /// The sequence header in the open bitstream units of an `av1C`.
    pub(crate) fn of_config(config: &[u8]) -> Option<Self> {
        let found = units(config.get(4..)?).map_while(|unit| unit).find(|found| found.kind == unit::SEQUENCE);
        Self::parse(found?.payload)
    }

    /// Reads the payload of a unit.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let mut bits = BitCursor::new(payload);
        let profile = bits.take(3)?;
        let _still_picture = bits.flag()?;
        let reduced = bits.flag()?;
        let mut decoder_model = None;
        if reduced {
            bits.skip_bits(5)?;
        } else {
            operating_points(&mut bits, &mut decoder_model)?;
        }
        let size_bits = (bits.take(4)? + 1, bits.take(4)? + 1);
        let (width, height) = (bits.take(size_bits.0)? + 1, bits.take(size_bits.1)? + 1);
        let mut frame_ids = None;
        if !reduced && bits.flag()? {
            let difference = bits.take(4)? + 2;
            frame_ids = Some((bits.take(3)? + difference + 1, difference));
        }
        let large_blocks = bits.flag()?;
        let _filter_intra_and_intra_edge = bits.take(2)?;
        let (mut warped_motion, mut ref_frame_mvs) = (false, false);
        let (mut screen_content, mut integer_mv, mut order_bits) = (Choice::Each, Choice::Each, 0);
        if !reduced {
            let _compounds = bits.take(2)?;
            warped_motion = bits.flag()?;
            let _dual_filter = bits.flag()?;
            let has_order = bits.flag()?;
            if has_order {
                let _distances = bits.flag()?;
                ref_frame_mvs = bits.flag()?;
            }
            if !bits.flag()? {
                screen_content = Choice::Always(bits.flag()?);
            }
            if screen_content != Choice::Always(false) && !bits.flag()? {
                integer_mv = Choice::Always(bits.flag()?);
            }
            if has_order {
                order_bits = bits.take(3)? + 1;
            }
        }
        let (superres, cdef, restoration) = (bits.flag()?, bits.flag()?, bits.flag()?);
        let color = Color::read(&mut bits, profile)?;
        Some(Self {
            reduced,
            decoder_model,
            size_bits,
            width,
            height,
            frame_ids,
            large_blocks,
            warped_motion,
            ref_frame_mvs,
            screen_content,
            integer_mv,
            order_bits,
            superres,
            cdef,
            restoration,
            mono: color.mono,
            subsampling: color.subsampling,
            separate_uv_delta_q: color.separate_uv_delta_q,
            film_grain: bits.flag()?,
        })
    }
}

/// Reads timing and operating points, and puts the decoder model where it belongs, if there is one.
fn operating_points(bits: &mut BitCursor<'_>, model: &mut Option<DecoderModel>) -> Option<()> {
    let mut delay_bits = 0;
    if bits.flag()? {
        bits.skip_bits(64)?;
        let equal_intervals = bits.flag()?;
        if equal_intervals {
            bits.ue()?;
        }
        if bits.flag()? {
            delay_bits = bits.take(5)? + 1;
            bits.skip_bits(32)?;
            let removal_bits = bits.take(5)? + 1;
            let told_bits = bits.take(5)? + 1;
            let presentation_bits = if equal_intervals { 0 } else { told_bits };
            *model = Some(DecoderModel { removal_bits, presentation_bits, points: Vec::new() });
        }
    }
    let delays = bits.flag()?;
    for _ in 0..=bits.take(5)? {
        let layers = bits.take(12)?;
        if bits.take(5)? > 7 {
            bits.flag()?;
        }
        if let Some(model) = model
            && bits.flag()?
        {
            bits.skip_bits(2 * delay_bits + 1)?;
            model.points.push(layers);
        }
        if delays && bits.flag()? {
            bits.skip_bits(4)?;
        }
    }
    Some(())
}

/// What a sequence header says of color (5.5.2), as far as frames depend on it.
struct Color {
    mono: bool,
    subsampling: (bool, bool),
    separate_uv_delta_q: bool,
}

impl Color {
    fn read(bits: &mut BitCursor<'_>, profile: u32) -> Option<Self> {
        let high = bits.flag()?;
        let twelve = profile == 2 && high && bits.flag()?;
        let mono = profile != 1 && bits.flag()?;
        let codes = if bits.flag()? { (bits.take(8)?, bits.take(8)?, bits.take(8)?) } else { (2, 2, 2) };
        if mono {
            bits.flag()?;
            return Some(Self { mono, subsampling: (true, true), separate_uv_delta_q: false });
        }
        // BT.709 primaries, sRGB transfer and the identity matrix are RGB.
        let subsampling = if codes == (1, 13, 0) {
            (false, false)
        } else {
            let _full_range = bits.flag()?;
            let subsampling = match profile {
                0 => (true, true),
                1 => (false, false),
                _ if twelve => {
                    let across = bits.flag()?;
                    (across, across && bits.flag()?)
                }
                _ => (true, false),
            };
            if subsampling == (true, true) {
                bits.skip_bits(2)?;
            }
            subsampling
        };
        Some(Self { mono, subsampling, separate_uv_delta_q: bits.flag()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_lie_one_behind_the_other() {
        // A temporal delimiter, a sequence with layers, and one without length.
        let bytes = [0x12, 0, 0x0e, 0b0100_1000, 1, 0xaa, 0x30, 1, 2];
        let found: Vec<_> = units(&bytes).map(Option::unwrap).map(|unit| (unit.kind, unit.layers, unit.at)).collect();
        assert_eq!(found, [(2, (0, 0), 2), (unit::SEQUENCE, (2, 1), 5), (unit::FRAME, (0, 0), 7)]);
        assert_eq!(units(&bytes[..5]).map(|unit| unit.is_some()).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_sequence_is_read() {
        // 160x96, Main profile, 8 bit, as SVT-AV1 writes it into an `av1C`.
        let config = b"\x81\x00\x0c\x00\x0a\x0a\x00\x00\x00\x03\xb4\xfd\xf0\x0b\xe0\x01";
        let sequence = Sequence::of_config(config).unwrap();
        assert_eq!((sequence.width, sequence.height, sequence.size_bits), (160, 96, (8, 7)));
        assert_eq!((sequence.order_bits, sequence.subsampling), (7, (true, true)));
        assert!(sequence.ref_frame_mvs && !sequence.reduced && !sequence.mono && !sequence.restoration);
        assert_eq!(size(config), Some((160, 96)));
        for len in 0..config.len() - 1 {
            assert_eq!(Sequence::of_config(&config[..len]), None);
        }
    }
}
