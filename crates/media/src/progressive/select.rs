//! Which samples of a track a file has.

use core::ops::Range;

use crate::bits::to_usize;
use crate::facts::TrackKind;
use crate::map::{Sample, SegmentMap, SegmentSamples};

/// How much sound goes in front of a clip, in milliseconds, for decoders to settle in: what Opus asks for
/// (RFC 7845, 4.6), and more than the overlap of any other codec.
const SETTLE_MS: u64 = 80;

/// A sample by its place: segment and number in it.
type Place = (u32, usize);

/// Samples that follow one another, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selection {
    first: Place,
    last: Place,
}

impl Selection {
    /// Every sample.
    pub(super) fn all(map: &SegmentMap) -> Self {
        Self { first: (0, 0), last: (map.segment_count(), 0) }
    }

    /// What has to be decoded to show a part of the presentation, in ticks of the track; `None` where it shows nothing.
    pub(super) fn of(map: &SegmentMap, span: &Range<i64>) -> Option<Self> {
        let header = map.header();
        let settle_ms = if header.kind == TrackKind::Audio { SETTLE_MS } else { 0 };
        let settle = u64::from(header.timescale.get()).saturating_mul(settle_ms).div_ceil(1_000);
        let from = span.start.saturating_sub_unsigned(settle);
        let mut first = (0, 0);
        // Backwards, segment by segment: one that begins with no key frame may need the one in front of it.
        for n in (0..map.segment_count()).rev() {
            if map.segment(n)?.start > from {
                continue;
            }
            if let Some(place) = last_key_frame(map, n, from) {
                first = place;
                break;
            }
        }
        let mut last = None;
        let mut shows = false;
        for n in first.0..map.segment_count() {
            if map.segment(n)?.start >= span.end {
                break;
            }
            let samples = map.samples(n)?;
            for (at, (sample, shown)) in shown(&samples, header.priming).enumerate() {
                if shown < span.end {
                    last = Some((n, at));
                    shows |= shown.saturating_add(sample.duration.into()) > span.start;
                }
            }
        }
        last.filter(|_last| shows).map(|last| Self { first, last })
    }

    /// Gives each of them, with its decode time in the map and where its bytes begin, to `take`; returns the decode
    /// time of the first. `None` for a damaged map.
    pub(super) fn each(self, map: &SegmentMap, mut take: impl FnMut(&Sample, u64, u64)) -> Option<u64> {
        let mut first = None;
        for n in self.first.0..map.segment_count().min(self.last.0.saturating_add(1)) {
            let segment = map.samples(n)?;
            for (at, (sample, decode, offset)) in segment.placed().enumerate() {
                if (n, at) > self.last {
                    return first;
                }
                if (n, at) >= self.first {
                    first = first.or(Some(decode));
                    take(sample, decode, offset);
                }
            }
        }
        first
    }
}

/// When the sample begins that is shown at a time, both in ticks of the track; `None` before the first, and behind the end.
pub fn shown_at(map: &SegmentMap, time: i64) -> Option<i64> {
    if time >= map.start().saturating_add_unsigned(map.duration()) {
        return None;
    }
    let n = (0..map.segment_count()).rev().find(|n| map.segment(*n).is_some_and(|segment| segment.start <= time))?;
    let samples = map.samples(n)?;
    shown(&samples, map.header().priming).map(|(_, shown)| shown).filter(|shown| *shown <= time).max()
}

/// The last sample of a segment that decoding can begin with and that is shown no later than `from`.
fn last_key_frame(map: &SegmentMap, n: u32, from: i64) -> Option<Place> {
    let samples = map.samples(n)?;
    let keys =
        shown(&samples, map.header().priming).enumerate().filter(|(_, (sample, shown))| sample.sync && *shown <= from);
    keys.last().map(|(at, _)| (n, at))
}

/// Samples in decode order, each with when it is shown.
pub(super) fn shown(segment: &SegmentSamples, priming: u64) -> impl Iterator<Item = (&Sample, i64)> {
    let mut decode = i64::try_from(segment.decode_time).unwrap_or(i64::MAX).saturating_sub_unsigned(priming);
    segment.samples.iter().map(move |sample| {
        let shown = decode.saturating_add(sample.composition_offset.into());
        decode = decode.saturating_add(sample.duration.into());
        (sample, shown)
    })
}

/// The range of a list that a chunk has.
pub(super) fn slice<T>(all: &[T], range: Range<u32>) -> &[T] {
    all.get(to_usize(range.start)..to_usize(range.end)).unwrap_or_default()
}
