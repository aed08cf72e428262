//! Where tracks lie on the common timeline of the presentation: the one place where edit lists, first composition
//! offsets and encoder priming are accounted for.
//!
//! - An edit list moves a track: its delay later, its media time earlier.
//! - Picture has no edit list in what we write. Its first sample is decoded when it is shown, and composition offsets
//!   (signed) are relative to that.
//! - Sound that begins before zero by at most [`MAX_PRIMING_SECONDS`] is encoder priming: it keeps its samples, and
//!   an edit list in its initialization segment skips them.
//! - Picture that begins before zero (an edit in the middle of a group of pictures), or sound that begins earlier
//!   than priming can explain, moves the whole presentation later by that much: the pre-roll is shown, and picture
//!   and sound stay together. Where every track begins after zero, the presentation moves earlier.
//! - What an edit list cuts off at the end is shown: samples are never dropped.

use crate::facts::TrackKind;
use crate::timing::{Timescale, rescale};

/// The longest start before zero that is taken for encoder priming.
pub(crate) const MAX_PRIMING_SECONDS: u32 = 1;

/// A track as it lies on its own: all times in its ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Laid {
    pub(crate) kind: TrackKind,
    pub(crate) scale: Timescale,
    /// Composition time of the first sample in decode order.
    pub(crate) first: i64,
    /// The earliest composition time.
    pub(crate) earliest: i64,
    /// Presentation time of composition time zero, by the edit list.
    pub(crate) offset: i64,
}

/// A track on the common timeline, in its ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placement {
    /// Presentation time of composition time zero.
    pub(crate) offset: i64,
    /// Decode time of the first sample.
    pub(crate) decode_start: u64,
    /// How much an edit list must skip: decode times are this much later than presentation times.
    pub(crate) priming: u64,
}

/// Places all tracks, in order.
pub(crate) fn place(tracks: &[Laid]) -> Vec<Placement> {
    let shift = shift(tracks);
    tracks
        .iter()
        .map(|track| {
            let (ticks, scale) = shift.unwrap_or((0, track.scale));
            let offset = track.offset.saturating_add(rescale(ticks, scale, track.scale));
            let first = track.first.saturating_add(offset);
            let priming = first.min(0).unsigned_abs();
            Placement { offset, decode_start: first.max(0).unsigned_abs(), priming }
        })
        .collect()
}

/// By how much the presentation moves later.
fn shift(tracks: &[Laid]) -> Option<(i64, Timescale)> {
    let starts = || tracks.iter().map(|track| (track, track.earliest.saturating_add(track.offset)));
    let later = |(ticks, scale): (i64, Timescale)| i128::from(ticks) * i128::from(u32::MAX) / i128::from(scale.get());
    let needs = starts().filter_map(|(track, start)| {
        let priming = match track.kind {
            TrackKind::Audio => i64::from(track.scale.get()) * i64::from(MAX_PRIMING_SECONDS),
            _ => 0,
        };
        (start < -priming).then_some((start.saturating_neg(), track.scale))
    });
    if let Some(need) = needs.max_by_key(|need| later(*need)) {
        return Some(need);
    }
    let first = starts().map(|(track, start)| (start, track.scale)).min_by_key(|start| later(*start))?;
    (first.0 > 0).then_some((first.0.saturating_neg(), first.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(kind: TrackKind, scale: u32, first: i64, earliest: i64, offset: i64) -> Laid {
        Laid { kind, scale: Timescale::new(scale).unwrap(), first, earliest, offset }
    }

    fn placement(offset: i64, decode_start: u64, priming: u64) -> Placement {
        Placement { offset, decode_start, priming }
    }

    #[test]
    fn tracks_are_placed_on_one_timeline() {
        use TrackKind::{Audio, Video};
        let cases = [
            (
                "reordered picture with its edit, sound with priming",
                vec![laid(Video, 12_800, 1_024, 1_024, -1_024), laid(Audio, 48_000, 0, 0, -1_024)],
                vec![placement(-1_024, 0, 0), placement(-1_024, 0, 1_024)],
            ),
            (
                "delayed sound",
                vec![laid(Video, 90_000, 0, 0, 0), laid(Audio, 48_000, 0, 0, 24_000)],
                vec![placement(0, 0, 0), placement(24_000, 24_000, 0)],
            ),
            (
                "an edit in the middle of a group of pictures moves both",
                vec![laid(Video, 90_000, 0, 0, -45_000), laid(Audio, 48_000, 0, 0, -1_024)],
                vec![placement(0, 0, 0), placement(22_976, 22_976, 0)],
            ),
            (
                "no edit list: the presentation begins with the earliest track",
                vec![laid(Video, 12_800, 1_024, 1_024, 0)],
                vec![placement(-1_024, 0, 0)],
            ),
            (
                "no edit list, with sound from zero: the picture begins later",
                vec![laid(Video, 12_800, 1_024, 1_024, 0), laid(Audio, 48_000, 0, 0, 0)],
                vec![placement(0, 1_024, 0), placement(0, 0, 0)],
            ),
            ("leading pictures before the first sample", vec![laid(Video, 1_000, 80, 0, 0)], vec![placement(0, 80, 0)]),
            (
                "sound cut in the middle is no priming",
                vec![laid(Video, 1_000, 0, 0, 0), laid(Audio, 48_000, 0, 0, -96_000)],
                vec![placement(2_000, 2_000, 0), placement(0, 0, 0)],
            ),
        ];
        for (what, tracks, expected) in cases {
            assert_eq!(place(&tracks), expected, "{what}");
        }
    }
}
