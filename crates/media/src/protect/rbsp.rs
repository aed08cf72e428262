//! Reading the beginning of a unit of H.264 or HEVC, with an eye on where in the unit that is.

use crate::bits::Bits;

/// The bits of a unit without the bytes that keep start codes out of it (7.3.1.1 of both).
#[derive(Debug, Clone)]
pub(super) struct Rbsp<'a> {
    unit: &'a [u8],
    /// How many bytes of the unit were begun.
    begun: usize,
    /// How many of the last of them were zero.
    zeros: u8,
    byte: u8,
    /// How many bits of the byte are left.
    left: u32,
}

impl<'a> Rbsp<'a> {
    pub(super) fn new(unit: &'a [u8]) -> Self {
        Self { unit, begun: 0, zeros: 0, byte: 0, left: 0 }
    }

    /// How many bytes of the unit were begun, those that are no content among them.
    pub(super) fn begun(&self) -> usize {
        self.begun
    }

    /// Where the bit is that was taken last: the byte of the unit, and how many bits of it come behind.
    pub(super) fn place(&self) -> (usize, u32) {
        (self.begun.saturating_sub(1), self.left)
    }

    /// Whether the next bit begins a byte.
    pub(super) fn is_aligned(&self) -> bool {
        self.left == 0
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = *self.unit.get(self.begun)?;
        self.begun = self.begun.saturating_add(1);
        Some(byte)
    }
}

impl Bits for Rbsp<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            if self.left == 0 {
                let mut byte = self.next_byte()?;
                if self.zeros >= 2 && byte == 3 {
                    self.zeros = 0;
                    byte = self.next_byte()?;
                }
                self.zeros = if byte == 0 { self.zeros.saturating_add(1) } else { 0 };
                self.byte = byte;
                self.left = 8;
            }
            self.left -= 1;
            value = value << 1 | u32::from(self.byte >> self.left & 1);
        }
        Some(value)
    }
}

/// How many bits a number below `count` has (Ceil(Log2(count)) of the standards).
pub(super) fn bits_below(count: u32) -> u32 {
    u32::BITS - count.saturating_sub(1).leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::unescaped;

    #[test]
    fn content_and_place_are_told_apart() {
        let unit = [0x41, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3, 0xff];
        let mut bits = Rbsp::new(&unit);
        let mut content = Vec::new();
        let mut places = Vec::new();
        while let Some(byte) = bits.take(8) {
            content.push(u8::try_from(byte).unwrap());
            places.push(bits.begun());
        }
        assert_eq!(content, unescaped(&unit));
        assert_eq!(places, [1, 2, 3, 5, 6, 7, 9, 10, 12, 13]);
        let mut bits = Rbsp::new(&unit);
        assert!(bits.is_aligned());
        assert_eq!((bits.take(1), bits.begun(), bits.is_aligned()), (Some(0), 1, false));
        assert_eq!((bits.take(32), bits.begun()), (Some(0x8200_0002), 6));
    }

    #[test]
    fn numbers_below_a_count_have_so_many_bits() {
        for (count, bits) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (64, 6), (65, 7), (u32::MAX, 32)] {
            assert_eq!(bits_below(count), bits, "{count}");
        }
    }
}
