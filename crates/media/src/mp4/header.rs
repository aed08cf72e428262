//! The header of a box that lies beside others in a file, whose bytes need not be at hand.

use crate::bits::Cursor;
use crate::error::{FourCc, Mp4Error};

/// What stands where a box should begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    /// A box of so many bytes, header included, that ends there.
    Box { name: FourCc, size: u64, end: u64 },
    /// The header has so many bytes, and there are fewer.
    Partial(u64),
    /// Behind real boxes: padding, with nothing to be found in it.
    Padding,
}

impl Header {
    /// Reads what `bytes`, at `offset` of a file of `file_len` bytes, begin with.
    ///
    /// # Errors
    /// A header that contradicts itself; where it is the first one, the file is none of boxes.
    pub(super) fn read(bytes: &[u8], offset: u64, file_len: u64, is_first: bool) -> Result<Self, Mp4Error> {
        let mut cursor = Cursor::new(bytes);
        let (Some(short), Some(name)) = (cursor.u32(), cursor.array().map(FourCc)) else {
            return Ok(Self::Partial(8));
        };
        let malformed = |why| Mp4Error::Malformed { name, offset, why };
        if !name.0.iter().all(|byte| matches!(byte, 0x20..=0x7e | 0xa9)) {
            return if is_first { Err(malformed("is not a box of an MP4 file")) } else { Ok(Self::Padding) };
        }
        let (header_len, size) = match short {
            0 => (8, file_len.saturating_sub(offset)),
            1 => match cursor.u64() {
                Some(size) => (16, size),
                None => return Ok(Self::Partial(16)),
            },
            size => (8, u64::from(size)),
        };
        if size < header_len {
            return Err(malformed("is smaller than its own header"));
        }
        let end = offset.checked_add(size).ok_or_else(|| malformed("has an impossible size"))?;
        Ok(Self::Box { name, size, end })
    }
}
