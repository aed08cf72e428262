//! Reading and writing of big-endian numbers, bounds checked.

/// A position in borrowed bytes. Every read is `None` once the bytes end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    pub(crate) fn skip(&mut self, len: usize) -> Option<()> {
        self.take(len).map(|_| ())
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u24(&mut self) -> Option<u32> {
        self.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// An unsigned LEB128 number of at most ten bytes.
    pub(crate) fn varint(&mut self) -> Option<u64> {
        let (&first, rest) = self.0.split_first()?;
        if first < 0x80 {
            self.0 = rest;
            return Some(u64::from(first));
        }
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let part = u64::from(byte & 0x7f);
            let moved = part << shift;
            if moved >> shift != part {
                return None;
            }
            value |= moved;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A signed number in zigzag form.
    pub(crate) fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    pub(crate) fn varint_u32(&mut self) -> Option<u32> {
        u32::try_from(self.varint()?).ok()
    }

    /// Bytes after their length.
    pub(crate) fn blob(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.varint()?).ok()?;
        self.take(len)
    }
}

/// What numbers are read from that are made of bits, most significant first.
pub(crate) trait Bits {
    /// The next `count` (at most 32) bits; `None` once they end.
    fn take(&mut self, count: u32) -> Option<u32>;
}

/// Bits of borrowed bytes, most significant first.
pub(crate) struct BitCursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits for BitCursor<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        Self::take(self, count)
    }
}

impl<'a> BitCursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` (at most 32) bits.
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0u32;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            let bit = (byte >> (7 - self.at % 8)) & 1;
            value = (value << 1) | u32::from(bit);
            self.at += 1;
        }
        Some(value)
    }

    /// How many bytes were begun: where the next whole one is.
    pub(crate) fn begun(&self) -> usize {
        self.at.div_ceil(8)
    }
}

pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

pub(crate) fn put_zigzag(out: &mut Vec<u8>, value: i64) {
    put_varint(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

pub(crate) fn put_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, len_u64(bytes.len()));
    out.extend_from_slice(bytes);
}

/// The two numbers of an eight-byte table entry.
pub(crate) fn pair(entry: [u8; 8]) -> (u32, u32) {
    let both = u64::from_be_bytes(entry);
    // Neither half can be too large.
    let half = |half: u64| u32::try_from(half).unwrap_or(u32::MAX);
    (half(both >> 32), half(both & u64::from(u32::MAX)))
}

/// A length in memory as a number of bytes: the two are equally wide or the second is wider.
pub(crate) fn len_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// A 32-bit count as a length in memory; one that memory could not hold is larger than any slice.
pub(crate) fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_survive_the_varint() {
        for shift in 0..64 {
            for value in [(1u64 << shift) - 1, 1 << shift, u64::MAX >> shift] {
                let mut out = Vec::new();
                put_varint(&mut out, value);
                assert_eq!(Cursor::new(&out).varint(), Some(value));
                let signed = value.cast_signed();
                for signed in [signed, signed.wrapping_neg()] {
                    let mut out = Vec::new();
                    put_zigzag(&mut out, signed);
                    assert_eq!(Cursor::new(&out).zigzag(), Some(signed));
                }
            }
        }
    }

    #[test]
    fn a_varint_that_is_too_long_or_cut_short_is_refused() {
        assert_eq!(Cursor::new(&[0xff; 11]).varint(), None);
        assert_eq!(Cursor::new(&[0x80, 0x80]).varint(), None);
        assert_eq!(Cursor::new(&[]).varint(), None);
    }

    #[test]
    fn bits_are_read_across_bytes() {
        let mut bits = BitCursor::new(&[0b0001_0010, 0b0001_0000]);
        assert_eq!((bits.take(5), bits.begun()), (Some(2), 1));
        assert_eq!((bits.take(3), bits.begun()), (Some(2), 1));
        assert_eq!((bits.take(1), bits.begun()), (Some(0), 2));
        assert_eq!((bits.take(4), bits.take(4)), (Some(2), None));
    }
}
