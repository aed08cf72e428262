//! The order of the samples in the file.

use core::cmp::Reverse;
use core::ops::Range;
use std::collections::BinaryHeap;

use super::Piece;
use super::select::slice;
use crate::bits::to_usize;
use crate::map::Sample;
use crate::timing::{Timescale, rescale};

/// How much of one track lies together, in milliseconds: a player that reads from the front waits for no more.
const CHUNK_MS: u64 = 1_000;

/// Samples of one track that lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chunk {
    /// When the first of them is decoded, in microseconds of the presentation.
    time: i64,
    samples: u32,
    bytes: u64,
    /// How many runs there were up to here, with its own.
    runs: u32,
}

/// The chunks of a track.
#[derive(Debug)]
pub(super) struct Chunks {
    scale: Timescale,
    list: Vec<Chunk>,
    /// Where the bytes of all of them are in the object.
    runs: Vec<Range<u64>>,
    /// Ticks of the chunk that grows.
    filled: u64,
}

impl Chunks {
    pub(super) fn new(scale: Timescale) -> Self {
        Self { scale, list: Vec::new(), runs: Vec::new(), filled: u64::MAX }
    }

    /// So many samples that lie together, wherever that is.
    pub(super) fn together(scale: Timescale, samples: u32) -> Self {
        let list = vec![Chunk { time: 0, samples, bytes: 0, runs: 0 }];
        Self { list, ..Self::new(scale) }
    }

    /// Adds the next sample, whose bytes begin at `at`.
    pub(super) fn push(&mut self, sample: &Sample, decode: u64, priming: u64, at: u64) {
        let full = u64::from(self.scale.get()).saturating_mul(CHUNK_MS) / 1_000;
        let begins = self.filled >= full;
        if begins {
            let time = i64::try_from(decode).unwrap_or(i64::MAX).saturating_sub_unsigned(priming);
            let time = rescale(time, self.scale, Timescale::MICROS);
            let runs = self.list.last().map_or(0, |last| last.runs);
            self.list.push(Chunk { time, samples: 0, bytes: 0, runs });
            self.filled = 0;
        }
        self.filled = self.filled.saturating_add(sample.duration.into());
        let Some(chunk) = self.list.last_mut() else { return };
        chunk.samples = chunk.samples.saturating_add(1);
        let size = u64::from(sample.size);
        if size == 0 {
            return;
        }
        let has_runs = chunk.bytes > 0;
        chunk.bytes = chunk.bytes.saturating_add(size);
        match self.runs.last_mut() {
            Some(run) if has_runs && run.end == at => run.end = at.saturating_add(size),
            _ => {
                self.runs.push(at..at.saturating_add(size));
                chunk.runs = chunk.runs.saturating_add(1);
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Samples of all of them.
    pub(super) fn samples(&self) -> usize {
        self.list.iter().map(|chunk| to_usize(chunk.samples)).sum()
    }

    /// How many samples each has, and how many chunks in a row have as many: chunk from 1, samples.
    pub(super) fn sample_counts(&self) -> Vec<(u32, u32)> {
        let mut counts: Vec<(u32, u32)> = Vec::new();
        for (number, chunk) in (1..).zip(&self.list) {
            if counts.last().is_none_or(|(_, samples)| *samples != chunk.samples) {
                counts.push((number, chunk.samples));
            }
        }
        counts
    }

    fn runs_of(&self, number: usize) -> &[Range<u64>] {
        let end = self.list.get(number).map_or(0, |chunk| chunk.runs);
        let start = number.checked_sub(1).and_then(|before| self.list.get(before)).map_or(0, |before| before.runs);
        slice(&self.runs, start..end)
    }
}

/// The chunks of all tracks by time, those of earlier tracks first. Gives the pieces, the offset of each chunk of each
/// track, and the bytes of all; offsets count from the first chunk.
pub(super) fn interleave<'a>(tracks: impl Iterator<Item = (usize, &'a Chunks)>) -> (Vec<Piece>, Vec<Vec<u64>>, u64) {
    let tracks: Vec<_> = tracks.collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut offsets: Vec<Vec<u64>> = tracks.iter().map(|(_, chunks)| Vec::with_capacity(chunks.count())).collect();
    let time = |track: usize, number: usize| Some(tracks.get(track)?.1.list.get(number)?.time);
    let mut waiting: BinaryHeap<_> =
        (0..tracks.len()).filter_map(|track| Some(Reverse((time(track, 0)?, track, 0)))).collect();
    let mut at = 0u64;
    while let Some(Reverse((_, track, number))) = waiting.pop() {
        let (Some((source, chunks)), Some(offsets)) = (tracks.get(track), offsets.get_mut(track)) else { break };
        offsets.push(at);
        for run in chunks.runs_of(number) {
            let follows = |last: &Piece| {
                last.track == *source && last.from.saturating_add(at.saturating_sub(last.at)) == run.start
            };
            if !pieces.last().is_some_and(follows) {
                pieces.push(Piece { at, track: *source, from: run.start });
            }
            at = at.saturating_add(run.end.saturating_sub(run.start));
        }
        waiting.extend(time(track, number + 1).map(|time| Reverse((time, track, number + 1))));
    }
    (pieces, offsets, at)
}
