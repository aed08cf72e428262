//! The part of a file that an indexer looks at.

use core::ops::Range;

use crate::bits::len_u64;

/// Read first, and after a long step, when the next one may be near.
const SHORT_PIECE: u64 = 16 << 10;
/// Read while there is nothing to step over.
const LONG_PIECE: u64 = 256 << 10;
/// A step that is longer saves more than reading on costs.
const LONG_STEP: u64 = 64 << 10;

/// Bytes of a file around the position of its reader.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    bytes: Vec<u8>,
    /// Where `bytes` begin in the file.
    base: u64,
    /// How many of them are used up.
    used: usize,
    file_len: u64,
    /// Whether there was no long step since the last piece.
    steady: bool,
}

impl Window {
    pub(crate) fn new(file_len: u64) -> Self {
        Self { bytes: Vec::new(), base: 0, used: 0, file_len, steady: false }
    }

    /// Where the reader is in the file.
    pub(crate) fn position(&self) -> u64 {
        self.base.saturating_add(len_u64(self.used))
    }

    /// What is there from the position on.
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.used..).unwrap_or_default()
    }

    fn end(&self) -> u64 {
        self.base.saturating_add(len_u64(self.bytes.len()))
    }

    pub(crate) fn file_len(&self) -> u64 {
        self.file_len
    }

    /// Whether nothing follows what is there.
    pub(crate) fn is_last(&self) -> bool {
        self.end() >= self.file_len
    }

    pub(crate) fn wants(&self) -> Option<Range<u64>> {
        let start = self.end();
        let piece = if self.steady { LONG_PIECE } else { SHORT_PIECE };
        (start < self.file_len).then(|| start..start.saturating_add(piece).min(self.file_len))
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.file_len = self.end();
            return;
        }
        self.bytes.drain(..self.used);
        self.base = self.base.saturating_add(len_u64(self.used));
        self.used = 0;
        let left = usize::try_from(self.file_len.saturating_sub(self.end())).unwrap_or(usize::MAX);
        self.bytes.extend_from_slice(bytes.get(..left).unwrap_or(bytes));
        self.steady = true;
    }

    /// Moves to a later position, at most to the end of the file.
    pub(crate) fn advance_to(&mut self, position: u64) {
        let ahead = position.min(self.file_len).saturating_sub(self.base);
        match usize::try_from(ahead) {
            Ok(ahead) if ahead <= self.bytes.len() => self.used = self.used.max(ahead),
            _ => {
                self.steady &= ahead.saturating_sub(len_u64(self.bytes.len())) <= LONG_STEP;
                self.bytes.clear();
                self.used = 0;
                self.base = self.base.saturating_add(ahead);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_asked_for_in_order_and_stepped_over() {
        let mut window = Window::new(1_000_000);
        assert_eq!(window.wants(), Some(0..16_384));
        window.feed(&[7; 100]);
        assert_eq!((window.rest().len(), window.wants()), (100, Some(100..262_244)));
        window.advance_to(40);
        assert_eq!((window.position(), window.rest().len()), (40, 60));
        window.advance_to(900_000);
        assert_eq!((window.position(), window.rest().len(), window.wants()), (900_000, 0, Some(900_000..916_384)));
        window.feed(&[7; 10]);
        window.advance_to(2_000_000);
        assert_eq!((window.position(), window.wants(), window.is_last()), (1_000_000, None, true));
    }

    #[test]
    fn no_bytes_end_the_file() {
        let mut window = Window::new(u64::MAX);
        window.feed(&[1, 2, 3]);
        assert!(!window.is_last());
        window.feed(&[]);
        assert!(window.is_last());
        assert_eq!(window.wants(), None);
    }
}
