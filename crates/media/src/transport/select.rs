//! Which samples of a track a segment has, when they are decoded and shown, and where their bytes lie.

use core::ops::Range;

use super::clock::stamp;
use crate::map::{Sample, SegmentMap};

/// A sample that has bytes. Its times are those of the stream, not yet cut to 33 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) size: u32,
    pub(super) dts: i64,
    pub(super) pts: i64,
    pub(super) sync: bool,
}

/// What a segment has of a track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Selected {
    /// In decode order.
    pub(super) frames: Vec<Frame>,
    /// Where their bytes lie, in the same order, neighbors joined.
    pub(super) runs: Vec<Range<u64>>,
    /// When what follows them is decoded, in ticks of the stream.
    pub(super) end: i64,
}

/// All samples of segment `n`; `None` behind the last.
pub(super) fn segment(map: &SegmentMap, n: u32) -> Option<Selected> {
    let mut selected = Selected::default();
    for (sample, decode, at) in map.samples(n)?.placed() {
        selected.push(map, sample, begins(map, decode), at);
    }
    Some(selected)
}

/// The samples of sound that begin in a time, in ticks of the track. A frame of sound begins when it is decoded, less
/// priming.
pub(super) fn span(map: &SegmentMap, time: &Range<i64>) -> Option<Selected> {
    let mut selected = Selected::default();
    let decoded = u64::try_from(time.start.saturating_add_unsigned(map.header().priming)).unwrap_or(0);
    for n in map.segment_at(decoded)..map.segment_count() {
        let segment = map.samples(n)?;
        let timed = segment.placed().map(|(sample, decode, at)| (sample, begins(map, decode), at));
        let mut behind = false;
        for (sample, begins, at) in timed {
            behind = begins >= time.end;
            if behind {
                break;
            }
            if begins >= time.start {
                selected.push(map, sample, begins, at);
            }
        }
        if behind {
            break;
        }
    }
    Some(selected)
}

/// A decode time of the map on the timeline of the presentation.
fn begins(map: &SegmentMap, decode: u64) -> i64 {
    i64::try_from(decode).unwrap_or(i64::MAX).saturating_sub_unsigned(map.header().priming)
}

impl Selected {
    /// Bytes of all frames.
    pub(super) fn bytes(&self) -> u64 {
        self.frames.iter().map(|frame| u64::from(frame.size)).sum()
    }

    /// Adds the next sample, which begins at a time in ticks of its track. One without bytes only takes time.
    fn push(&mut self, map: &SegmentMap, sample: &Sample, begins: i64, at: u64) {
        let stamp = |ticks| stamp(ticks, map.header().timescale);
        let decoded = begins.saturating_sub(map.decode_lead().into());
        self.end = stamp(decoded.saturating_add(sample.duration.into()));
        if sample.size == 0 {
            return;
        }
        let pts = stamp(begins.saturating_add(sample.composition_offset.into()));
        self.frames.push(Frame { size: sample.size, dts: stamp(decoded), pts, sync: sample.sync });
        let end = at.saturating_add(sample.size.into());
        match self.runs.last_mut() {
            Some(run) if run.end == at => run.end = end,
            _ => self.runs.push(at..end),
        }
    }
}
