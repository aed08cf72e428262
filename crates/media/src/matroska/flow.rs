//! The blocks of one track on their way to samples.

use crate::index::{FrameGrid, FrameLength, Picture, Reorder, Sample, SampleClock};

/// How the frames of a track get their times.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// The number by which blocks name the track.
    pub(super) number: u64,
    /// What is known of a picture whose configuration is in its first frame.
    pub(super) awaits_frame: Option<Picture>,
    /// Whether frames may be shown in another order than they come in.
    pub(super) reordered: bool,
    /// Ticks of a frame that the headers name.
    pub(super) frame: Option<i64>,
    pub(super) grid: Option<FrameGrid>,
    pub(super) clock: Option<SampleClock>,
    pub(super) length: FrameLength,
    /// By how much presentation times are earlier than those of blocks.
    pub(super) delay: i64,
    reorder: Reorder,
    /// Time of the last frame.
    told: Option<i64>,
    /// Decode time of the last frame that is not reordered.
    decoded: Option<i64>,
    count: u32,
}

impl Flow {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            awaits_frame: None,
            reordered: false,
            frame: None,
            grid: None,
            clock: None,
            length: FrameLength::Unknown,
            delay: 0,
            reorder: Reorder::default(),
            told: None,
            decoded: None,
            count: 0,
        }
    }

    /// The presentation time of a frame that begins with `head`; of the first in its block, `told` is its time.
    pub(super) fn stamp(&mut self, told: Option<i64>, head: &[u8]) -> i64 {
        let length = self.length.of(head).map(i64::from).or(self.frame).unwrap_or(0);
        let told = told.map(|told| told.saturating_sub(self.delay));
        if let Some(clock) = &mut self.clock {
            let told = told.or_else(|| clock.end()).unwrap_or(0);
            return clock.stamp(told, length);
        }
        let told = match told {
            Some(told) => told,
            None => self.told.unwrap_or(0).saturating_add(length),
        };
        self.told = Some(told);
        self.grid.as_mut().map_or(told, |grid| grid.snap(told))
    }

    /// How many samples there were, with this one.
    pub(super) fn counted(&mut self) -> u32 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// Takes a frame in decode order and gives the one whose decode time is certain now.
    pub(super) fn push(&mut self, sample: Sample) -> Option<Sample> {
        if self.reordered { self.reorder.push(sample) } else { Some(self.in_order(sample)) }
    }

    /// What is left once the file ends.
    pub(super) fn pop(&mut self) -> Option<Sample> {
        self.reorder.pop()
    }

    fn in_order(&mut self, sample: Sample) -> Sample {
        let dts = self.decoded.map_or(sample.pts, |last| last.max(sample.pts));
        self.decoded = Some(dts);
        Sample { dts, ..sample }
    }
}
