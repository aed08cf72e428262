//! Sequence headers of AV1 (AV1 specification, 5.5).

use super::{BitsExt as _, Golomb as _};
use crate::bits::{BitCursor, Cursor};

/// Width and height that the sequence header in the open bitstream units of an `av1C` names.
pub(crate) fn size(config: &[u8]) -> Option<(u32, u32)> {
    let mut cursor = Cursor::new(config);
    cursor.skip(4)?;
    while let Some(header) = cursor.u8() {
        let unit_type = (header >> 3) & 0xf;
        if header & 4 != 0 {
            cursor.skip(1)?;
        }
        let len = if header & 2 != 0 { usize::try_from(cursor.varint()?).ok()? } else { cursor.rest().len() };
        let unit = cursor.take(len)?;
        if unit_type == 1 {
            return sequence(unit);
        }
    }
    None
}

fn sequence(unit: &[u8]) -> Option<(u32, u32)> {
    let mut bits = BitCursor::new(unit);
    bits.skip_bits(4)?;
    if bits.flag()? {
        bits.skip_bits(5)?;
    } else {
        let mut decoder_model = None;
        if bits.flag()? {
            bits.skip_bits(64)?;
            if bits.flag()? {
                bits.ue()?;
            }
            if bits.flag()? {
                decoder_model = Some(bits.take(5)? + 1);
                bits.skip_bits(32 + 5 + 5)?;
            }
        }
        let delays = bits.flag()?;
        for _ in 0..=bits.take(5)? {
            bits.skip_bits(12)?;
            if bits.take(5)? > 7 {
                bits.flag()?;
            }
            if let Some(len) = decoder_model
                && bits.flag()?
            {
                bits.skip_bits(2 * len + 1)?;
            }
            if delays && bits.flag()? {
                bits.skip_bits(4)?;
            }
        }
    }
    let (wide, high) = (bits.take(4)? + 1, bits.take(4)? + 1);
    Some((bits.take(wide)? + 1, bits.take(high)? + 1))
}
