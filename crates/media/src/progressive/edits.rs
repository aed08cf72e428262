//! What of a track is shown from when on.

use core::ops::Range;

use crate::cmaf::track::Edit;
use crate::map::SegmentMap;
use crate::timing::{Timescale, rescale_len};

/// What is shown of a track, in its ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    scale: Timescale,
    /// How long nothing is shown first.
    delay: u64,
    /// How long something is.
    length: u64,
    /// From the decode time of the first sample to what is shown first. Negative where that is composed before it is
    /// decoded.
    skipped: i64,
}

impl Shown {
    /// Of a track whose first sample in the file has that decode time in the map; of a part of the presentation, or
    /// all of it. `None` where the part has nothing.
    pub(super) fn new(map: &SegmentMap, first_decode: u64, span: Option<&Range<i64>>) -> Option<Self> {
        let begin = span.map_or(0, |span| span.start);
        let from = map.start().max(begin);
        let end = map.start().saturating_add_unsigned(map.duration());
        let to = span.map_or(end, |span| span.end.min(end));
        let first = i64::try_from(first_decode).unwrap_or(i64::MAX).saturating_sub_unsigned(map.header().priming);
        Some(Self {
            scale: map.header().timescale,
            delay: from.saturating_sub(begin).unsigned_abs(),
            length: u64::try_from(to.saturating_sub(from)).ok().filter(|length| *length > 0)?,
            skipped: from.saturating_sub(first),
        })
    }

    /// Of all of a track whose first sample is shown at zero. `None` where it has no length.
    pub(super) fn whole(scale: Timescale, length: u64) -> Option<Self> {
        (length > 0).then_some(Self { scale, delay: 0, length, skipped: 0 })
    }

    /// From the beginning of the movie to the end of the track, in ticks of the movie.
    pub(super) fn length(&self, movie: Timescale) -> u64 {
        rescale_len(self.delay.saturating_add(self.length), self.scale, movie)
    }

    /// The edit list, where composition offsets are written larger by `raise`.
    pub(super) fn edits(&self, movie: Timescale, raise: u32) -> Vec<Edit> {
        let delay = rescale_len(self.delay, self.scale, movie);
        let media_time = u64::try_from(self.skipped.saturating_add(raise.into())).unwrap_or(0);
        let pause = (delay > 0).then_some(Edit { duration: delay, media_time: None });
        let rest = Edit { duration: self.length(movie).saturating_sub(delay), media_time: Some(media_time) };
        pause.into_iter().chain([rest]).collect()
    }
}
