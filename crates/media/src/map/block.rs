//! The samples of one segment in compact columns.
//!
//! | column | form |
//! |---|---|
//! | sizes | 0: one size for all (varint); 1: differences from the one before (zigzag) |
//! | durations | runs: (samples, ticks) varints |
//! | composition offsets | 0: all zero; 1: runs: (samples varint, ticks zigzag); 2: unit (varint), then multiples of it (zigzag) |
//! | sync | 0: all; 1: only the first; 2: none; 3: how many (varint), then gaps between them (varint) |
//! | byte runs | how many (varint); 0: samples in each but the last (varint), or 1: samples in each (varint); then the offset of the first (varint) and gaps to the others (zigzag) |

use super::{Sample, SegmentSamples};
use crate::bits::{Cursor, len_u64, put_varint, put_zigzag, to_usize};

/// Bytes that lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    offset: u64,
    len: u64,
    samples: u32,
}

/// Collects the samples of one segment.
#[derive(Debug, Default)]
pub(super) struct Columns {
    samples: Vec<Sample>,
    runs: Vec<Run>,
}

impl Columns {
    pub(super) fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub(super) fn push(&mut self, sample: Sample, offset: u64) {
        self.samples.push(sample);
        let size = u64::from(sample.size);
        if let Some(run) = self.runs.last_mut() {
            if run.len == 0 {
                run.offset = offset;
            }
            // A sample without bytes lies wherever the others do.
            if size == 0 || run.offset.saturating_add(run.len) == offset {
                run.len = run.len.saturating_add(size);
                run.samples = run.samples.saturating_add(1);
                return;
            }
        }
        self.runs.push(Run { offset, len: size, samples: 1 });
    }

    /// Adds all of another segment.
    pub(super) fn append(&mut self, other: &Self) {
        let mut samples = other.samples.iter();
        for run in &other.runs {
            let mut offset = run.offset;
            for sample in samples.by_ref().take(to_usize(run.samples)) {
                self.push(*sample, offset);
                offset = offset.saturating_add(sample.size.into());
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.samples.clear();
        self.runs.clear();
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        self.encode_sizes(out);
        let durations: Vec<_> = runs_of(self.samples.iter().map(|sample| sample.duration));
        for (count, duration) in durations {
            put_varint(out, count);
            put_varint(out, u64::from(duration));
        }
        self.encode_offsets(out);
        self.encode_syncs(out);
        self.encode_runs(out);
    }

    fn encode_sizes(&self, out: &mut Vec<u8>) {
        let first = self.samples.first().map_or(0, |sample| sample.size);
        if self.samples.iter().all(|sample| sample.size == first) {
            out.push(0);
            put_varint(out, u64::from(first));
            return;
        }
        out.push(1);
        let mut before = 0;
        for sample in &self.samples {
            let size = i64::from(sample.size);
            put_zigzag(out, size - before);
            before = size;
        }
    }

    fn encode_offsets(&self, out: &mut Vec<u8>) {
        let offsets = || self.samples.iter().map(|sample| sample.composition_offset);
        let unit = offsets().fold(0, |unit, offset| common_divisor(unit, offset.unsigned_abs()));
        if unit == 0 {
            out.push(0);
            return;
        }
        let mut runs = vec![1];
        for (count, offset) in runs_of(offsets()) {
            put_varint(&mut runs, count);
            put_zigzag(&mut runs, i64::from(offset));
        }
        let mut multiples = vec![2];
        put_varint(&mut multiples, u64::from(unit));
        for offset in offsets() {
            put_zigzag(&mut multiples, i64::from(offset).checked_div(i64::from(unit)).unwrap_or(0));
        }
        out.extend_from_slice(if runs.len() <= multiples.len() { &runs } else { &multiples });
    }

    fn encode_syncs(&self, out: &mut Vec<u8>) {
        let total = self.samples.len();
        let count = self.samples.iter().filter(|sample| sample.sync).count();
        let first = self.samples.first().is_some_and(|sample| sample.sync);
        match count {
            0 => out.push(2),
            1 if first && total > 1 => out.push(1),
            count if count == total => out.push(0),
            count => {
                out.push(3);
                put_varint(out, len_u64(count));
                let mut after = 0;
                for (at, _) in self.samples.iter().enumerate().filter(|(_, sample)| sample.sync) {
                    put_varint(out, len_u64(at - after));
                    after = at + 1;
                }
            }
        }
    }

    fn encode_runs(&self, out: &mut Vec<u8>) {
        put_varint(out, len_u64(self.runs.len()));
        let each = self.runs.first().map_or(0, |run| run.samples);
        let (last, all) = match self.runs.split_last() {
            Some((last, all)) => (last.samples, all),
            None => (0, self.runs.as_slice()),
        };
        if last <= each && all.iter().all(|run| run.samples == each) {
            out.push(0);
            put_varint(out, u64::from(each));
        } else {
            out.push(1);
            for run in &self.runs {
                put_varint(out, u64::from(run.samples));
            }
        }
        let mut end = None;
        for run in &self.runs {
            match end {
                None => put_varint(out, run.offset),
                Some(end) => put_zigzag(out, run.offset.wrapping_sub(end).cast_signed()),
            }
            end = Some(run.offset.saturating_add(run.len));
        }
    }
}

/// Lengths and values of runs of equal values.
fn runs_of<T: PartialEq + Copy>(values: impl Iterator<Item = T>) -> Vec<(u64, T)> {
    let mut runs: Vec<(u64, T)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => runs.push((1, value)),
        }
    }
    runs
}

fn common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a
}

/// Decodes `count` samples into `out`, whose former content is dropped. `None` for damaged bytes.
pub(super) fn decode(cursor: &mut Cursor<'_>, count: u32, out: &mut SegmentSamples) -> Option<()> {
    out.samples.clear();
    out.runs.clear();
    decode_sizes(cursor, count, &mut out.samples)?;
    decode_durations(cursor, &mut out.samples)?;
    decode_offsets(cursor, &mut out.samples)?;
    decode_syncs(cursor, &mut out.samples)?;
    decode_runs(cursor, out)
}

/// Bytes of the first of some samples.
pub(super) fn first_size(cursor: &mut Cursor<'_>) -> Option<u32> {
    match cursor.u8()? {
        0 => cursor.varint_u32(),
        1 => u32::try_from(cursor.zigzag()?).ok(),
        _ => None,
    }
}

fn decode_sizes(cursor: &mut Cursor<'_>, count: u32, samples: &mut Vec<Sample>) -> Option<()> {
    let sample = |size| Sample { size, duration: 0, composition_offset: 0, sync: false };
    match cursor.u8()? {
        0 => samples.resize(to_usize(count), sample(cursor.varint_u32()?)),
        1 => {
            // Every sample takes at least a byte.
            if cursor.rest().len() < to_usize(count) {
                return None;
            }
            samples.reserve(to_usize(count));
            let mut size = 0i64;
            for _ in 0..count {
                size = size.checked_add(cursor.zigzag()?)?;
                samples.push(sample(u32::try_from(size).ok()?));
            }
        }
        _ => return None,
    }
    Some(())
}

/// The next `count` items, and what follows them.
fn split<T>(items: &mut [T], count: u64) -> Option<(&mut [T], &mut [T])> {
    let count = usize::try_from(count).ok().filter(|count| *count > 0)?;
    items.split_at_mut_checked(count)
}

fn decode_durations(cursor: &mut Cursor<'_>, mut samples: &mut [Sample]) -> Option<()> {
    while !samples.is_empty() {
        let (run, rest) = split(samples, cursor.varint()?)?;
        let duration = cursor.varint_u32()?;
        for sample in run {
            sample.duration = duration;
        }
        samples = rest;
    }
    Some(())
}

fn decode_offsets(cursor: &mut Cursor<'_>, mut samples: &mut [Sample]) -> Option<()> {
    match cursor.u8()? {
        0 => {}
        1 => {
            while !samples.is_empty() {
                let (run, rest) = split(samples, cursor.varint()?)?;
                let offset = i32::try_from(cursor.zigzag()?).ok()?;
                for sample in run {
                    sample.composition_offset = offset;
                }
                samples = rest;
            }
        }
        2 => {
            let unit = i64::from(cursor.varint_u32()?);
            for sample in samples {
                sample.composition_offset = i32::try_from(cursor.zigzag()?.checked_mul(unit)?).ok()?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn decode_syncs(cursor: &mut Cursor<'_>, samples: &mut [Sample]) -> Option<()> {
    match cursor.u8()? {
        0 => samples.iter_mut().for_each(|sample| sample.sync = true),
        1 => samples.first_mut()?.sync = true,
        2 => {}
        3 => {
            let mut rest = samples.iter_mut();
            for _ in 0..cursor.varint()? {
                rest.nth(usize::try_from(cursor.varint()?).ok()?)?.sync = true;
            }
        }
        _ => return None,
    }
    Some(())
}

fn decode_runs(cursor: &mut Cursor<'_>, out: &mut SegmentSamples) -> Option<()> {
    let count = cursor.varint()?;
    if count == 0 || count > len_u64(out.samples.len()) {
        return None;
    }
    // The counts of samples and the offsets are two lists: the second cursor stands at the offsets.
    let uniform = match cursor.u8()? {
        0 => Some(cursor.varint()?),
        1 => None,
        _ => return None,
    };
    let mut counts = *cursor;
    if uniform.is_none() {
        for _ in 0..count {
            cursor.varint()?;
        }
    }
    let mut samples = out.samples.as_slice();
    let mut end = 0u64;
    for index in 0..count {
        let is_last = index + 1 == count;
        let here = match uniform {
            Some(_) if is_last => len_u64(samples.len()),
            Some(each) => each,
            None => counts.varint()?,
        };
        let here = usize::try_from(here).ok().filter(|here| *here > 0)?;
        let (run, rest) = samples.split_at_checked(here)?;
        samples = rest;
        let len = run.iter().map(|sample| u64::from(sample.size)).sum::<u64>();
        let offset = if index == 0 { cursor.varint()? } else { end.checked_add_signed(cursor.zigzag()?)? };
        end = offset.checked_add(len).filter(|end| *end <= i64::MAX.unsigned_abs())?;
        match out.runs.last_mut() {
            _ if len == 0 => {}
            Some(last) if last.end == offset => last.end = end,
            _ => out.runs.push(offset..end),
        }
    }
    samples.is_empty().then_some(())
}
