//! One elementary stream: from its packets to samples with times.

use super::adts::{Frame, Frames};
use super::demux::RewrittenSample;
use super::descriptors::{Coding, Described};
use super::nals::{AccessUnit, Units};
use super::pes::{self, Assembler, MAX_PICTURE, MAX_SOUND};
use super::timeline::{Timeline, wrapped};
use crate::codec::Codec;
use crate::error::FourCc;
use crate::facts::{FrameRate, TrackKind};
use crate::index::{FrameLength, IndexError, IndexedTrack, KnownSound, MAX_SAMPLES, SampleClock};
use crate::timing::{Timescale, rescale};

/// Ticks of a frame where nothing says more.
const FRAME: i64 = 3_600;

/// What gathers the frames of a stream.
#[derive(Debug, Clone)]
enum Gather {
    Picture(Units),
    Sound(Frames, Configuration),
    Nothing,
}

/// The configuration of sound, which every frame repeats.
#[derive(Debug, Clone, Copy, Default)]
struct Configuration {
    known: Option<[u8; 2]>,
    /// Frames in a row that have another.
    others: u8,
}

/// How many frames in a row mean that sound changed, and not that it is damaged.
const CHANGED: u8 = 3;

/// A stream and the track that it is.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) pid: u16,
    pub(super) track: IndexedTrack,
    /// Whether the track is as it will stay.
    pub(super) known: bool,
    pub(super) assembler: Assembler,
    gather: Gather,
    clock: SampleClock,
    length: FrameLength,
    /// Decode time of the last picture.
    last: Option<i64>,
    /// Ticks from one picture to the next.
    frame: i64,
    count: u32,
}

impl Stream {
    /// A stream as the map of its program describes it; read only where it may be.
    pub(super) fn new(pid: u16, described: Described, is_read: bool) -> Self {
        let (gather, fourcc) = match described.coding {
            Coding::Avc => (Gather::Picture(Units::new(false)), *b"avc1"),
            Coding::Hevc => (Gather::Picture(Units::new(true)), *b"hvc1"),
            Coding::Adts => (Gather::Sound(Frames::default(), Configuration::default()), *b"mp4a"),
            Coding::Other(fourcc) => (Gather::Nothing, fourcc),
        };
        let gather = if is_read { gather } else { Gather::Nothing };
        let limit = if described.kind == TrackKind::Video { MAX_PICTURE } else { MAX_SOUND };
        let track = IndexedTrack {
            kind: described.kind,
            codec: Codec::Unsupported { fourcc: FourCc(fourcc) },
            sample_entry: Vec::new(),
            timescale: Timescale::TRANSPORT,
            width: 0,
            height: 0,
            coded_width: 0,
            coded_height: 0,
            sample_rate: 0,
            channels: 0,
            language: described.language,
            name: None,
            frame_rate: None,
            enabled: true,
            duration_hint: None,
            playable: false,
            priming: 0,
        };
        Self {
            pid,
            track,
            known: matches!(gather, Gather::Nothing),
            assembler: Assembler::new(limit),
            gather,
            clock: SampleClock::default(),
            length: FrameLength::Unknown,
            last: None,
            frame: FRAME,
            count: 0,
        }
    }

    /// Whether its packets are needed.
    pub(super) fn is_read(&self) -> bool {
        !self.known || self.track.playable
    }

    /// Takes a whole packet of the stream.
    pub(super) fn push(&mut self, bytes: &[u8], time: &mut Timeline) -> Result<Vec<RewrittenSample>, IndexError> {
        let Some((times, payload)) = pes::parse(bytes) else { return Ok(Vec::new()) };
        match &mut self.gather {
            Gather::Picture(units) => {
                let pictures = units.push(payload, times)?;
                self.pictures(pictures, time)
            }
            Gather::Sound(frames, _) => {
                let frames = frames.push(payload, times.map(|times| times.pts));
                self.frames(frames, time)
            }
            Gather::Nothing => Ok(Vec::new()),
        }
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self, time: &mut Timeline) -> Result<Vec<RewrittenSample>, IndexError> {
        let mut samples = match self.assembler.finish() {
            Some(bytes) => self.push(&bytes, time)?,
            None => Vec::new(),
        };
        if let Gather::Picture(units) = &mut self.gather {
            let pictures = units.finish();
            samples.extend(self.pictures(pictures, time)?);
        }
        Ok(samples)
    }

    fn counted(&mut self) -> Result<(), IndexError> {
        self.count = self.count.saturating_add(1);
        if self.count > MAX_SAMPLES {
            return Err(IndexError::LimitExceeded { what: "samples in one track", limit: u64::from(MAX_SAMPLES) });
        }
        Ok(())
    }

    fn pictures(&mut self, pictures: Vec<AccessUnit>, time: &mut Timeline) -> Result<Vec<RewrittenSample>, IndexError> {
        let mut samples = Vec::with_capacity(pictures.len());
        for picture in pictures {
            self.describe_picture();
            // What comes before the first parameter sets cannot be decoded.
            if !self.track.playable || !picture.decodable {
                continue;
            }
            self.counted()?;
            let (dts, delay) = match (picture.times, self.last) {
                (Some(times), last) => {
                    (time.place(times.dts, last, self.frame), wrapped(times.pts.saturating_sub(times.dts)))
                }
                (None, Some(last)) => (last.saturating_add(self.frame), 0),
                // Nothing says when it is.
                (None, None) => continue,
            };
            if let Some(last) = self.last {
                let frame = dts.saturating_sub(last);
                if (1..=90_000).contains(&frame) {
                    self.frame = frame;
                }
            }
            let dts = self.last.map_or(dts, |last| dts.max(last.saturating_add(1)));
            self.last = Some(dts);
            samples.push(RewrittenSample {
                data: picture.data,
                dts,
                pts: dts.saturating_add(delay),
                sync: picture.sync,
            });
        }
        Ok(samples)
    }

    fn describe_picture(&mut self) {
        let Gather::Picture(units) = &self.gather else { return };
        if self.known {
            return;
        }
        let Some(seen) = units.seen() else { return };
        let (width, height) = seen.picture.coded;
        let (wide, high) = seen.picture.aspect;
        let shown = (u64::from(width) * u64::from(wide)).checked_div(u64::from(high)).unwrap_or(0);
        let track = &mut self.track;
        (track.coded_width, track.coded_height) = (width, height);
        (track.width, track.height) = (u32::try_from(shown).unwrap_or(width), height);
        (track.codec, track.sample_entry) = seen.known;
        track.frame_rate = seen.frame_rate;
        track.playable = true;
        self.known = true;
        let ticks = |rate: FrameRate| 90_000i64.saturating_mul(rate.den.get().into()) / i64::from(rate.num.get());
        self.frame = seen.frame_rate.map_or(FRAME, ticks);
    }

    fn frames(&mut self, frames: Vec<Frame>, time: &mut Timeline) -> Result<Vec<RewrittenSample>, IndexError> {
        let mut samples = Vec::with_capacity(frames.len());
        for frame in frames {
            if !self.describe_sound(frame.config)? || !self.track.playable {
                continue;
            }
            let scale = self.track.timescale;
            let end = self.clock.end();
            let told = match (frame.time, end) {
                (Some(told), end) => {
                    let end = end.map(|end| rescale(end, scale, Timescale::TRANSPORT));
                    rescale(time.place(told, end, 0), Timescale::TRANSPORT, scale)
                }
                (None, Some(end)) => end,
                (None, None) => continue,
            };
            self.counted()?;
            let length = self.length.of(&frame.data).map_or(0, i64::from);
            let at = self.clock.stamp(told, length);
            samples.push(RewrittenSample { data: frame.data, dts: at, pts: at, sync: true });
        }
        Ok(samples)
    }

    /// Whether a frame of that configuration belongs to the track.
    fn describe_sound(&mut self, config: [u8; 2]) -> Result<bool, IndexError> {
        let Gather::Sound(_, seen) = &mut self.gather else { return Ok(false) };
        match seen.known {
            Some(known) if known == config => {
                seen.others = 0;
                return Ok(true);
            }
            Some(_) => {
                seen.others = seen.others.saturating_add(1);
                let changed = seen.others >= CHANGED;
                return if changed { Err(IndexError::SeveralConfigurations { track: "sound" }) } else { Ok(false) };
            }
            None => seen.known = Some(config),
        }
        self.known = true;
        let Some(sound) = KnownSound::aac(&config, (0, 0)) else { return Ok(false) };
        let Some(scale) = Timescale::new(sound.sample_rate).filter(|_| sound.channels > 0) else { return Ok(false) };
        let track = &mut self.track;
        (track.codec, track.sample_entry) = (sound.codec, sound.sample_entry);
        (track.sample_rate, track.channels) = (sound.sample_rate, sound.channels);
        track.timescale = scale;
        track.playable = true;
        self.length = sound.length;
        Ok(true)
    }

    /// Whether it is sound, whose times do not tell of jumps in picture.
    pub(super) fn is_media(&self) -> bool {
        matches!(self.track.kind, TrackKind::Video | TrackKind::Audio)
    }
}
