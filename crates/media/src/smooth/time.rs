//! When segments begin, in the units of addresses.

use core::ops::Range;

use crate::map::SegmentMap;
use crate::timing::{Timescale, rescale_len};

/// A time of a track in units of 100 nanoseconds.
///
/// Manifest, fragments and [`segment_at`] convert when segments start, and nothing else, so that they agree and lengths
/// do not drift.
pub(crate) fn ticks(time: u64, scale: Timescale) -> u64 {
    rescale_len(time, scale, Timescale::HUNDRED_NANOS)
}

/// From when to when segment `n`, from 0, is shown, in ticks of the track: what lies before the timeline is not. `None`
/// behind the last, and where nothing is left.
pub(super) fn shown(map: &SegmentMap, n: u32) -> Option<Range<u64>> {
    let segment = map.segment(n)?;
    let end = segment.start.saturating_add_unsigned(segment.duration);
    let shown = segment.start.max(0).unsigned_abs()..end.max(0).unsigned_abs();
    let scale = map.header().timescale;
    (ticks(shown.start, scale) < ticks(shown.end, scale)).then_some(shown)
}

/// The segment that starts exactly then, in units of 100 nanoseconds: one address, one segment.
pub fn segment_at(map: &SegmentMap, start: u64) -> Option<u32> {
    let starts = |n: &u32| shown(map, *n).is_some_and(|shown| ticks(shown.start, map.header().timescale) == start);
    (0..map.segment_count()).find(starts)
}
