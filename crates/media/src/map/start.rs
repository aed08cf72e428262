//! Where tracks that were indexed begin on the common timeline.

use crate::align::{self, Laid};
use crate::facts::TrackKind;
use crate::timing::Timescale;

/// How a track begins on its own timeline, in its ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackStart {
    /// Video or audio.
    pub kind: TrackKind,
    /// Ticks in a second.
    pub scale: Timescale,
    /// When the first sample in decode order is shown.
    pub first: i64,
    /// When the earliest sample is shown.
    pub earliest: i64,
    /// When a sample with a `pts` of zero is shown, by edit lists or what the container has instead: less the
    /// encoder delay, for sound that has one.
    pub offset: i64,
}

/// For each track the [shift](super::MapBuilder::set_shift) that puts it on the common timeline: what begins first
/// begins at zero, sound may begin with encoder priming before it, and tracks stay together.
pub fn shifts(tracks: &[TrackStart]) -> Vec<i64> {
    let laid: Vec<_> = tracks
        .iter()
        .map(|&TrackStart { kind, scale, first, earliest, offset }| Laid { kind, scale, first, earliest, offset })
        .collect();
    align::place(&laid).into_iter().map(|placement| placement.offset).collect()
}
