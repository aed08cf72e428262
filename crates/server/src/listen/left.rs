//! What is left to send of a file.

use core::ops::Range;
use std::collections::VecDeque;

/// Bytes of a run from which on the kernel sends it from its file: a call for each shorter one would cost more than a copy
/// of many (`docs/performance.md`).
const LONG: u64 = 32 << 10;

/// Ranges in the order in which they go out.
#[derive(Debug)]
pub(super) struct Left(VecDeque<Range<u64>>);

/// What goes out next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// One long run, or what is left of it.
    Long(Range<u64>),
    /// Several short ones.
    Short(Vec<Range<u64>>),
}

impl Left {
    pub(super) fn new(runs: Vec<Range<u64>>) -> Self {
        let mut runs = VecDeque::from(runs);
        runs.retain(|run| !run.is_empty());
        Self(runs)
    }

    /// How much it is.
    pub(super) fn bytes(&self) -> u64 {
        self.0.iter().map(|run| run.end - run.start).sum()
    }

    /// What goes out next, short runs up to so many bytes together; `None` at the end.
    pub(super) fn next(&self, most: u64) -> Option<Next> {
        let first = self.0.front()?;
        if first.end - first.start >= LONG {
            return Some(Next::Long(first.clone()));
        }
        let mut room = most;
        let mut short = Vec::new();
        for run in self.0.iter().take_while(|run| run.end - run.start < LONG) {
            let end = run.end.min(run.start.saturating_add(room));
            short.extend((run.start < end).then_some(run.start..end));
            room = room.saturating_sub(run.end - run.start);
            if room == 0 {
                break;
            }
        }
        Some(Next::Short(short))
    }

    /// Takes note of what went out.
    pub(super) fn sent(&mut self, mut bytes: u64) {
        while let Some(run) = self.0.front_mut() {
            let taken = bytes.min(run.end - run.start);
            run.start = run.start.saturating_add(taken);
            bytes -= taken;
            if !run.is_empty() {
                return;
            }
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: u64 = 1_024;

    #[test]
    fn long_runs_go_alone_and_short_ones_together() {
        let mut left = Left::new(vec![0..10 * K, 20 * K..25 * K, 26 * K..27 * K, 7..7, 30 * K..70 * K, 80 * K..81 * K]);
        assert_eq!(left.next(12 * K), Some(Next::Short(vec![0..10 * K, 20 * K..22 * K])));
        assert_eq!(left.next(90 * K), Some(Next::Short(vec![0..10 * K, 20 * K..25 * K, 26 * K..27 * K])));
        left.sent(11 * K);
        assert_eq!(left.next(90 * K), Some(Next::Short(vec![21 * K..25 * K, 26 * K..27 * K])));
        left.sent(5 * K);
        assert_eq!(left.next(90 * K), Some(Next::Long(30 * K..70 * K)));
        left.sent(30 * K);
        // What is left of a long one is short.
        assert_eq!(left.next(90 * K), Some(Next::Short(vec![60 * K..70 * K, 80 * K..81 * K])));
        left.sent(11 * K);
        assert_eq!(left.bytes(), 0);
        assert_eq!(left.next(90 * K), None);
    }
}
