//! Building a map from samples that come one by one, and giving it away a part at a time.
//!
//! The first sample is decoded when it is shown; from it on decode times follow the samples' own, and composition
//! offsets are relative to its. A segment is closed when the one behind it stands: for picture when it is known when that
//! one is first shown, with the first sample that is shown after the one that began it (pictures that come still later but
//! are shown earlier do not move the start of their segment); for sound when that one is long enough to be the last, for a
//! rest that is not belongs to the segment in front of it.

use core::time::Duration;

use super::block::Columns;
use super::cuts::{Cuts, Cutter, shortest_last, target_ms};
use super::write::Writer;
use super::{IndexedSample, MapError, Sample, SegmentMap, TrackFacts, TrackHeader};
use crate::facts::TrackKind;
use crate::mp4::MAX_SAMPLES;

/// Times and offsets beyond which samples are not believed.
const MAX_TICKS: u64 = 1 << 58;
const MAX_OFFSET: u64 = 1 << 61;

const fn unfit(what: &'static str) -> MapError {
    MapError::Unfit { what }
}

/// Where the first sample lies: all in ticks.
#[derive(Debug, Clone, Copy)]
struct Origin {
    dts: i64,
    /// From its decode to its composition in the source.
    composition: i64,
    /// Its decode time in the map.
    decode_start: u64,
}

/// A segment that still grows, or whose end is not known.
#[derive(Debug, Default)]
struct Segment {
    columns: Columns,
    decode_time: u64,
    /// When its first sample is shown, and the earliest of its samples.
    first: i64,
    start: i64,
    /// Whether it is a segment for good and `start` stands.
    settled: bool,
}

/// Makes a [`SegmentMap`] from samples in decode order.
#[derive(Debug)]
pub struct MapBuilder {
    header: TrackHeader,
    cutter: Cutter,
    /// Ticks from which on the rest of a track of sound is a segment.
    shortest_last: i64,
    shift: i64,
    origin: Option<Origin>,
    /// The last sample pushed: its duration shows with the next.
    held: Option<IndexedSample>,
    open: Segment,
    /// Closed, but not known until when it is shown.
    waiting: Option<Segment>,
    /// Closed segments that were not taken yet.
    writer: Writer,
    last_duration: u32,
    end: i64,
    samples: u32,
}

impl MapBuilder {
    /// A builder of segments of about `target`, cut at `cuts`.
    pub fn new(facts: TrackFacts, target: Duration, cuts: Cuts) -> Self {
        let mut header = facts.header;
        header.target_ms = target_ms(target);
        header.priming = 0;
        header.independent = true;
        Self {
            shortest_last: if cuts == Cuts::Grid { shortest_last(header.timescale) } else { 0 },
            cutter: Cutter::new(cuts, header.timescale, header.target_ms),
            header,
            shift: 0,
            origin: None,
            held: None,
            open: Segment::default(),
            waiting: None,
            writer: Writer::default(),
            last_duration: 0,
            end: i64::MIN,
            samples: 0,
        }
    }

    /// Says when a sample with a `pts` of zero is shown, for all samples pushed from now on.
    ///
    /// Sound whose first sample is then shown before zero begins with that much encoder priming.
    pub fn set_shift(&mut self, shift: i64) {
        self.shift = shift;
    }

    /// Adds the next sample in decode order. One that is not decoded after the one before is decoded a tick later.
    ///
    /// # Errors
    /// Times or offsets that no map can hold, or too many samples. The sample is not added.
    pub fn push(&mut self, sample: IndexedSample) -> Result<(), MapError> {
        let moved = |ticks: i64| {
            let ticks = ticks.checked_add(self.shift).filter(|ticks| ticks.unsigned_abs() <= MAX_TICKS);
            ticks.ok_or(unfit("a time is out of range"))
        };
        let mut sample = IndexedSample { dts: moved(sample.dts)?, pts: moved(sample.pts)?, ..sample };
        if sample.offset > MAX_OFFSET {
            return Err(unfit("a sample lies too far away"));
        }
        if self.samples >= MAX_SAMPLES {
            return Err(unfit("there are too many"));
        }
        if let Some(held) = self.held {
            sample.dts = sample.dts.max(held.dts + 1);
            let duration = u32::try_from(sample.dts - held.dts).map_err(|_overflow| unfit("the gap is too long"))?;
            self.place(held, duration)?;
        } else {
            let first = sample.pts;
            self.header.priming = first.min(0).unsigned_abs();
            let decode_start = first.max(0).unsigned_abs();
            self.origin = Some(Origin { dts: sample.dts, composition: sample.pts - sample.dts, decode_start });
        }
        self.held = Some(sample);
        self.samples += 1;
        Ok(())
    }

    /// The segments that are closed and were not taken before, as a map of their own.
    ///
    /// The parts rendered one after the other are the same bytes as the whole, once their numbers are: a part numbers
    /// its segments from 0. See [`SegmentMap::join`].
    pub fn take_closed(&mut self) -> Option<SegmentMap> {
        let writer = core::mem::take(&mut self.writer);
        if writer.lines.is_empty() {
            return None;
        }
        let part = writer.finish(&self.header).ok();
        self.header.independent = true;
        part
    }

    /// All that was not taken. The last sample lasts until the track ends at `end_pts` (on the timeline of the `pts`
    /// that were pushed), or where that is not known as long as the one before it.
    ///
    /// `None` where nothing is left. Whatever could not be written was refused by [`push`](Self::push).
    pub fn finish(mut self, end_pts: Option<i64>) -> Option<SegmentMap> {
        let end = end_pts.and_then(|end| end.checked_add(self.shift)).filter(|end| end.unsigned_abs() <= MAX_TICKS);
        if let Some(held) = self.held.take() {
            let composition = self.origin.map_or(0, |origin| origin.composition);
            let until_end = end.map(|end| end - composition - held.dts).filter(|left| *left > 0);
            let duration = until_end.and_then(|left| u32::try_from(left).ok()).unwrap_or(self.usual_duration());
            self.place(held, duration).ok()?;
        }
        let end = end.unwrap_or(self.end);
        match &mut self.waiting {
            Some(waiting) if !self.open.settled && self.header.kind != TrackKind::Video => {
                waiting.columns.append(&self.open.columns);
            }
            _ => self.close().ok()?,
        }
        self.release(end).ok()?;
        self.take_closed()
    }

    fn usual_duration(&self) -> u32 {
        if self.last_duration > 0 {
            return self.last_duration;
        }
        let of_rate = self.header.frame_rate.and_then(|rate| {
            let ticks = u64::from(self.header.timescale.get()) * u64::from(rate.den.get());
            u32::try_from(ticks.checked_div(u64::from(rate.num.get()))?).ok()
        });
        of_rate.unwrap_or(0).max(1)
    }

    fn place(&mut self, sample: IndexedSample, duration: u32) -> Result<(), MapError> {
        let Some(origin) = self.origin else { return Ok(()) };
        let time = sample.pts;
        let composition_offset = i32::try_from(sample.pts - sample.dts - origin.composition)
            .map_err(|_overflow| unfit("a sample is shown too far from its decoding"))?;
        let is_picture = self.header.kind == TrackKind::Video;
        let end = time.saturating_add(i64::from(duration));
        let begins = match self.header.kind {
            TrackKind::Video => sample.sync && self.cutter.reached(time),
            _ => self.cutter.reached_by_sound(time, end),
        };
        if begins && !self.open.columns.samples().is_empty() {
            self.close()?;
        }
        if self.open.columns.samples().is_empty() {
            self.open.first = time;
            self.open.start = time;
            self.open.decode_time = origin.decode_start.saturating_add((sample.dts - origin.dts).unsigned_abs());
            self.open.settled = false;
        } else if !self.open.settled && is_picture {
            self.open.start = self.open.start.min(time);
            if time > self.open.first {
                self.settle()?;
            }
        }
        let (size, sync) = (sample.size, sample.sync);
        self.open.columns.push(Sample { size, duration, composition_offset, sync }, sample.offset);
        self.end = self.end.max(end);
        if !is_picture && !self.open.settled && end.saturating_sub(self.open.start) >= self.shortest_last {
            self.settle()?;
        }
        self.last_duration = duration;
        Ok(())
    }

    /// The start of the open segment stands: the one in front of it has its end.
    fn settle(&mut self) -> Result<(), MapError> {
        self.open.settled = true;
        if let Some(waiting) = &self.waiting {
            self.open.start = self.open.start.max(waiting.start);
        }
        self.release(self.open.start)
    }

    /// The open segment is whole.
    fn close(&mut self) -> Result<(), MapError> {
        if self.open.columns.samples().is_empty() {
            return Ok(());
        }
        if !self.open.settled {
            self.settle()?;
        }
        self.waiting = Some(core::mem::take(&mut self.open));
        Ok(())
    }

    /// The segment that waits ends at `end`.
    fn release(&mut self, end: i64) -> Result<(), MapError> {
        let Some(segment) = self.waiting.take() else { return Ok(()) };
        self.header.independent &= segment.columns.samples().first().is_some_and(|sample| sample.sync);
        self.writer.push(&segment.columns, segment.start, segment.decode_time)?;
        if let Some(line) = self.writer.lines.last_mut() {
            line.duration = end.max(segment.start).abs_diff(segment.start);
        }
        Ok(())
    }
}
