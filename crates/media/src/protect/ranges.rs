//! Which bytes of a sample are protected.

use core::ops::Range;

use super::Scheme;
use super::error::Fault;
use super::key::BLOCK;

/// Bytes of a sample that stay in the clear, and protected bytes behind them (ISO/IEC 23001-7, 7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subsample {
    pub(super) clear: u16,
    pub(super) protected: u32,
}

/// The most entries that a sample may have.
const MOST: usize = 0xffff;

/// Collects the protected ranges of one sample, from its beginning to its end.
#[derive(Debug)]
pub(super) struct Ranges {
    /// Whether ranges have whole blocks only.
    aligned: bool,
    /// Up to where the entries go.
    at: usize,
    entries: Vec<Subsample>,
}

impl Ranges {
    pub(super) fn new(scheme: Scheme) -> Self {
        Self { aligned: scheme == Scheme::Cenc, at: 0, entries: Vec::new() }
    }

    /// Adds bytes that are protected, behind all that were added before.
    ///
    /// Of `cenc` they become whole blocks: what is too much stays in the clear at their beginning, where CMAF
    /// (ISO/IEC 23000-19, 8.2.2.1) and the bindings of VP9 and AV1 want it. So no block of the key stream is shared by two
    /// ranges, and decoders may take each by itself. Of `cbcs` the range begins where it begins: CMAF and Apple want the first
    /// byte behind the slice header.
    pub(super) fn protect(&mut self, range: Range<usize>) -> Result<(), Fault> {
        let len = range.end.checked_sub(range.start).ok_or(Fault::Damaged("its parts overlap"))?;
        let lead = if self.aligned { len % BLOCK } else { 0 };
        let len = len - lead;
        if len == 0 {
            return Ok(());
        }
        let start = range.start.saturating_add(lead);
        let clear = start.checked_sub(self.at).ok_or(Fault::Damaged("its parts overlap"))?;
        self.push(clear, len)?;
        self.at = range.end;
        Ok(())
    }

    /// The entries of a sample of so many bytes. The collector begins anew.
    pub(super) fn finish(&mut self, len: usize) -> Result<Vec<Subsample>, Fault> {
        let rest = len.checked_sub(self.at).ok_or(Fault::Damaged("its parts overlap"))?;
        if rest > 0 {
            self.push(rest, 0)?;
        }
        self.at = 0;
        Ok(core::mem::take(&mut self.entries))
    }

    fn push(&mut self, mut clear: usize, protected: usize) -> Result<(), Fault> {
        let too_many = Fault::Unprotectable("it has too many parts");
        let protected = u32::try_from(protected).map_err(|_overflow| too_many)?;
        loop {
            if self.entries.len() >= MOST {
                return Err(too_many);
            }
            // More clear bytes than one entry holds take entries of their own.
            let Ok(fits) = u16::try_from(clear) else {
                self.entries.push(Subsample { clear: u16::MAX, protected: 0 });
                clear -= usize::from(u16::MAX);
                continue;
            };
            self.entries.push(Subsample { clear: fits, protected });
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(scheme: Scheme, parts: &[(usize, usize)], len: usize) -> Result<Vec<(u16, u32)>, Fault> {
        let mut ranges = Ranges::new(scheme);
        parts.iter().try_for_each(|(start, end)| ranges.protect(*start..*end))?;
        let entries = ranges.finish(len)?;
        Ok(entries.into_iter().map(|entry| (entry.clear, entry.protected)).collect())
    }

    #[test]
    fn ranges_of_cenc_have_whole_blocks() {
        for (parts, len, expected) in [
            (vec![(10, 100)], 100, vec![(20, 80)]),
            (vec![(10, 42)], 50, vec![(10, 32), (8, 0)]),
            (vec![(10, 25)], 25, vec![(25, 0)]),
            (vec![(5, 40), (50, 83)], 83, vec![(8, 32), (11, 32)]),
            (vec![(70_000, 70_016)], 70_016, vec![(65_535, 0), (4_465, 16)]),
            (vec![], 65_535, vec![(65_535, 0)]),
            (vec![], 131_071, vec![(65_535, 0), (65_535, 0), (1, 0)]),
            (vec![], 0, vec![]),
        ] {
            assert_eq!(entries(Scheme::Cenc, &parts, len), Ok(expected), "{parts:?}");
        }
    }

    #[test]
    fn ranges_of_cbcs_begin_where_they_begin() {
        for (parts, len, expected) in [
            (vec![(10, 100)], 100, vec![(10, 90)]),
            (vec![(10, 25)], 25, vec![(10, 15)]),
            (vec![(5, 40), (40, 41)], 44, vec![(5, 35), (0, 1), (3, 0)]),
            (vec![(5, 5)], 9, vec![(9, 0)]),
        ] {
            assert_eq!(entries(Scheme::Cbcs, &parts, len), Ok(expected), "{parts:?}");
        }
    }

    #[test]
    fn ranges_that_overlap_are_refused() {
        for (parts, len) in [(vec![(5, 40), (30, 50)], 50), (vec![(5, 40)], 30)] {
            assert!(matches!(entries(Scheme::Cbcs, &parts, len), Err(Fault::Damaged(_))), "{parts:?}");
        }
        assert!(matches!(Ranges::new(Scheme::Cbcs).protect(Range { start: 9, end: 8 }), Err(Fault::Damaged(_))));
    }
}
