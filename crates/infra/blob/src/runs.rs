//! What is wanted of an object, cut into pieces. Pure.

use core::ops::Range;
use std::collections::VecDeque;

/// Bytes that lie one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where in the object.
    pub(crate) offset: u64,
    /// How many.
    pub(crate) len: usize,
}

impl Run {
    /// The offset behind it.
    pub(crate) const fn end(self) -> u64 {
        self.offset.saturating_add(self.len as u64)
    }
}

/// Ranges still to be read, front to back.
#[derive(Debug)]
pub(crate) struct Runs(VecDeque<Range<u64>>);

impl Runs {
    /// Takes ranges in the order in which their bytes are wanted; those that touch become one. The
    /// first that does not lie in `size` bytes comes back instead.
    pub(crate) fn new(ranges: Vec<Range<u64>>, size: u64) -> Result<Self, Range<u64>> {
        let mut kept: Vec<Range<u64>> = ranges;
        if let Some(wrong) = kept.iter().find(|range| range.start > range.end || range.end > size) {
            return Err(wrong.clone());
        }
        kept.retain(|range| !range.is_empty());
        kept.dedup_by(|next, last| {
            let touches = last.end == next.start;
            if touches {
                last.end = next.end;
            }
            touches
        });
        Ok(Self(kept.into()))
    }

    /// How many bytes are left; `None` where the count is beyond 64 bits (ranges may repeat).
    pub(crate) fn len(&self) -> Option<u64> {
        self.0.iter().try_fold(0_u64, |sum, range| sum.checked_add(range.end - range.start))
    }

    /// The next at most `max` bytes; `None` once all are given.
    pub(crate) fn next_piece(&mut self, max: usize) -> Option<Vec<Run>> {
        let mut runs = Vec::new();
        let mut room = max;
        while room > 0
            && let Some(range) = self.0.front_mut()
        {
            let len = usize::try_from(range.end - range.start).map_or(room, |len| len.min(room));
            runs.push(Run { offset: range.start, len });
            range.start += len as u64;
            room -= len;
            if range.is_empty() {
                self.0.pop_front();
            }
        }
        (!runs.is_empty()).then_some(runs)
    }

    /// The bytes of the object that hold the start of what is left, for reading ahead: at most `max`.
    pub(crate) fn ahead(&self, max: u64) -> Option<Range<u64>> {
        let start = self.0.front()?.start;
        let end = self
            .0
            .iter()
            .take_while(|range| range.start >= start && range.start - start < max)
            .map(|range| range.end.min(start + max))
            .last()?;
        Some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(of: &[(u64, usize)]) -> Vec<Run> {
        of.iter().map(|&(offset, len)| Run { offset, len }).collect()
    }

    #[test]
    fn pieces_are_full_except_the_last_and_follow_the_ranges() {
        let mut left = Runs::new(vec![0..4, 4..6, 9..9, 10..17], 17).unwrap();
        assert_eq!(left.len(), Some(13));
        assert_eq!(left.next_piece(5), Some(runs(&[(0, 5)])));
        assert_eq!(left.next_piece(5), Some(runs(&[(5, 1), (10, 4)])));
        assert_eq!(left.next_piece(5), Some(runs(&[(14, 3)])));
        assert_eq!(left.next_piece(5), None);
    }

    #[test]
    fn a_range_outside_or_backwards_is_refused_even_when_empty() {
        #[expect(clippy::reversed_empty_ranges, reason = "the case under test")]
        for wrong in [0..11, 11..11, 10..12, 5..3, 0..u64::MAX] {
            assert_eq!(Runs::new(vec![0..10, wrong.clone()], 10).unwrap_err(), wrong);
        }
    }

    #[test]
    fn reading_ahead_stops_at_its_bound() {
        let left = Runs::new(vec![0..10, 20..30, 90..200], 200).unwrap();
        for (max, end) in [(5, 5), (15, 10), (25, 25), (80, 30), (100, 100)] {
            assert_eq!(left.ahead(max), Some(0..end), "{max}");
        }
        assert_eq!(Runs::new(Vec::new(), 0).unwrap().ahead(10), None);
    }
}
