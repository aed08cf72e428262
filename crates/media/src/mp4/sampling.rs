//! The walk over the samples of a track: tables become samples, in decode order, checked one by one.

use core::ops::Range;

use super::tables::SampleTables;
use crate::bits::{pair, to_usize};
use crate::error::Mp4Error;

/// One sample as the tables describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawSample {
    pub(crate) offset: u64,
    pub(crate) size: u32,
    pub(crate) duration: u32,
    pub(crate) composition: i32,
    pub(crate) sync: bool,
}

/// What a whole walk found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Survey {
    pub(crate) payload: u64,
    /// Sum of the durations.
    pub(crate) duration: i64,
    /// Composition time of the first sample in decode order.
    pub(crate) first: i64,
    /// The earliest composition time.
    pub(crate) earliest: i64,
    /// The latest end of a composition.
    pub(crate) end: i64,
}

/// Runs of equal values: `stts` and `ctts`.
#[derive(Debug, Clone)]
struct RunLength<'a> {
    entries: core::slice::Iter<'a, [u8; 8]>,
    left: u32,
    value: u32,
}

impl<'a> RunLength<'a> {
    fn new(entries: &'a [[u8; 8]]) -> Self {
        Self { entries: entries.iter(), left: 0, value: 0 }
    }

    fn next(&mut self) -> Option<u32> {
        while self.left == 0 {
            (self.left, self.value) = pair(*self.entries.next()?);
        }
        self.left -= 1;
        Some(self.value)
    }
}

/// Iterator over the samples of a track.
#[derive(Debug, Clone)]
pub(crate) struct Samples<'a> {
    tables: SampleTables<'a>,
    index: u32,
    times: RunLength<'a>,
    compositions: RunLength<'a>,
    syncs: core::slice::Iter<'a, [u8; 4]>,
    next_sync: u32,
    layout: core::slice::Iter<'a, [u8; 12]>,
    per_chunk: u32,
    /// The chunk, from 0, at which the layout changes next.
    layout_until: usize,
    chunk: usize,
    left_in_chunk: u32,
    offset: u64,
}

impl<'a> SampleTables<'a> {
    pub(crate) fn samples(&self) -> Samples<'a> {
        let mut samples = Samples {
            tables: *self,
            index: 0,
            times: RunLength::new(self.times),
            compositions: RunLength::new(self.compositions),
            syncs: self.syncs.unwrap_or_default().iter(),
            next_sync: 0,
            layout: self.layout.iter(),
            per_chunk: 0,
            layout_until: 0,
            chunk: 0,
            left_in_chunk: 0,
            offset: 0,
        };
        samples.advance_sync();
        samples
    }

    /// Walks all samples once: every one lies in the file, and all times fit.
    pub(super) fn survey(&self, file_len: u64) -> Result<Survey, Mp4Error> {
        let mut survey = Survey { earliest: i64::MAX, end: i64::MIN, ..Survey::default() };
        let mut furthest = 0u64;
        for (index, sample) in (0u32..).zip(self.samples()) {
            let sample = sample?;
            let end = sample.offset.saturating_add(u64::from(sample.size));
            if u64::from(sample.size) > file_len || sample.offset > 1 << 62 {
                return Err(Mp4Error::SampleOutsideFile { track: self.track, sample: index });
            }
            furthest = furthest.max(end);
            // At most 2^23 samples of 2^32 ticks and bytes: nothing here can overflow.
            let composed = survey.duration + i64::from(sample.composition);
            if index == 0 {
                survey.first = composed;
            }
            survey.earliest = survey.earliest.min(composed);
            survey.end = survey.end.max(composed + i64::from(sample.duration));
            survey.duration += i64::from(sample.duration);
            survey.payload += u64::from(sample.size);
        }
        if furthest > file_len {
            return Err(Mp4Error::Truncated { what: "the media data", needs: furthest, has: file_len });
        }
        if survey.payload > file_len {
            return Err(self.malformed(*b"stsz", "claims more bytes of samples than the file has"));
        }
        if self.count == 0 { Ok(Survey::default()) } else { Ok(survey) }
    }
}

impl Samples<'_> {
    fn advance_sync(&mut self) {
        self.next_sync = self.syncs.next().map_or(0, |number| u32::from_be_bytes(*number));
    }

    /// Enters the next chunk that holds samples.
    fn next_chunk(&mut self) -> Result<(), Mp4Error> {
        while self.left_in_chunk == 0 {
            if self.chunk >= self.layout_until {
                self.next_layout()?;
            }
            self.offset = self
                .tables
                .chunks
                .get(self.chunk)
                .ok_or_else(|| self.tables.malformed(*b"stco", "has fewer chunks than the samples need"))?;
            self.chunk += 1;
            self.left_in_chunk = self.per_chunk;
        }
        Ok(())
    }

    fn next_layout(&mut self) -> Result<(), Mp4Error> {
        let malformed = |why| self.tables.malformed(*b"stsc", why);
        let &[_, _, _, _, a, b, c, d, ..] =
            self.layout.next().ok_or_else(|| malformed("does not say how samples lie in chunks"))?;
        self.per_chunk = u32::from_be_bytes([a, b, c, d]);
        if self.per_chunk == 0 {
            return Err(malformed("has chunks without samples"));
        }
        self.layout_until = match self.layout.as_slice().first() {
            Some(&[a, b, c, d, ..]) => to_usize(u32::from_be_bytes([a, b, c, d])).saturating_sub(1),
            None => usize::MAX,
        };
        Ok(())
    }

    fn sample(&mut self) -> Result<RawSample, Mp4Error> {
        if self.left_in_chunk == 0 {
            self.next_chunk()?;
        }
        self.left_in_chunk -= 1;
        let lacks = |name, why| self.tables.malformed(name, why);
        let size = self.tables.sizes.get(self.index).ok_or_else(|| lacks(*b"stsz", "lacks sizes"))?;
        let duration =
            self.times.next().ok_or_else(|| lacks(*b"stts", "has times for fewer samples than there are"))?;
        let composition = self.compositions.next().unwrap_or(0).cast_signed();
        let sync = self.tables.syncs.is_none() || {
            while self.next_sync != 0 && self.next_sync <= self.index {
                self.advance_sync();
            }
            self.next_sync == self.index + 1
        };
        let offset = self.offset;
        self.offset = offset.saturating_add(u64::from(size));
        self.index += 1;
        Ok(RawSample { offset, size, duration, composition, sync })
    }
}

impl Iterator for Samples<'_> {
    type Item = Result<RawSample, Mp4Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.index >= self.tables.count {
            return None;
        }
        let sample = self.sample();
        if sample.is_err() {
            self.index = self.tables.count;
        }
        Some(sample)
    }
}

impl RawSample {
    /// The bytes of the sample in the file.
    pub(crate) fn range(&self) -> Range<u64> {
        self.offset..self.offset.saturating_add(u64::from(self.size))
    }
}
