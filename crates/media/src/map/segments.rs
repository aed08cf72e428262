//! Questions to a map.

use core::ops::Range;

use super::block::{self, Columns};
use super::decode::bits_per_second;
use super::write::{LINE_LEN, Line, Writer};
use super::{MapError, Sample, SegmentInfo, SegmentMap, SegmentSamples, TrackHeader};
use crate::bits::{Cursor, to_usize};
use crate::timing::approximate;

impl SegmentMap {
    /// The encoded bytes, for storage.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The encoded bytes, given up.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The facts of the track.
    pub fn header(&self) -> &TrackHeader {
        &self.header
    }

    /// How many segments there are; at least one.
    pub fn segment_count(&self) -> u32 {
        u32::try_from(self.lines().len()).unwrap_or(u32::MAX)
    }

    /// Segment `n`, from 0.
    pub fn segment(&self, n: u32) -> Option<SegmentInfo> {
        self.line(n).map(|line| info(&line))
    }

    /// All segments, in order.
    pub fn segments(&self) -> Segments<'_> {
        Segments { lines: self.lines().iter() }
    }

    /// The earliest presentation time, in ticks of the track. Negative by encoder priming.
    pub fn start(&self) -> i64 {
        self.line(0).map_or(0, |line| line.start)
    }

    /// Ticks from the earliest presentation time to the end: the sum over all segments.
    pub fn duration(&self) -> u64 {
        let end = self.segments().last().and_then(|last| last.start.checked_add_unsigned(last.duration));
        end.map_or(0, |end| end.abs_diff(self.start()))
    }

    /// How many samples there are.
    pub fn sample_count(&self) -> u32 {
        self.segments().map(|segment| segment.sample_count).sum()
    }

    /// How many samples there are in front of segment `n`, from 0: the index of its first in the track.
    pub fn first_sample(&self, n: u32) -> Option<u64> {
        let before = self.lines().get(..to_usize(n))?;
        let counts = before.iter().filter_map(|line| Line::read(*line)).map(|line| u64::from(line.samples));
        self.line(n).map(|_exists| counts.sum())
    }

    /// Bytes of all samples.
    pub fn payload_bytes(&self) -> u64 {
        self.segments().map(|segment| segment.payload_bytes).sum()
    }

    /// Bits in a second, over the whole track.
    pub fn average_bitrate(&self) -> u64 {
        bits_per_second(self.payload_bytes(), self.duration(), self.header.timescale).unwrap_or(0)
    }

    /// Bits in a second of the segment that has most, segments shorter than half the target left out.
    pub fn peak_bitrate(&self) -> u64 {
        self.peak_bitrate.max(self.average_bitrate())
    }

    /// Ticks by which decode times have to be earlier than they are here, so that no sample is shown before it is
    /// decoded. Nothing for sound, and for pictures that are shown in the order in which they are decoded.
    pub fn decode_lead(&self) -> u32 {
        self.decode_lead
    }

    /// The segment, from 0, with the sample that is being decoded at a time: the first in front of all, the last
    /// behind.
    pub(crate) fn segment_at(&self, decode_time: u64) -> u32 {
        let begun = |line: &[u8; LINE_LEN]| Line::read(*line).is_some_and(|line| line.decode_time <= decode_time);
        u32::try_from(self.lines().partition_point(begun).saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The samples of segment `n`, from 0, and where their bytes are.
    pub fn samples(&self, n: u32) -> Option<SegmentSamples> {
        let mut samples = SegmentSamples::default();
        self.read_samples(n, &mut samples)?;
        Some(samples)
    }

    /// Bytes of the first sample of segment `n`, from 0: of the picture that it begins with.
    pub fn first_size(&self, n: u32) -> Option<u32> {
        block::first_size(&mut Cursor::new(self.block(n)?))
    }

    /// Where the bytes of segment `n` are, in decode order, neighbors joined.
    pub fn runs(&self, n: u32) -> Option<Vec<Range<u64>>> {
        self.samples(n).map(|samples| samples.runs)
    }

    /// Where the bytes of the whole track are, in decode order, neighbors joined: to copy it out.
    pub fn all_runs(&self) -> AllRuns<'_> {
        AllRuns {
            map: self,
            next_segment: 0,
            scratch: SegmentSamples::default(),
            waiting: Vec::new().into_iter(),
            held: None,
        }
    }

    /// From the first byte of the track in its object to the last.
    pub fn span(&self) -> Range<u64> {
        self.all_runs().reduce(|all, run| all.start.min(run.start)..all.end.max(run.end)).unwrap_or(0..0)
    }

    /// Bytes from the first of the track to the last, for each byte of payload: 1 where the track lies alone.
    pub fn span_overhead(&self) -> f64 {
        let span = self.span();
        match self.payload_bytes() {
            0 => 1.0,
            payload => approximate(span.end - span.start) / approximate(payload),
        }
    }

    /// Whether the track lies in its object in one piece and in order.
    pub fn is_contiguous(&self) -> bool {
        self.all_runs().nth(1).is_none()
    }

    /// The map of the same samples and times in an object that holds only them, in decode order, from offset 0.
    ///
    /// # Errors
    /// A map that would be larger than a map can be.
    pub fn relocated(&self) -> Result<Self, MapError> {
        let mut writer = Writer::default();
        let mut columns = Columns::default();
        let mut scratch = SegmentSamples::default();
        let mut offset = 0u64;
        for n in 0..self.segment_count() {
            let Some(line) = self.read_samples(n, &mut scratch) else {
                break;
            };
            columns.clear();
            for sample in &scratch.samples {
                columns.push(*sample, offset);
                offset = offset.saturating_add(u64::from(sample.size));
            }
            writer.push(&columns, line.start, line.decode_time)?;
            if let Some(written) = writer.lines.last_mut() {
                written.duration = line.duration;
            }
        }
        writer.finish(&self.header)
    }

    /// The encoded samples of segment `n`.
    pub(super) fn block(&self, n: u32) -> Option<&[u8]> {
        let blocks = self.bytes.get(self.blocks.clone())?;
        let end = n.checked_add(1).and_then(|next| self.line(next)).map_or(blocks.len(), |next| to_usize(next.block));
        blocks.get(to_usize(self.line(n)?.block)..end)
    }

    fn lines(&self) -> &[[u8; LINE_LEN]] {
        self.bytes.get(self.table.clone()).unwrap_or_default().as_chunks().0
    }

    pub(super) fn line(&self, n: u32) -> Option<Line> {
        self.lines().get(to_usize(n)).and_then(|line| Line::read(*line))
    }

    pub(super) fn read_samples(&self, n: u32, out: &mut SegmentSamples) -> Option<Line> {
        let line = self.line(n)?;
        let blocks = self.bytes.get(self.blocks.clone())?;
        block::decode(&mut Cursor::new(blocks.get(to_usize(line.block)..)?), line.samples, out)?;
        out.decode_time = line.decode_time;
        Some(line)
    }
}

impl SegmentSamples {
    /// Each sample with its decode time in the map and where its bytes begin, in decode order.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&Sample, u64, u64)> {
        let mut decode = self.decode_time;
        let mut runs = self.runs.iter().cloned();
        let mut run = 0..0;
        // Runs hold whole samples; one without bytes lies anywhere.
        self.samples.iter().map_while(move |sample| {
            if run.is_empty() && sample.size > 0 {
                run = runs.next()?;
            }
            let placed = (sample, decode, run.start);
            run.start = run.start.saturating_add(sample.size.into());
            decode = decode.saturating_add(sample.duration.into());
            Some(placed)
        })
    }
}

fn info(line: &Line) -> SegmentInfo {
    SegmentInfo { start: line.start, duration: line.duration, payload_bytes: line.payload, sample_count: line.samples }
}

/// Iterator over the segments of a map.
#[derive(Debug, Clone)]
pub struct Segments<'a> {
    lines: core::slice::Iter<'a, [u8; LINE_LEN]>,
}

impl Iterator for Segments<'_> {
    type Item = SegmentInfo;

    fn next(&mut self) -> Option<SegmentInfo> {
        Line::read(*self.lines.next()?).map(|line| info(&line))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lines.size_hint()
    }
}

impl ExactSizeIterator for Segments<'_> {}

/// Iterator over the byte runs of a map.
#[derive(Debug)]
pub struct AllRuns<'a> {
    map: &'a SegmentMap,
    next_segment: u32,
    scratch: SegmentSamples,
    waiting: std::vec::IntoIter<Range<u64>>,
    held: Option<Range<u64>>,
}

impl AllRuns<'_> {
    fn next_of_segments(&mut self) -> Option<Range<u64>> {
        loop {
            if let Some(run) = self.waiting.next() {
                return Some(run);
            }
            self.map.read_samples(self.next_segment, &mut self.scratch)?;
            self.next_segment += 1;
            self.waiting = core::mem::take(&mut self.scratch.runs).into_iter();
        }
    }
}

impl Iterator for AllRuns<'_> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        let mut run = match self.held.take() {
            Some(held) => held,
            None => self.next_of_segments()?,
        };
        while let Some(following) = self.next_of_segments() {
            if following.start != run.end {
                self.held = Some(following);
                break;
            }
            run.end = following.end;
        }
        Some(run)
    }
}
