//! Where a picture track is cut: into groups of pictures, into segments, and into chunks that are
//! encoded apart.

use crate::picture::{Rate, TimeBase};

/// The pictures of a track as their packets tell: when each is shown, and at which decoding can begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// In what the times are told.
    pub base: TimeBase,
    /// When each picture is shown, in ticks, ascending.
    pub times: Vec<i64>,
    /// When the pictures are shown at which decoding can begin, ascending.
    pub syncs: Vec<i64>,
    /// When the last picture ends.
    pub end: i64,
    /// Whether the packets alone do not say when a picture is shown: times jump or are not told.
    pub vague: bool,
    /// Whether times run back or leap.
    pub jumps: bool,
}

/// One piece of a picture track that is encoded apart: closed at both ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Number of its first picture in the track, from 0.
    pub first: u64,
    /// How many pictures it has.
    pub pictures: u64,
    /// When its first picture is shown, in ticks of the source.
    pub from: i64,
    /// When the first picture behind it is shown, or the track ends.
    pub until: i64,
    /// Where decoding begins: a sync picture at or before it, early enough for the pre-roll. `None`: at
    /// the beginning of the file.
    pub seek: Option<i64>,
    /// When its groups of pictures begin, in ticks of the source, the first at [`from`](Self::from).
    pub keys: Vec<i64>,
    /// When its segments begin: some of the keys, the first among them.
    pub cuts: Vec<i64>,
}

/// What the cuts follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid<'a> {
    /// A regular grid: of whole pictures where the track keeps that rate, else of time.
    Regular(Option<Rate>),
    /// The segments of the original, by the times at which they begin, in ticks of the source: it is
    /// one of the rungs, and players switch at its cuts.
    Of(&'a [i64]),
}

/// Groups of pictures of the regular grid, in milliseconds.
pub const GROUP_MS: i64 = 2_000;
/// Segments of the regular grid: a whole number of groups.
pub const SEGMENT_MS: i64 = 4_000;
/// Chunks are at least this long: the price of starting an encoder stays small beside its work.
pub const CHUNK_MS: i64 = 20_000;

/// The rate of a track all of whose pictures lie within half a picture of where that rate puts them;
/// `None` where they do not.
pub fn steady(pictures: &Pictures, rate: Option<Rate>) -> Option<Rate> {
    let rate = rate?;
    let first = *pictures.times.first()?;
    // In units of 1 / (rate.num * base.den): exact.
    let (rate_num, rate_den) = (i128::from(rate.num.get()), i128::from(rate.den.get()));
    let (base_num, base_den) = (i128::from(pictures.base.num.get()), i128::from(pictures.base.den.get()));
    let frame = rate_den * base_den;
    pictures
        .times
        .iter()
        .zip(0_i128..)
        .all(|(time, number)| {
            let off = (i128::from(*time) - i128::from(first)) * base_num * rate_num - number * frame;
            off.abs() * 2 < frame
        })
        .then_some(rate)
}

/// Cuts a track into chunks of at least [`CHUNK_MS`]. `pre_roll` pictures in front of each chunk are
/// decoded for filters that look back. A track whose times are vague is one chunk.
pub fn chunks(pictures: &Pictures, grid: Grid<'_>, pre_roll: usize) -> Vec<Chunk> {
    let Some(first) = pictures.times.first().copied() else { return Vec::new() };
    let every = |ms: i64| snapped(pictures, (1..).map(|n| first.saturating_add(ticks(pictures, n * ms))));
    let counted = |step: usize| -> Vec<(usize, i64)> {
        pictures.times.iter().copied().enumerate().step_by(step.max(1)).collect()
    };
    let (keys, cuts) = match grid {
        Grid::Regular(Some(rate)) => {
            let group = pictures_in(rate, GROUP_MS);
            (counted(group), counted(group * usize::try_from(SEGMENT_MS / GROUP_MS).unwrap_or(1)))
        }
        Grid::Regular(None) => (every(GROUP_MS), every(SEGMENT_MS)),
        Grid::Of(cuts) => {
            let cuts = snapped(pictures, cuts.iter().copied().filter(|cut| *cut > first));
            (keys_between(pictures, &cuts), cuts)
        }
    };
    let mut starts = vec![0];
    if !pictures.vague {
        let mut last = first;
        for cut in cuts.iter().skip(1) {
            let (long_enough, rest) = (cut.1.saturating_sub(last), pictures.end.saturating_sub(cut.1));
            // What would be left is worth a chunk of its own from half its length on.
            if long_enough >= ticks(pictures, CHUNK_MS) && rest >= ticks(pictures, CHUNK_MS / 2) {
                starts.push(cut.0);
                last = cut.1;
            }
        }
    }
    let total = pictures.times.len();
    let ends = starts.iter().skip(1).copied().chain([total]);
    let time = |number: usize| pictures.times.get(number).copied().unwrap_or(pictures.end);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| {
            let within = |points: &[(usize, i64)]| -> Vec<i64> {
                points.iter().filter(|point| (start..end).contains(&point.0)).map(|point| point.1).collect()
            };
            let needed = time(start.saturating_sub(pre_roll));
            let before = pictures.syncs.partition_point(|sync| *sync <= needed);
            // The first sync picture is found without looking.
            let seek = before.checked_sub(1).filter(|at| *at > 0).and_then(|at| pictures.syncs.get(at)).copied();
            Chunk {
                first: start as u64,
                pictures: (end - start) as u64,
                from: time(start),
                until: if end == total { pictures.end } else { time(end) },
                seek,
                keys: within(&keys),
                cuts: within(&cuts),
            }
        })
        .collect()
}

/// The pictures that a rate shows in so many milliseconds, to the nearest and at least one.
fn pictures_in(rate: Rate, ms: i64) -> usize {
    let (num, den) = (u64::from(rate.num.get()), u64::from(rate.den.get()));
    let twice = num * ms.unsigned_abs() * 2 / (den * 1_000);
    usize::try_from(twice.saturating_add(1) / 2).unwrap_or(1).max(1)
}

/// The cuts, and between them the key pictures of the source that make groups of about [`GROUP_MS`]: where the
/// original has more of them, more would cost bits and serve nobody.
fn keys_between(pictures: &Pictures, cuts: &[(usize, i64)]) -> Vec<(usize, i64)> {
    let group = ticks(pictures, GROUP_MS);
    let mut keys = Vec::with_capacity(cuts.len());
    for (number, cut) in cuts.iter().enumerate() {
        keys.push(*cut);
        let end = cuts.get(number + 1).map_or(pictures.end, |next| next.1);
        let mut last = cut.1;
        let syncs = pictures.syncs.partition_point(|sync| *sync <= last);
        for sync in pictures.syncs.iter().skip(syncs).take_while(|sync| **sync < end) {
            // Times in milliseconds waver by one.
            let far = sync.saturating_sub(last).saturating_mul(10) >= group.saturating_mul(9);
            let room = end.saturating_sub(*sync).saturating_mul(2) >= group;
            if far
                && room
                && let Ok(at) = pictures.times.binary_search(sync)
            {
                keys.push((at, *sync));
                last = *sync;
            }
        }
    }
    keys
}

/// The first picture at or after each point, by number and time, each once; the very first leads.
fn snapped(pictures: &Pictures, points: impl Iterator<Item = i64>) -> Vec<(usize, i64)> {
    let times = &pictures.times;
    let mut found: Vec<(usize, i64)> = times.first().map(|first| (0, *first)).into_iter().collect();
    let mut at = 0;
    for point in points {
        at += times.get(at..).unwrap_or_default().partition_point(|time| *time < point);
        let Some(time) = times.get(at) else { break };
        if found.last().is_some_and(|last| last.0 < at) {
            found.push((at, *time));
        }
    }
    found
}

fn ticks(pictures: &Pictures, ms: i64) -> i64 {
    pictures.base.ticks_of(ms, 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(times: Vec<i64>, sync_every: usize, frame: i64) -> Pictures {
        let syncs = times.iter().copied().step_by(sync_every).collect();
        let end = times.last().map_or(0, |last| last + frame);
        Pictures { base: TimeBase::new(1, 1_000).unwrap(), times, syncs, end, vague: false, jumps: false }
    }

    #[test]
    fn chunks_are_closed_long_enough_and_cover_everything_once() {
        // A minute of 25 frames a second with a sync picture every ten seconds.
        let film = pictures((0..1_500).map(|n| n * 40).collect(), 250, 40);
        let cut = chunks(&film, Grid::Regular(None), 0);
        let spans: Vec<_> = cut.iter().map(|chunk| (chunk.from, chunk.until, chunk.seek, chunk.pictures)).collect();
        assert_eq!(
            spans,
            [(0, 20_000, None, 500), (20_000, 40_000, Some(20_000), 500), (40_000, 60_000, Some(40_000), 500)]
        );
        assert_eq!(cut[1].keys, (0..10).map(|n| 20_000 + n * 2_000).collect::<Vec<_>>());
        assert_eq!(cut[1].cuts, [20_000, 24_000, 28_000, 32_000, 36_000]);
        let rolled = chunks(&film, Grid::Regular(None), 2);
        assert_eq!(rolled[1].seek, Some(10_000), "the frames before the chunk are decoded, too");
    }

    #[test]
    fn a_short_rest_joins_the_chunk_before_it() {
        let film = pictures((0..700).map(|n| n * 40).collect(), 50, 40);
        let spans: Vec<_> =
            chunks(&film, Grid::Regular(None), 0).iter().map(|chunk| (chunk.from, chunk.until)).collect();
        assert_eq!(spans, [(0, 28_000)]);
    }

    #[test]
    fn the_original_sets_the_cuts_where_it_is_a_rung() {
        let film = pictures((0..1_500).map(|n| 80 + n * 40).collect(), 120, 40);
        let cuts: Vec<_> = (0..13).map(|n| 80 + n * 4_800).collect();
        let cut = chunks(&film, Grid::Of(&cuts), 0);
        assert_eq!(cut.iter().map(|chunk| chunk.from).collect::<Vec<_>>(), [80, 24_080, 48_080]);
        assert_eq!(cut[0].keys, [80, 4_880, 9_680, 14_480, 19_280]);
        assert_eq!(cut[0].keys, cut[0].cuts);
    }

    #[test]
    fn between_cuts_the_key_pictures_of_the_original_make_groups_of_two_seconds() {
        let of = |sync_every: usize, cut_ms: i64| {
            let film = pictures((0..300).map(|n| n * 40).collect(), sync_every, 40);
            let cuts: Vec<_> = (0..12_000 / cut_ms).map(|n| n * cut_ms).collect();
            chunks(&film, Grid::Of(&cuts), 0).remove(0).keys
        };
        assert_eq!(of(50, 4_000), [0, 2_000, 4_000, 6_000, 8_000, 10_000]);
        assert_eq!(of(25, 4_000), [0, 2_000, 4_000, 6_000, 8_000, 10_000], "more than are of use");
        assert_eq!(of(75, 6_000), [0, 3_000, 6_000, 9_000]);
        assert_eq!(of(45, 5_400), [0, 1_800, 3_600, 5_400, 7_200, 9_000, 10_800], "nearly two seconds will do");
        assert_eq!(of(30, 2_400), [0, 2_400, 4_800, 7_200, 9_600], "a cut is too near");
    }

    #[test]
    fn of_times_that_vary_the_next_picture_is_taken() {
        let film = pictures(vec![0, 33, 1_990, 2_050, 3_000, 4_100, 9_000], 7, 40);
        let cut = chunks(&film, Grid::Regular(None), 0);
        assert_eq!(cut[0].keys, [0, 2_050, 4_100, 9_000]);
        assert_eq!(cut[0].cuts, [0, 4_100, 9_000]);
        assert_eq!(cut[0].pictures, 7);
    }

    #[test]
    fn a_steady_rate_is_cut_by_counting_pictures() {
        let ntsc = Rate::new(30_000, 1_001);
        let film = pictures((0..1_400_i64).map(|n| n * 1_001 / 30).collect(), 30, 33);
        let cut = chunks(&film, Grid::Regular(ntsc), 0);
        assert_eq!(cut.iter().map(|chunk| chunk.first).collect::<Vec<_>>(), [0, 600]);
        let numbers: Vec<_> = cut[1].keys.iter().map(|key| film.times.binary_search(key).unwrap()).collect();
        assert_eq!(numbers, (600..1_400).step_by(60).collect::<Vec<_>>());
    }

    #[test]
    fn vague_times_keep_a_track_in_one_piece() {
        let film = Pictures { vague: true, ..pictures((0..1_500).map(|n| n * 40).collect(), 250, 40) };
        assert_eq!(chunks(&film, Grid::Regular(None), 0).len(), 1);
    }

    #[test]
    fn a_rate_is_steady_when_every_picture_is_near_its_place() {
        let rate = Rate::new(30_000, 1_001);
        let rounded = pictures((0..3_000_i64).map(|n| (n * 1_001 + 15) / 30).collect(), 30, 33);
        assert_eq!(steady(&rounded, rate), rate, "milliseconds round");
        let mut gap = rounded.clone();
        gap.times.remove(100);
        assert_eq!(steady(&gap, rate), None, "one picture is missing");
        assert_eq!(steady(&rounded, Rate::new(30, 1)), None, "a rate that is near only");
    }
}
