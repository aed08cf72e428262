//! The walk through the elements of a file.

use core::ops::Range;

use super::describe::{self, FileFacts};
use super::ebml::{Elements, Header, float, id, number, text, unsigned};
use super::entry::Entry;
use super::flow::Flow;
use super::lacing::{self, MAX_LACING};
use crate::bits::{Cursor, len_u64};
use crate::facts::TrackKind;
use crate::index::{IndexError, IndexedTrack, Indexer, MAX_SAMPLES, MAX_TRACKS, Sample, Window};

/// The largest headers that are read whole.
const MAX_EBML: u64 = 4 << 10;
const MAX_INFO: u64 = 1 << 20;
const MAX_TRACK_ENTRIES: u64 = 8 << 20;
/// The most bytes of a block without lacing that are looked at.
const BLOCK_HEAD: u64 = 64;
/// How far behind the track entries the first frame of a track may be that only its first frame describes.
const MAX_LOOK: u64 = 32 << 20;

/// Where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the EBML header.
    Head,
    /// Between the EBML header and the segment.
    Top,
    /// In the segment.
    Segment,
    /// Behind it, or behind an error.
    Done,
}

#[derive(Debug, Clone, Copy)]
struct Cluster {
    /// `None` where it ends with the next element that is none of its own.
    end: Option<u64>,
    /// Ticks.
    time: u64,
}

#[derive(Debug, Clone)]
struct Group {
    end: u64,
    /// Samples of its block and their track.
    samples: Option<(usize, Vec<Sample>)>,
    /// Whether the block needs another.
    refers: bool,
}

/// What a step of the walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Moved,
    NeedsMore,
}

/// Indexes a Matroska or WebM file.
#[derive(Debug, Clone)]
pub struct Matroska {
    window: Window,
    stage: Stage,
    segment_end: Option<u64>,
    cluster: Option<Cluster>,
    group: Option<Group>,
    file: FileFacts,
    tracks: Vec<IndexedTrack>,
    flows: Vec<Flow>,
    found: Vec<(usize, Sample)>,
    /// Where the track entries end, once they are read.
    entries_end: Option<u64>,
    known: bool,
}

impl Matroska {
    /// A file of `file_len` bytes.
    pub fn new(file_len: u64) -> Self {
        Self {
            window: Window::new(file_len),
            stage: Stage::Head,
            segment_end: None,
            cluster: None,
            group: None,
            file: FileFacts { tick: 1_000_000, duration: None, web: false },
            tracks: Vec::new(),
            flows: Vec::new(),
            found: Vec::new(),
            entries_end: None,
            known: false,
        }
    }

    fn malformed(&self, why: &'static str) -> IndexError {
        IndexError::Malformed { offset: self.window.position(), why }
    }

    fn walk(&mut self) -> Result<(), IndexError> {
        while self.stage != Stage::Done {
            if self.step()? == Step::NeedsMore {
                if !self.window.is_last() {
                    return Ok(());
                }
                self.finish()?;
            }
        }
        Ok(())
    }

    /// Gives what is left once nothing follows.
    fn finish(&mut self) -> Result<(), IndexError> {
        let stage = core::mem::replace(&mut self.stage, Stage::Done);
        self.group = None;
        if stage == Stage::Head {
            return Err(IndexError::Foreign { format: "Matroska" });
        }
        if self.entries_end.is_none() {
            return Err(IndexError::NoTracks);
        }
        self.known = true;
        for (track, flow) in self.flows.iter_mut().enumerate() {
            self.found.extend(core::iter::from_fn(|| flow.pop()).map(|sample| (track, sample)));
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Step, IndexError> {
        let position = self.window.position();
        if self.group.as_ref().is_some_and(|group| position >= group.end) {
            self.close_group()?;
        }
        if self.cluster.and_then(|cluster| cluster.end).is_some_and(|end| position >= end) {
            self.cluster = None;
        }
        if self.segment_end.is_some_and(|end| position >= end) {
            self.finish()?;
            return Ok(Step::Moved);
        }
        let header = match Header::parse(self.window.rest()) {
            Ok(Some(header)) => header,
            Ok(None) => return Ok(Step::NeedsMore),
            Err(_) if self.stage == Stage::Head => return Err(IndexError::Foreign { format: "Matroska" }),
            Err(why) => return Err(self.malformed(why)),
        };
        let body = position.saturating_add(len_u64(header.len));
        let end = match header.size {
            Some(size) => Some(body.checked_add(size).ok_or_else(|| self.malformed("is an element without end"))?),
            None => None,
        };
        match self.stage {
            Stage::Head => self.ebml_header(&header, end),
            Stage::Top => self.top(&header, body, end),
            Stage::Segment | Stage::Done if self.group.is_some() => self.in_group(&header, end),
            Stage::Segment | Stage::Done => self.in_segment(&header, body, end),
        }
    }

    /// The body of an element that is read whole.
    fn whole(&self, header: &Header, limit: u64) -> Result<Option<&[u8]>, IndexError> {
        let Some(size) = header.size.filter(|size| *size <= limit) else {
            return Err(self.malformed("is a header that is too long"));
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(self.window.rest().get(header.len..).and_then(|rest| rest.get(..size)))
    }

    fn step_over(&mut self, end: Option<u64>) -> Result<Step, IndexError> {
        let end = end.ok_or_else(|| self.malformed("is an element whose size is not known"))?;
        self.window.advance_to(end);
        Ok(Step::Moved)
    }

    fn ebml_header(&mut self, header: &Header, end: Option<u64>) -> Result<Step, IndexError> {
        let foreign = IndexError::Foreign { format: "Matroska" };
        if header.id != id::EBML {
            return Err(foreign);
        }
        let Some(body) = self.whole(header, MAX_EBML)? else { return Ok(Step::NeedsMore) };
        let kind = Elements(body).find(|(id, _)| *id == id::DOC_TYPE).map(|(_, body)| text(body));
        self.file.web = match kind {
            Some(b"webm") => true,
            Some(b"matroska") | None => false,
            Some(_) => return Err(foreign),
        };
        self.stage = Stage::Top;
        self.step_over(end)
    }

    fn top(&mut self, header: &Header, body: u64, end: Option<u64>) -> Result<Step, IndexError> {
        if header.id != id::SEGMENT {
            return self.step_over(end);
        }
        self.stage = Stage::Segment;
        self.segment_end = end;
        self.window.advance_to(body);
        Ok(Step::Moved)
    }

    fn in_segment(&mut self, header: &Header, body: u64, end: Option<u64>) -> Result<Step, IndexError> {
        match header.id {
            id::CLUSTER => {
                if self.entries_end.is_none() {
                    return Err(IndexError::NoTracks);
                }
                self.cluster = Some(Cluster { end, time: 0 });
                self.window.advance_to(body);
                Ok(Step::Moved)
            }
            // What is joined behind a segment is another file.
            id::EBML | id::SEGMENT => {
                self.finish()?;
                Ok(Step::Moved)
            }
            id::INFO => {
                self.cluster = None;
                let Some(body) = self.whole(header, MAX_INFO)? else { return Ok(Step::NeedsMore) };
                self.file = info(body, self.file);
                self.step_over(end)
            }
            id::TRACKS => {
                self.cluster = None;
                if self.entries_end.is_none() {
                    let Some(body) = self.whole(header, MAX_TRACK_ENTRIES)? else { return Ok(Step::NeedsMore) };
                    (self.tracks, self.flows) = tracks(body, self.file)?;
                    self.entries_end = end;
                    self.settle();
                }
                self.step_over(end)
            }
            id::SEEK_HEAD | id::CUES | id::CHAPTERS | id::TAGS | id::ATTACHMENTS => {
                self.cluster = None;
                self.step_over(end)
            }
            _ if self.cluster.is_some() => self.in_cluster(header, end),
            _ => self.step_over(end),
        }
    }

    fn in_cluster(&mut self, header: &Header, end: Option<u64>) -> Result<Step, IndexError> {
        let beyond = self.cluster.and_then(|cluster| cluster.end).zip(end).is_some_and(|(whole, end)| end > whole);
        if beyond {
            return Err(self.malformed("is larger than the cluster around it"));
        }
        match header.id {
            id::TIMESTAMP => {
                let Some(body) = self.whole(header, 8)? else { return Ok(Step::NeedsMore) };
                let time = unsigned(body);
                if let Some(cluster) = &mut self.cluster {
                    cluster.time = time;
                }
                self.step_over(end)
            }
            id::SIMPLE_BLOCK => {
                let end = end.ok_or_else(|| self.malformed("is a block whose size is not known"))?;
                match self.block(header, end, true)? {
                    None => return Ok(Step::NeedsMore),
                    Some((track, samples)) => self.give(track, samples)?,
                }
                self.step_over(Some(end))
            }
            id::BLOCK_GROUP => {
                let end = end.ok_or_else(|| self.malformed("is a group whose size is not known"))?;
                self.group = Some(Group { end, samples: None, refers: false });
                self.window.advance_to(self.window.position().saturating_add(len_u64(header.len)));
                Ok(Step::Moved)
            }
            _ => self.step_over(end),
        }
    }

    fn in_group(&mut self, header: &Header, end: Option<u64>) -> Result<Step, IndexError> {
        let group_end = self.group.as_ref().map_or(0, |group| group.end);
        let Some(end) = end.filter(|end| *end <= group_end) else {
            return Err(self.malformed("is larger than the group around it"));
        };
        match header.id {
            id::BLOCK => {
                if self.group.as_ref().is_some_and(|group| group.samples.is_some()) {
                    return Err(self.malformed("is a second block in its group"));
                }
                let Some(samples) = self.block(header, end, false)? else { return Ok(Step::NeedsMore) };
                if let Some(group) = &mut self.group {
                    group.samples = Some(samples);
                }
            }
            id::REFERENCE_BLOCK => {
                if let Some(group) = &mut self.group {
                    group.refers = true;
                }
            }
            _ => {}
        }
        self.step_over(Some(end))
    }

    fn close_group(&mut self) -> Result<(), IndexError> {
        let Some(Group { samples: Some((track, mut samples)), refers, .. }) = self.group.take() else {
            return Ok(());
        };
        let is_picture = self.tracks.get(track).is_some_and(|track| track.kind == TrackKind::Video);
        for sample in &mut samples {
            sample.sync = !(is_picture && refers);
        }
        self.give(track, samples)
    }

    /// Reads the block at the position: its track and its frames in decode order. `None` where more bytes are needed.
    fn block(
        &mut self,
        header: &Header,
        end: u64,
        is_simple: bool,
    ) -> Result<Option<(usize, Vec<Sample>)>, IndexError> {
        let nothing = Ok(Some((0, Vec::new())));
        if end > self.window.file_len() {
            // The file was cut in it.
            self.window.advance_to(end);
            return Ok(None);
        }
        let size = header.size.unwrap_or(0);
        let start = end.saturating_sub(size);
        let rest = self.window.rest().get(header.len..).unwrap_or_default();
        let there = |len: u64| usize::try_from(len).ok().and_then(|len| rest.get(..len));
        let Some(head) = there(size.min(BLOCK_HEAD)) else { return Ok(None) };
        let mut cursor = Cursor::new(head);
        let number = number(&mut cursor).map(|(number, _)| number);
        let found = self.flows.iter().position(|flow| Some(super::ebml::Number::Value(flow.number)) == number);
        let Some(index) = found else { return nothing };
        let (Some(track), Some(flow)) = (self.tracks.get_mut(index), self.flows.get_mut(index)) else {
            return nothing;
        };
        if !track.playable && flow.awaits_frame.is_none() {
            return nothing;
        }
        let is_picture = track.kind == TrackKind::Video;
        let laced = cursor.rest().get(2).is_some_and(|flags| flags & 6 != 0);
        let wants_frames = (!is_picture || laced) && size <= len_u64(MAX_LACING);
        let head = match (laced || wants_frames, there(size.min(len_u64(MAX_LACING)))) {
            (false, _) => head,
            (true, Some(head)) => head,
            (true, None) => return Ok(None),
        };
        let position = self.window.position();
        let malformed = |why| IndexError::Malformed { offset: position, why };
        let block = lacing::parse(head, size).ok_or_else(|| malformed("is a block that contradicts itself"))?;
        let time = self.cluster.map_or(0, |cluster| cluster.time);
        let told = i64::try_from(time)
            .ok()
            .and_then(|time| time.checked_add(i64::from(block.time)))
            .and_then(|ticks| self.file.to_scale(ticks, track.timescale))
            .ok_or_else(|| malformed("is a block at a time that no film has"))?;
        let mut told = Some(told);
        let mut samples = Vec::new();
        let mut at = block.header_len;
        for size in block.frames.sizes() {
            let frame = usize::try_from(at).ok().and_then(|at| head.get(at..)).unwrap_or_default();
            let frame = usize::try_from(*size).ok().and_then(|size| frame.get(..size)).unwrap_or(frame);
            let offset = start.saturating_add(at);
            at = at.saturating_add(*size);
            if *size == 0 {
                continue;
            }
            if let Some(picture) = flow.awaits_frame.take() {
                describe::first_frame(track, &picture, frame);
            }
            let pts = flow.stamp(told.take(), frame);
            let size = u32::try_from(*size).map_err(|_large| malformed("is a block that is too large"))?;
            samples.push(Sample { offset, size, dts: pts, pts, sync: !is_picture || (is_simple && block.keyframe) });
        }
        if !track.playable {
            samples.clear();
        }
        Ok(Some((index, samples)))
    }

    fn give(&mut self, track: usize, samples: Vec<Sample>) -> Result<(), IndexError> {
        if let Some(flow) = self.flows.get_mut(track) {
            for sample in samples {
                if flow.counted() > MAX_SAMPLES {
                    let limit = u64::from(MAX_SAMPLES);
                    return Err(IndexError::LimitExceeded { what: "samples in one track", limit });
                }
                self.found.extend(flow.push(sample).map(|sample| (track, sample)));
            }
        }
        self.settle();
        Ok(())
    }

    /// Notices that all tracks are known, or that some will not be.
    fn settle(&mut self) {
        let Some(entries_end) = self.entries_end.filter(|_| !self.known) else { return };
        if self.window.position().saturating_sub(entries_end) > MAX_LOOK {
            self.flows.iter_mut().for_each(|flow| flow.awaits_frame = None);
        }
        self.known = self.flows.iter().all(|flow| flow.awaits_frame.is_none());
        if self.known && !self.tracks.iter().any(|track| track.playable) {
            self.stage = Stage::Done;
        }
    }
}

impl Indexer for Matroska {
    fn wants(&self) -> Option<Range<u64>> {
        self.window.wants().filter(|_| self.stage != Stage::Done)
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        if self.stage == Stage::Done {
            return Ok(());
        }
        self.window.feed(bytes);
        let walked = self.walk();
        if walked.is_err() {
            self.stage = Stage::Done;
        }
        walked
    }

    fn tracks(&self) -> Option<&[IndexedTrack]> {
        self.known.then_some(&self.tracks)
    }

    fn drain(&mut self) -> Vec<(usize, Sample)> {
        if self.known { core::mem::take(&mut self.found) } else { Vec::new() }
    }

    fn position(&self) -> u64 {
        self.window.position()
    }
}

fn info(body: &[u8], file: FileFacts) -> FileFacts {
    Elements(body).fold(file, |file, (id, body)| match id {
        0x2a_d7b1 => FileFacts { tick: unsigned(body).max(1), ..file },
        0x4489 => FileFacts { duration: float(body), ..file },
        _ => file,
    })
}

fn tracks(body: &[u8], file: FileFacts) -> Result<(Vec<IndexedTrack>, Vec<Flow>), IndexError> {
    let entries = Elements(body).filter(|(id, _)| *id == 0xae).take(MAX_TRACKS + 1);
    let mut described = Vec::new();
    for (_, body) in entries {
        if described.len() == MAX_TRACKS {
            return Err(IndexError::LimitExceeded { what: "tracks", limit: len_u64(MAX_TRACKS) });
        }
        described.push(describe::track(&Entry::parse(body)?, file));
    }
    Ok(described.into_iter().unzip())
}
