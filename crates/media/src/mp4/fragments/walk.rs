//! The walk over the boxes of a fragmented file.

use core::ops::Range;

use crate::bits::len_u64;
use crate::error::Mp4Error;
use crate::mp4::header::Header;

/// The largest `moof` that is read into memory.
pub const MAX_MOOF_LEN: u64 = 32 << 20;

/// How many boxes a file may have beside one another: a fragment each second for a month.
const MAX_BOXES: u32 = 8 << 20;

/// What is read where a box begins: most `moof` boxes are smaller, so that each fragment is one read.
const LOOK: u64 = 4096;

/// Bytes of a box header with a 64-bit size.
const HEADER_LEN: u64 = 16;

/// Where in a file the next box is. The caller does the reading; media data is passed over.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    file_len: u64,
    /// Where the next box begins.
    at: u64,
    /// Bytes that are needed from there.
    needs: u64,
    /// Fewer bytes than these are not worth asking for.
    must: u64,
    /// Whether the file is still being written.
    grows: bool,
    boxes: u32,
}

impl Walk {
    /// Begins at the first byte of a file of `file_len` bytes.
    pub(crate) const fn new(file_len: u64) -> Self {
        Self { file_len, at: 0, needs: LOOK, must: 8, grows: false, boxes: 0 }
    }

    /// The same of a file that is still being written: a fragment that is not whole is waited for.
    pub(crate) const fn growing(self) -> Self {
        Self { grows: true, ..self }
    }

    /// The file has grown to so many bytes.
    pub(crate) fn grow(&mut self, file_len: u64) {
        self.file_len = self.file_len.max(file_len);
    }

    /// Behind which byte no sample can lie; `None` where the file grows.
    pub(crate) fn end(&self) -> Option<u64> {
        (!self.grows).then_some(self.file_len)
    }

    /// The bytes of the file to [`feed`](Self::feed) next; `None` at its end, or where it has to grow first.
    pub(crate) fn wants(&self) -> Option<Range<u64>> {
        // Fewer bytes than a box header at the end are padding.
        (self.file_len.saturating_sub(self.at) >= self.must)
            .then(|| self.at..self.at.saturating_add(self.needs).min(self.file_len))
    }

    /// Takes the bytes that [`wants`](Self::wants) asked for. `each` gets every `moof`, and where it begins.
    ///
    /// # Errors
    /// A file that is damaged, cut short, or has too many boxes; those of `each`.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(u64, &[u8]) -> Result<(), Mp4Error>,
    ) -> Result<(), Mp4Error> {
        let Some(wanted) = self.wants() else { return Ok(()) };
        if len_u64(bytes.len()) < wanted.end - wanted.start {
            return Err(self.truncated(wanted.end));
        }
        let begin = self.at;
        // Everything that is whole in these bytes; the rest is asked for again.
        loop {
            let Some(rest) = self.at.checked_sub(begin).and_then(|passed| usize::try_from(passed).ok()) else {
                return Ok(());
            };
            let Some(rest) = bytes.get(rest..).filter(|rest| rest.len() >= 8) else {
                self.needs = LOOK;
                return Ok(());
            };
            if !self.pass(rest, &mut each)? {
                return Ok(());
            }
        }
    }

    const fn truncated(&self, needs: u64) -> Mp4Error {
        Mp4Error::Truncated { what: "an index (moof box)", needs, has: self.file_len }
    }

    /// Passes the box that `bytes` begin with. `false` where more of it is needed.
    fn pass(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(u64, &[u8]) -> Result<(), Mp4Error>,
    ) -> Result<bool, Mp4Error> {
        let offset = self.at;
        let (name, size, end) = match Header::read(bytes, offset, self.file_len, self.boxes == 0)? {
            Header::Box { name, size, end } => (name, size, end),
            Header::Partial(needs) if self.file_len.saturating_sub(offset) >= needs || self.grows => {
                (self.must, self.needs) = (needs, LOOK);
                return Ok(false);
            }
            Header::Partial(needs) => return Err(self.truncated(offset.saturating_add(needs))),
            Header::Padding => {
                self.at = self.file_len;
                return Ok(true);
            }
        };
        if &name.0 == b"moof" {
            if size > MAX_MOOF_LEN {
                return Err(Mp4Error::LimitExceeded { what: "bytes of index (moof box)", limit: MAX_MOOF_LEN });
            }
            if end > self.file_len && self.grows {
                (self.must, self.needs) = (size, size.saturating_add(HEADER_LEN));
                return Ok(false);
            }
            if end > self.file_len {
                return Err(self.truncated(end));
            }
            let Some(moof) = usize::try_from(size).ok().and_then(|size| bytes.get(..size)) else {
                // The header of the box behind it comes with it.
                self.needs = size.saturating_add(HEADER_LEN);
                return Ok(false);
            };
            each(offset, moof)?;
        }
        self.boxes += 1;
        if self.boxes > MAX_BOXES {
            return Err(Mp4Error::LimitExceeded { what: "boxes in a fragmented file", limit: u64::from(MAX_BOXES) });
        }
        // The samples were checked one by one: data of the last fragment may be cut off behind them.
        self.at = if self.grows { end } else { end.min(self.file_len) };
        (self.must, self.needs) = (8, LOOK);
        Ok(true)
    }
}
