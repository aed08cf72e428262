//! The walk through the tags of a file.

use core::ops::Range;

use super::describe::{self, Described};
use super::metadata::{self, Metadata};
use super::tag::{self, Coding, Content, Media};
use crate::bits::Cursor;
use crate::index::{IndexError, IndexedTrack, Indexer, MAX_SAMPLES, Sample, Window};
use crate::timing::{Timescale, rescale};

/// Bytes of a tag in front of its body, and of the length behind it.
const TAG_HEADER: u64 = 11;
const TAG_TRAILER: u64 = 4;
/// Bytes of a body that are looked at, unless it is a configuration.
const BODY_HEAD: u64 = 64;
/// The longest configuration or script that is read.
const MAX_WHOLE: u64 = 1 << 20;
/// How far one track is looked for once the other is there: bytes and milliseconds.
const MAX_LOOK: u64 = 1 << 20;
const MAX_LOOK_TIME: i64 = 2_000;
/// A step back of all times by more milliseconds is a new beginning.
const NEW_BEGINNING: i64 = 10_000;
/// How far a new beginning is behind what was before, in milliseconds.
const JOIN: i64 = 40;

/// One of the two tracks.
#[derive(Debug, Clone)]
struct Flow {
    name: &'static str,
    coding: Coding,
    config: Vec<u8>,
    described: Described,
    /// Decode time of the last sample.
    last: Option<i64>,
    count: u32,
}

/// Indexes a Flash video file.
#[derive(Debug, Clone)]
pub struct Flv {
    window: Window,
    started: bool,
    done: bool,
    metadata: Metadata,
    /// Picture and sound.
    flows: [Option<Flow>; 2],
    /// Once they are known.
    tracks: Option<Vec<IndexedTrack>>,
    /// Samples with the place of their flow.
    found: Vec<(usize, Sample)>,
    /// The latest time, and what is added to the times of tags.
    latest: Option<i64>,
    shift: i64,
    /// Where the tags begin, and when.
    begin: Option<(u64, i64)>,
}

impl Flv {
    /// A file of `file_len` bytes.
    pub fn new(file_len: u64) -> Self {
        Self {
            window: Window::new(file_len),
            started: false,
            done: false,
            metadata: Metadata::default(),
            flows: [None, None],
            tracks: None,
            found: Vec::new(),
            latest: None,
            shift: 0,
            begin: None,
        }
    }

    fn walk(&mut self) -> Result<(), IndexError> {
        while !self.done {
            let moved = if self.started { self.tag()? } else { self.header()? };
            if !moved {
                if self.window.is_last() {
                    return self.finish();
                }
                return Ok(());
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), IndexError> {
        self.done = true;
        if !self.started {
            return Err(IndexError::Foreign { format: "Flash video" });
        }
        self.settle(true);
        if self.tracks.as_ref().is_none_or(Vec::is_empty) {
            return Err(IndexError::NoTracks);
        }
        Ok(())
    }

    fn header(&mut self) -> Result<bool, IndexError> {
        let mut cursor = Cursor::new(self.window.rest());
        let Some(signature) = cursor.array::<4>() else { return Ok(false) };
        if &signature != b"FLV\x01" {
            return Err(IndexError::Foreign { format: "Flash video" });
        }
        // Which tracks there are, which is not believed.
        let Some(len) = cursor.skip(1).and_then(|()| cursor.u32()) else { return Ok(false) };
        if len < 9 {
            return Err(IndexError::Malformed { offset: 5, why: "the header is shorter than it can be" });
        }
        self.window.advance_to(u64::from(len).saturating_add(TAG_TRAILER));
        self.started = true;
        Ok(true)
    }

    /// The first `len` bytes of the body of the tag at the position.
    fn body(&self, len: u64) -> Option<&[u8]> {
        let start = usize::try_from(TAG_HEADER).ok()?;
        self.window.rest().get(start..)?.get(..usize::try_from(len).ok()?)
    }

    /// Reads a tag. `false` where more bytes are needed.
    fn tag(&mut self) -> Result<bool, IndexError> {
        let position = self.window.position();
        let mut cursor = Cursor::new(self.window.rest());
        let mut read = || {
            let kind = cursor.u8()?;
            let len = u64::from(cursor.u24()?);
            let low = cursor.u24()?;
            let high = u32::from(cursor.u8()?);
            cursor.skip(3)?;
            Some((kind, len, i64::from(high << 24 | low)))
        };
        let Some((kind, len, time)) = read() else { return Ok(false) };
        let start = position.saturating_add(TAG_HEADER);
        let end = start.saturating_add(len);
        if end > self.window.file_len() {
            // The file was cut in it.
            self.window.advance_to(end);
            return Ok(false);
        }
        let Some(head) = self.body(len.min(BODY_HEAD)) else { return Ok(false) };
        let media = match kind {
            8 => tag::audio(head).map(|media| (1, media)),
            9 => tag::video(head).map(|media| (0, media)),
            18 => {
                let Some(script) = self.body(len.min(MAX_WHOLE)) else { return Ok(false) };
                if script.starts_with(b"\x02\0\x0aonMetaData") {
                    self.metadata = metadata::parse(script);
                }
                None
            }
            // Tags of the flag 0x20 are encrypted, those of other kinds are not media.
            0..=63 => None,
            _ => return Err(IndexError::Malformed { offset: position, why: "no tag begins there" }),
        };
        if let Some((place, media)) = media
            && !self.media(place, media, (start, len), time)?
        {
            return Ok(false);
        }
        self.window.advance_to(end.saturating_add(TAG_TRAILER));
        self.settle(false);
        Ok(true)
    }

    /// Reads a tag of media. `false` where more bytes are needed.
    fn media(&mut self, place: usize, media: Media, (start, len): (u64, u64), time: i64) -> Result<bool, IndexError> {
        let describes = match (media.coding, media.content) {
            (Coding::Mp3 | Coding::Vp9 | Coding::Other(_), Content::Frame { .. }) => {
                self.flows.get(place).is_some_and(Option::is_none)
            }
            (Coding::Mp3 | Coding::Vp9 | Coding::Other(_), _) => false,
            (_, content) => content == Content::Config,
        };
        if describes {
            let wanted = if media.content == Content::Config { len.min(MAX_WHOLE) } else { len.min(BODY_HEAD) };
            let Some(body) = self.body(wanted) else { return Ok(false) };
            let config = usize::try_from(media.header_len).ok().and_then(|skip| body.get(skip..)).unwrap_or_default();
            let config = config.to_vec();
            self.describe(place, media, config)?;
        }
        // Configurations may be at any time.
        let Content::Frame { delay, key } = media.content else { return Ok(true) };
        let time = self.unbroken(time);
        self.begin.get_or_insert((start, time));
        let body_head = self.body(len.min(BODY_HEAD)).unwrap_or_default();
        let skip = usize::try_from(media.header_len).unwrap_or(usize::MAX);
        let frame: Vec<u8> = body_head.get(skip..).unwrap_or_default().to_vec();
        let size = len.saturating_sub(media.header_len);
        let Some(Some(flow)) = self.flows.get_mut(place) else { return Ok(true) };
        if flow.coding != media.coding {
            return Err(IndexError::SeveralConfigurations { track: flow.name });
        }
        if size == 0 || !flow.described.track.playable {
            return Ok(true);
        }
        flow.count = flow.count.saturating_add(1);
        if flow.count > MAX_SAMPLES {
            return Err(IndexError::LimitExceeded { what: "samples in one track", limit: u64::from(MAX_SAMPLES) });
        }
        let (dts, pts) = flow.stamp(time, i64::from(delay), &frame);
        let offset = start.saturating_add(media.header_len);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        self.found.push((place, Sample { offset, size, dts, pts, sync: key }));
        Ok(true)
    }

    fn describe(&mut self, place: usize, media: Media, config: Vec<u8>) -> Result<(), IndexError> {
        let name = if place == 0 { "picture" } else { "sound" };
        let is_known = self.tracks.is_some();
        let Some(flow) = self.flows.get_mut(place) else { return Ok(()) };
        match flow {
            Some(flow) if flow.coding == media.coding && flow.config == config => Ok(()),
            // Players that seek get an empty one at the end.
            Some(_) if config.is_empty() => Ok(()),
            Some(_) => Err(IndexError::SeveralConfigurations { track: name }),
            // Too late to be told of.
            None if is_known => Ok(()),
            None => {
                let described = match place {
                    0 => describe::picture(media.coding, &config, self.metadata),
                    _ => describe::sound(media.coding, &config, self.metadata),
                };
                *flow = Some(Flow { name, coding: media.coding, config, described, last: None, count: 0 });
                Ok(())
            }
        }
    }

    /// Milliseconds of a tag on one timeline.
    fn unbroken(&mut self, told: i64) -> i64 {
        let time = told.saturating_add(self.shift);
        let latest = self.latest.unwrap_or(time);
        if time < latest.saturating_sub(NEW_BEGINNING) {
            let again = latest.saturating_add(JOIN);
            self.shift = again.saturating_sub(told);
            self.latest = Some(again);
            return again;
        }
        self.latest = Some(latest.max(time));
        time
    }

    /// Notices that all tracks are known.
    fn settle(&mut self, is_last: bool) {
        if self.tracks.is_some() {
            return;
        }
        let looked = self.begin.zip(self.latest).is_some_and(|((start, begin), latest)| {
            self.window.position().saturating_sub(start) > MAX_LOOK || latest.saturating_sub(begin) > MAX_LOOK_TIME
        });
        let known = self.flows.iter().flatten().count();
        if known == self.flows.len() || ((looked || is_last) && known > 0) {
            let tracks = self.flows.iter().flatten().map(|flow| flow.described.track.clone());
            let tracks: Vec<_> = tracks.collect();
            self.done |= !tracks.iter().any(|track| track.playable);
            self.tracks = Some(tracks);
        }
    }
}

impl Flow {
    /// Decode and presentation time, in ticks of the track.
    fn stamp(&mut self, millis: i64, delay: i64, head: &[u8]) -> (i64, i64) {
        let scale = self.described.track.timescale;
        let ticks = |millis| rescale(millis, Timescale::MILLIS, scale);
        if let Some((clock, length)) = &mut self.described.clock {
            let told = ticks(millis).saturating_sub(self.described.delay);
            let time = clock.stamp(told, i64::from(length.of(head).unwrap_or(0)));
            return (time, time);
        }
        let mut snap = |told| self.described.grid.as_mut().map_or(told, |grid| grid.snap(told));
        let decoded = snap(ticks(millis));
        let shown = snap(ticks(millis.saturating_add(delay)));
        let dts = self.last.map_or(decoded, |last| decoded.max(last));
        self.last = Some(dts);
        (dts, shown)
    }
}

impl Indexer for Flv {
    fn wants(&self) -> Option<Range<u64>> {
        self.window.wants().filter(|_| !self.done)
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        if self.done {
            return Ok(());
        }
        self.window.feed(bytes);
        let walked = self.walk();
        self.done |= walked.is_err();
        walked
    }

    fn tracks(&self) -> Option<&[IndexedTrack]> {
        self.tracks.as_deref()
    }

    fn drain(&mut self) -> Vec<(usize, Sample)> {
        let Some(tracks) = &self.tracks else { return Vec::new() };
        // Sound is the first track where there is no picture.
        let shift = usize::from(tracks.len() == 1 && self.flows.first().is_some_and(Option::is_none));
        let found = core::mem::take(&mut self.found);
        found.into_iter().map(|(place, sample)| (place.saturating_sub(shift), sample)).collect()
    }

    fn position(&self) -> u64 {
        self.window.position()
    }
}
