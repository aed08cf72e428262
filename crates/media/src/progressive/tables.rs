//! The sample tables of a track (ISO/IEC 14496-12, 8.6 and 8.7).

use core::ops::Range;

use super::chunks::Chunks;
use crate::cmaf::write::{full, put32, zeros};
use crate::map::Sample;

/// Tables that grow sample by sample.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Samples in a row, and ticks from each to the next.
    durations: Vec<(u32, u32)>,
    /// Samples in a row, and their composition offset.
    offsets: Vec<(u32, i32)>,
    sizes: Vec<u32>,
    /// Numbers, from 1, of those that decoding can begin with.
    keys: Vec<u32>,
    /// Decode time and duration of the last sample, whose real duration the next one tells.
    last: Option<(u64, u32)>,
    total: u64,
}

impl Tables {
    pub(super) fn push(&mut self, sample: &Sample, decode: u64) {
        if let Some((before, _)) = self.last {
            self.time(u32::try_from(decode.saturating_sub(before)).unwrap_or(u32::MAX));
        }
        self.last = Some((decode, sample.duration));
        self.sizes.push(sample.size);
        count(&mut self.offsets, sample.composition_offset);
        if sample.sync {
            self.keys.push(len_u32(self.sizes.len()));
        }
    }

    /// There is no further sample.
    pub(super) fn end(&mut self) {
        if let Some((_, duration)) = self.last.take() {
            self.time(duration);
        }
    }

    fn time(&mut self, ticks: u32) {
        count(&mut self.durations, ticks);
        self.total = self.total.saturating_add(ticks.into());
    }

    /// Ticks of all samples.
    pub(super) fn duration(&self) -> u64 {
        self.total
    }

    /// How many samples there are.
    pub(super) fn count(&self) -> usize {
        self.sizes.len()
    }

    /// By how much composition offsets are written larger, so that none is negative: many players take no other.
    pub(super) fn raise(&self) -> u32 {
        let least = self.offsets.iter().map(|(_, offset)| *offset).min().unwrap_or(0);
        least.min(0).unsigned_abs()
    }

    /// Writes all tables. Returns where the offsets of the chunks are to be filled in.
    pub(super) fn write(&self, out: &mut Vec<u8>, chunks: &Chunks, long: bool) -> Range<usize> {
        full(out, *b"stts", 0, 0, |out| {
            put32(out, len_u32(self.durations.len()));
            for (samples, ticks) in &self.durations {
                put32(out, *samples);
                put32(out, *ticks);
            }
        });
        let raise = self.raise();
        if self.offsets.iter().any(|(_, offset)| *offset != 0) {
            full(out, *b"ctts", 0, 0, |out| {
                put32(out, len_u32(self.offsets.len()));
                for (samples, offset) in &self.offsets {
                    put32(out, *samples);
                    put32(out, u32::try_from(i64::from(*offset).saturating_add(raise.into())).unwrap_or(0));
                }
            });
        }
        // Without the table every sample is one.
        if self.keys.len() < self.sizes.len() {
            full(out, *b"stss", 0, 0, |out| {
                put32(out, len_u32(self.keys.len()));
                self.keys.iter().for_each(|number| put32(out, *number));
            });
        }
        full(out, *b"stsc", 0, 0, |out| {
            let counts = chunks.sample_counts();
            put32(out, len_u32(counts.len()));
            for (chunk, samples) in counts {
                put32(out, chunk);
                put32(out, samples);
                put32(out, 1);
            }
        });
        full(out, *b"stsz", 0, 0, |out| {
            let first = self.sizes.first().copied().unwrap_or(0);
            let same = first > 0 && self.sizes.iter().all(|size| *size == first);
            put32(out, if same { first } else { 0 });
            put32(out, len_u32(self.sizes.len()));
            if !same {
                self.sizes.iter().for_each(|size| put32(out, *size));
            }
        });
        let mut field = 0..0;
        full(out, if long { *b"co64" } else { *b"stco" }, 0, 0, |out| {
            put32(out, len_u32(chunks.count()));
            let start = out.len();
            zeros(out, chunks.count().saturating_mul(if long { 8 } else { 4 }));
            field = start..out.len();
        });
        field
    }
}

/// Fills in the offsets of chunks, which count from `base`.
pub(super) fn fill(head: &mut [u8], field: Range<usize>, offsets: &[u64], base: u64, long: bool) {
    let Some(field) = head.get_mut(field) else { return };
    let places = field.chunks_exact_mut(if long { 8 } else { 4 });
    for (place, offset) in places.zip(offsets) {
        let offset = offset.saturating_add(base).to_be_bytes();
        let width = place.len();
        place.copy_from_slice(offset.get(offset.len().saturating_sub(width)..).unwrap_or_default());
    }
}

fn count<T: PartialEq>(runs: &mut Vec<(u32, T)>, value: T) {
    match runs.last_mut() {
        Some((count, last)) if *last == value => *count = count.saturating_add(1),
        _ => runs.push((1, value)),
    }
}

fn len_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
