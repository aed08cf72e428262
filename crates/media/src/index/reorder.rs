//! Decode times of containers that store only presentation times.
//!
//! Samples come in decode order. The decode time of the n-th sample is the n-th smallest presentation time: decode
//! times then have the same steps as the pictures on the screen, and every picture that is not reordered is decoded
//! when it is shown. A reordered picture may have its decode time after its presentation time, by no more than the
//! constant delay of the decoder; whoever needs every picture decoded before it is shown moves all decode times
//! earlier by that.

use core::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::Sample;

/// How many samples later a picture may come that is shown earlier: the largest picture buffer of H.264 and HEVC.
const DEPTH: usize = 16;

/// Holds samples back until their decode time is certain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reorder {
    waiting: VecDeque<Sample>,
    times: BinaryHeap<Reverse<i64>>,
    last: Option<i64>,
}

impl Reorder {
    /// Takes the next sample, whose decode time is not known, and gives the one that is certain now.
    pub(crate) fn push(&mut self, sample: Sample) -> Option<Sample> {
        self.waiting.push_back(sample);
        self.times.push(Reverse(sample.pts));
        if self.waiting.len() > DEPTH { self.pop() } else { None }
    }

    /// The next of the samples that are left once the file ends.
    pub(crate) fn pop(&mut self) -> Option<Sample> {
        let sample = self.waiting.pop_front()?;
        let Reverse(smallest) = self.times.pop()?;
        // Only where times go back by more than a decoder could reorder.
        let dts = self.last.map_or(smallest, |last| smallest.max(last));
        self.last = Some(dts);
        Some(Sample { dts, ..sample })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(pts: &[i64]) -> Vec<i64> {
        let mut reorder = Reorder::default();
        let sample = |pts| Sample { offset: 0, size: 1, dts: 0, pts, sync: false };
        let mut out: Vec<_> = pts.iter().filter_map(|pts| reorder.push(sample(*pts))).collect();
        out.extend(core::iter::from_fn(|| reorder.pop()));
        assert_eq!(out.iter().map(|sample| sample.pts).collect::<Vec<_>>(), pts);
        out.iter().map(|sample| sample.dts).collect()
    }

    #[test]
    fn decode_times_are_presentation_times_in_order() {
        assert_eq!(times(&[0, 120, 40, 80, 240, 160, 200]), [0, 40, 80, 120, 160, 200, 240]);
        assert_eq!(times(&[80, 0, 40, 120]), [0, 40, 80, 120]);
        assert_eq!(times(&[]), [0; 0]);
    }

    #[test]
    fn times_that_go_far_back_stand_still() {
        let mut pts: Vec<i64> = (100..140).collect();
        pts.extend(0..40);
        let times = times(&pts);
        assert!(times.is_sorted());
        assert_eq!(times.len(), 80);
    }
}
