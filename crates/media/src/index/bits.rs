//! Shorthands for reading bits.

use crate::bits::Bits;

/// What headers made of bits are read with.
pub(crate) trait BitsExt: Bits {
    fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    fn skip_bits(&mut self, count: u32) -> Option<()> {
        for _ in 0..count {
            self.take(1)?;
        }
        Some(())
    }

    /// At most eight bits.
    fn byte(&mut self, count: u32) -> Option<u8> {
        u8::try_from(self.take(count)?).ok()
    }
}

impl<B: Bits> BitsExt for B {}
