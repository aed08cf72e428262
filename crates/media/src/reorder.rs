//! Decode times for containers that store only when a picture is shown (Matroska).
//!
//! Decode times are the presentation times in order, all earlier by one delay: the smallest by which each of the
//! first [`LOOK_AHEAD`] pictures is decoded no later than it is shown. They always advance, by a tick at least. A
//! stream whose pictures are reordered further than that, or more later than at its beginning, has pictures that are
//! shown before they are decoded: negative composition offsets, which maps can hold.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How many pictures are seen before the first has its decode time: the most that H.264 and HEVC reorder.
pub const LOOK_AHEAD: usize = 16;

/// Takes presentation times in decode order and gives decode times in the same order, [`LOOK_AHEAD`] pictures later.
#[derive(Debug, Clone, Default)]
pub struct DecodeTimes {
    /// Presentation times without a decode time, in decode order, until the delay is known.
    first: VecDeque<i64>,
    /// The same, earliest on top.
    waiting: BinaryHeap<Reverse<i64>>,
    delay: Option<i64>,
    last: Option<i64>,
}

impl DecodeTimes {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the presentation time of the next picture. Returns the decode time of the picture pushed
    /// [`LOOK_AHEAD`] calls ago.
    pub fn push(&mut self, pts: i64) -> Option<i64> {
        self.waiting.push(Reverse(pts));
        if self.delay.is_none() {
            self.first.push_back(pts);
        }
        if self.waiting.len() > LOOK_AHEAD { self.next() } else { None }
    }

    /// The decode time of the next picture that has none, once all have been pushed.
    pub fn flush(&mut self) -> Option<i64> {
        self.next()
    }

    fn next(&mut self) -> Option<i64> {
        let delay = match self.delay {
            Some(delay) => delay,
            None => *self.delay.insert(delay(&core::mem::take(&mut self.first))),
        };
        let Reverse(earliest) = self.waiting.pop()?;
        let time = earliest.saturating_sub(delay);
        let time = self.last.map_or(time, |last| time.max(last.saturating_add(1)));
        self.last = Some(time);
        Some(time)
    }
}

/// By how much the sorted times must be earlier.
fn delay(first: &VecDeque<i64>) -> i64 {
    let mut sorted: Vec<i64> = first.iter().copied().collect();
    sorted.sort_unstable();
    sorted.iter().zip(first).map(|(sorted, pts)| sorted.saturating_sub(*pts)).max().unwrap_or(0).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pts: &[i64]) -> Vec<i64> {
        let mut times = DecodeTimes::new();
        let mut out: Vec<i64> = pts.iter().filter_map(|pts| times.push(*pts)).collect();
        out.extend(core::iter::from_fn(|| times.flush()));
        out
    }

    #[test]
    fn decode_times_are_presentation_times_in_order_with_one_delay() {
        for (pts, expected) in [
            (&[][..], &[][..]),
            (&[40], &[40]),
            (&[0, 40, 80], &[0, 40, 80]),
            // I P B B P B B
            (&[0, 120, 40, 80, 240, 160, 200], &[-40, 0, 40, 80, 120, 160, 200]),
            // A pyramid needs twice the delay.
            (&[0, 160, 80, 40, 120, 200], &[-80, -40, 0, 40, 80, 120]),
            // Stuck and jumping back.
            (&[5, 5, 5, 9], &[5, 6, 7, 9]),
            (&[i64::MIN, i64::MAX], &[i64::MIN, i64::MAX]),
        ] {
            assert_eq!(decode(pts), expected, "{pts:?}");
        }
    }

    #[test]
    fn a_long_film_is_decoded_in_time() {
        // Groups of four: P B b b, at 1001 ticks a picture.
        let pts: Vec<i64> =
            (0..1000i64).map(|at| (at / 4 * 4 + [3, 1, 0, 2][usize::try_from(at % 4).unwrap()]) * 1001).collect();
        let dts = decode(&pts);
        assert_eq!(dts.len(), pts.len());
        assert!(dts.iter().zip(&pts).all(|(dts, pts)| dts <= pts));
        assert!(dts.windows(2).all(|pair| pair[1] - pair[0] == 1001));
    }

    #[test]
    fn times_that_fall_back_still_advance() {
        let pts: Vec<i64> = (0..100).map(|at| if at < 50 { at * 40 } else { (at - 50) * 40 }).collect();
        assert!(decode(&pts).windows(2).all(|pair| pair[1] > pair[0]));
    }
}
