//! Reading of the parameter sets of H.264 and HEVC.

use crate::bits::Bits;

/// The largest parameter set that is looked into; the beginning of a larger one says enough.
const MAX_PARSED: usize = 1024;

/// The payload of a unit without the bytes that keep start codes out of it.
pub(crate) fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len().min(MAX_PARSED));
    let mut zeros = 0u8;
    for &byte in unit.iter().take(MAX_PARSED) {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros.saturating_add(1) } else { 0 };
        out.push(byte);
    }
    out
}

/// Exp-Golomb codes.
pub(crate) trait Golomb: Bits {
    /// An unsigned number.
    fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let low = self.take(zeros)?;
        ((1u32 << zeros) - 1).checked_add(low)
    }

    /// A signed number.
    fn se(&mut self) -> Option<i32> {
        let code = self.ue()?;
        let magnitude = i32::try_from(code.div_ceil(2)).ok()?;
        Some(if code % 2 == 1 { magnitude } else { -magnitude })
    }
}

impl<B: Bits> Golomb for B {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::BitCursor;

    #[test]
    fn exp_golomb_codes_are_read() {
        let mut bits = BitCursor::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!([bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue()], [0, 1, 2, 3, 4].map(Some));
        let mut bits = BitCursor::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!([bits.se(), bits.se(), bits.se(), bits.se(), bits.se()], [0, 1, -1, 2, -2].map(Some));
        assert_eq!(BitCursor::new(&[0; 16]).ue(), None);
    }

    #[test]
    fn emulation_prevention_is_removed() {
        assert_eq!(unescaped(&[0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3]), [0, 0, 1, 0, 0, 0, 0, 3]);
    }
}
