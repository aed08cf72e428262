//! Finding the `moov` box without reading the media.

use core::ops::Range;

use super::header::Header;
use crate::error::Mp4Error;

/// The largest `moov` box that is read into memory.
pub const MAX_MOOV_LEN: u64 = 256 << 20;

/// How many boxes may stand before the `moov`.
const MAX_BOXES: u32 = 4096;

/// A box header with a 64-bit size.
const HEADER_LEN: u32 = 16;

/// What [`Locator::next`] wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Read `len` bytes at `offset` of the file (fewer where it ends sooner) and give them to the next call.
    Read {
        /// Bytes from the beginning of the file.
        offset: u64,
        /// Bytes wanted.
        len: u32,
    },
    /// The whole `moov` box, header included, is here.
    Moov {
        /// Bytes of the file.
        range: Range<u64>,
    },
}

/// Walks the boxes of a file from header to header until it stands at the `moov`.
#[derive(Debug, Clone)]
pub struct Locator {
    file_len: u64,
    offset: u64,
    boxes: u32,
    has_fragments: bool,
}

impl Locator {
    /// A walk over a file of `file_len` bytes.
    pub fn new(file_len: u64) -> Self {
        Self { file_len, offset: 0, boxes: 0, has_fragments: false }
    }

    /// The next step. `answer` is `None` in the first call and the bytes of the last [`Step::Read`] in every other.
    pub fn next(&mut self, answer: Option<&[u8]>) -> Result<Step, Mp4Error> {
        if let Some(header) = answer
            && let Some(found) = self.pass(header)?
        {
            return Ok(found);
        }
        if self.file_len.saturating_sub(self.offset) < 8 {
            return Err(if self.has_fragments { Mp4Error::Fragmented } else { Mp4Error::NoMoov });
        }
        Ok(Step::Read { offset: self.offset, len: HEADER_LEN })
    }

    /// Reads one header: the `moov`, or the walk moves behind the box.
    fn pass(&mut self, header: &[u8]) -> Result<Option<Step>, Mp4Error> {
        let truncated = |needs| Mp4Error::Truncated { what: "the header of a box", needs, has: self.file_len };
        let offset = self.offset;
        let (name, size, end) = match Header::read(header, offset, self.file_len, self.boxes == 0)? {
            Header::Box { name, size, end } => (name, size, end),
            Header::Partial(needs) => return Err(truncated(offset.saturating_add(needs))),
            Header::Padding => return Err(Mp4Error::NoMoov),
        };
        if &name.0 == b"moov" {
            if size > MAX_MOOV_LEN {
                return Err(Mp4Error::LimitExceeded { what: "bytes of index (moov box)", limit: MAX_MOOV_LEN });
            }
            if end > self.file_len {
                return Err(Mp4Error::Truncated { what: "the index (moov box)", needs: end, has: self.file_len });
            }
            return Ok(Some(Step::Moov { range: offset..end }));
        }
        if end > self.file_len {
            let what = if &name.0 == b"mdat" { "the media data (mdat box)" } else { "a box in front of the index" };
            return Err(Mp4Error::Truncated { what, needs: end, has: self.file_len });
        }
        self.boxes += 1;
        if self.boxes > MAX_BOXES {
            return Err(Mp4Error::LimitExceeded { what: "boxes in front of the index", limit: u64::from(MAX_BOXES) });
        }
        self.has_fragments |= &name.0 == b"moof";
        self.offset = end;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers every read of a locator from `file`, which is padded with nothing: `file_len` may be larger.
    fn locate(file: &[u8], file_len: u64) -> Result<Range<u64>, Mp4Error> {
        let mut locator = Locator::new(file_len);
        let mut step = locator.next(None)?;
        loop {
            match step {
                Step::Moov { range } => return Ok(range),
                Step::Read { offset, len } => {
                    let from = usize::try_from(offset).unwrap().min(file.len());
                    let to = (from + len as usize).min(file.len());
                    step = locator.next(Some(&file[from..to]))?;
                }
            }
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "reads best as a byte string")]
    fn atom(name: &[u8; 4], body: usize) -> Vec<u8> {
        [&u32::try_from(body + 8).unwrap().to_be_bytes()[..], name, &vec![0; body]].concat()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "reads best as a byte string")]
    fn large(name: &[u8; 4], size: u64) -> Vec<u8> {
        [&1u32.to_be_bytes()[..], name, &size.to_be_bytes()].concat()
    }

    #[test]
    fn the_index_is_found_in_front_and_at_the_end() {
        let front = [atom(b"ftyp", 8), atom(b"moov", 20), atom(b"mdat", 100)].concat();
        assert_eq!(locate(&front, front.len() as u64), Ok(16..44));
        let end = [atom(b"ftyp", 8), atom(b"mdat", 100), atom(b"moov", 20)].concat();
        assert_eq!(locate(&end, end.len() as u64), Ok(124..152));
    }

    #[test]
    fn sizes_of_64_bits_and_to_the_end_are_understood() {
        let file = [large(b"mdat", 16 + 4), vec![1; 4], b"\0\0\0\0moov".to_vec(), vec![0; 9]].concat();
        assert_eq!(locate(&file, file.len() as u64), Ok(20..37));
        let last = [atom(b"ftyp", 8), b"\0\0\0\0mdat".to_vec(), vec![0; 40]].concat();
        assert_eq!(locate(&last, last.len() as u64), Err(Mp4Error::NoMoov));
    }

    #[test]
    fn a_cut_file_says_how_much_is_missing() {
        let file = [atom(b"ftyp", 8), atom(b"mdat", 100)].concat();
        let error = locate(&file, 60).unwrap_err();
        assert_eq!(error, Mp4Error::Truncated { what: "the media data (mdat box)", needs: 124, has: 60 });
        assert!(error.to_string().contains("64 bytes are missing"), "{error}");
        let file = atom(b"moov", 100);
        assert!(matches!(locate(&file, 50), Err(Mp4Error::Truncated { needs: 108, has: 50, .. })));
    }

    #[test]
    fn sizes_that_lie_are_refused() {
        let zero = [&3u32.to_be_bytes()[..], b"free"].concat();
        assert!(matches!(locate(&zero, 8), Err(Mp4Error::Malformed { .. })));
        assert!(matches!(locate(&large(b"mdat", u64::MAX), 100), Err(Mp4Error::Truncated { .. })));
        let huge = [atom(b"ftyp", 8), large(b"mdat", u64::MAX)].concat();
        assert!(matches!(locate(&huge, 100), Err(Mp4Error::Malformed { .. })));
        assert!(matches!(locate(&large(b"moov", 1 << 40), 1 << 41), Err(Mp4Error::LimitExceeded { .. })));
        let many = atom(b"free", 0).repeat(5000);
        assert!(matches!(locate(&many, many.len() as u64), Err(Mp4Error::LimitExceeded { .. })));
    }

    #[test]
    fn fragments_without_an_index_and_files_of_nothing_are_told_apart() {
        let file = [atom(b"styp", 8), atom(b"moof", 8), atom(b"mdat", 8)].concat();
        assert_eq!(locate(&file, file.len() as u64), Err(Mp4Error::Fragmented));
        assert_eq!(locate(&[], 0), Err(Mp4Error::NoMoov));
        assert!(matches!(locate(&[0; 64], 64), Err(Mp4Error::Malformed { .. })));
    }
}
