//! The key frames of a track by time.

use std::collections::VecDeque;

use super::select::shown;
use crate::map::SegmentMap;

/// Segments whose key frames are remembered: a time lies between those of two.
const KEPT: usize = 2;

/// A sample that decoding can begin with.
#[derive(Debug, Clone, Copy)]
struct Key {
    /// When it is shown, in ticks of the track.
    time: i64,
    /// Where its bytes begin in the object.
    at: u64,
    /// How many there are.
    size: u32,
}

/// Finds them. What it reads of the map it keeps for the next question, which is about a time close by.
pub(super) struct Keys<'map> {
    map: &'map SegmentMap,
    /// Those of the segments that were read last, by number.
    read: VecDeque<(u32, Vec<Key>)>,
}

impl<'map> Keys<'map> {
    pub(super) fn new(map: &'map SegmentMap) -> Self {
        Self { map, read: VecDeque::with_capacity(KEPT) }
    }

    /// Where the bytes of the key frame begin that is shown nearest to a time, in ticks of the track, and how many there
    /// are; of two that are equally near the earlier one. `None` where the track has none.
    pub(super) fn nearest(&mut self, time: i64) -> Option<(u64, u32)> {
        let count = self.map.segment_count();
        let behind = (0..count).find(|n| self.map.segment(*n).is_some_and(|segment| segment.start > time));
        let behind = behind.unwrap_or(count);
        let before = (0..behind).rev().find_map(|n| self.of(n).iter().rev().find(|key| key.time <= time).copied());
        let after =
            (behind.saturating_sub(1)..count).find_map(|n| self.of(n).iter().find(|key| key.time > time).copied());
        let nearest = before.into_iter().chain(after).min_by_key(|key| key.time.abs_diff(time))?;
        Some((nearest.at, nearest.size))
    }

    /// The key frames of a segment, in the order in which they are decoded.
    fn of(&mut self, n: u32) -> &[Key] {
        if !self.read.iter().any(|(number, _)| *number == n) {
            if self.read.len() >= KEPT {
                self.read.pop_front();
            }
            self.read.push_back((n, keys(self.map, n).unwrap_or_default()));
        }
        self.read.iter().find(|(number, _)| *number == n).map_or(&[], |(_, keys)| keys)
    }
}

fn keys(map: &SegmentMap, n: u32) -> Option<Vec<Key>> {
    let segment = map.samples(n)?;
    let mut runs = segment.runs.iter().cloned();
    let mut run = 0..0;
    let mut keys = Vec::new();
    for (sample, time) in shown(&segment, map.header().priming) {
        if run.is_empty() && sample.size > 0 {
            run = runs.next()?;
        }
        if sample.sync {
            keys.push(Key { time, at: run.start, size: sample.size });
        }
        run.start = run.start.saturating_add(sample.size.into());
    }
    Some(keys)
}
