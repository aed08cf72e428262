//! From a configuration to what is told of a track.

use super::metadata::Metadata;
use super::tag::Coding;
use crate::codec::Codec;
use crate::error::FourCc;
use crate::facts::{FrameRate, TrackKind};
use crate::index::{
    AvcSequence, FrameGrid, FrameLength, HevcSequence, IndexedTrack, KnownPicture, KnownSound, Mp3Header, Picture,
    SampleClock, Vp9Frame, av1_size,
};
use crate::timing::{Timescale, rescale_len};

/// A track, and how its tags are timed.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) track: IndexedTrack,
    pub(super) grid: Option<FrameGrid>,
    pub(super) clock: Option<(SampleClock, FrameLength)>,
    /// By how much presentation times are earlier than those of tags.
    pub(super) delay: i64,
}

fn blank(kind: TrackKind, fourcc: [u8; 4]) -> Described {
    let track = IndexedTrack {
        kind,
        codec: Codec::Unsupported { fourcc: FourCc(fourcc) },
        sample_entry: Vec::new(),
        timescale: Timescale::MILLIS,
        width: 0,
        height: 0,
        coded_width: 0,
        coded_height: 0,
        sample_rate: 0,
        channels: 0,
        language: None,
        name: None,
        frame_rate: None,
        enabled: true,
        duration_hint: None,
        playable: false,
        priming: 0,
    };
    Described { track, grid: None, clock: None, delay: 0 }
}

/// A picture track by its configuration, or by its first frame where `bytes` are that.
pub(super) fn picture(coding: Coding, bytes: &[u8], metadata: Metadata) -> Described {
    let square = |coded| Picture { coded, aspect: (1, 1), color: None };
    let of = |picture: Picture, known: Option<KnownPicture>| Some((picture, known?));
    let mut frame_rate = metadata.frame_rate;
    let (fourcc, found) = match coding {
        Coding::Avc => (*b"avc1", {
            AvcSequence::of_config(bytes).and_then(|sequence| {
                frame_rate = frame_rate.or(sequence.frame_rate);
                let picture = Picture { aspect: sequence.aspect, ..square((sequence.width, sequence.height)) };
                of(picture, picture.avc(bytes))
            })
        }),
        Coding::Hevc => (*b"hvc1", {
            HevcSequence::of_config(bytes).and_then(|sequence| {
                let picture = square((sequence.width, sequence.height));
                of(picture, picture.hevc(bytes))
            })
        }),
        Coding::Av1 => (*b"av01", {
            av1_size(bytes).and_then(|size| {
                let picture = square(size);
                of(picture, picture.av1(bytes))
            })
        }),
        Coding::Vp9 => (*b"vp09", {
            Vp9Frame::parse(bytes).and_then(|frame| {
                let picture = square((frame.width, frame.height));
                of(picture, picture.vp9(&frame, frame_rate.map_or(30_000, FrameRate::milli)))
            })
        }),
        Coding::Other(fourcc) => (fourcc, None),
        _ => (*b"none", None),
    };
    let mut described = blank(TrackKind::Video, fourcc);
    let track = &mut described.track;
    if let Some((picture, (codec, sample_entry))) = found {
        let (width, height) = picture.coded;
        let (wide, high) = picture.aspect;
        let shown = (u64::from(width) * u64::from(wide)).checked_div(u64::from(high)).unwrap_or(0);
        (track.coded_width, track.coded_height) = picture.coded;
        (track.width, track.height) = (u32::try_from(shown).unwrap_or(width), height);
        (track.codec, track.sample_entry, track.playable) = (codec, sample_entry, true);
    }
    track.frame_rate = frame_rate;
    if let Some((scale, grid)) = frame_rate.and_then(|rate| FrameGrid::new(rate, Timescale::MILLIS)) {
        track.timescale = scale;
        described.grid = Some(grid);
    }
    timed(described, metadata)
}

/// A sound track by its configuration, or by its first frame where `bytes` are that.
pub(super) fn sound(coding: Coding, bytes: &[u8], metadata: Metadata) -> Described {
    let (fourcc, found) = match coding {
        Coding::Aac => (*b"mp4a", KnownSound::aac(bytes, (0, 0))),
        Coding::Opus => (*b"Opus", KnownSound::opus(bytes)),
        Coding::Flac => (*b"fLaC", KnownSound::flac(bytes)),
        Coding::Mp3 => {
            let header = Mp3Header::parse(bytes);
            (*b"mp4a", header.and_then(|header| KnownSound::mp3((header.sample_rate, header.channels))))
        }
        Coding::Other(fourcc) => (fourcc, None),
        _ => (*b"none", None),
    };
    let mut described = blank(TrackKind::Audio, fourcc);
    let scale = found.as_ref().and_then(|sound| Timescale::new(sound.sample_rate));
    if let Some((sound, scale)) = found.zip(scale) {
        let track = &mut described.track;
        (track.codec, track.sample_entry, track.playable) = (sound.codec, sound.sample_entry, true);
        (track.sample_rate, track.channels) = (sound.sample_rate, sound.channels);
        track.priming = sound.skip;
        described.delay = i64::try_from(sound.skip).unwrap_or(0);
        if sound.length != FrameLength::Unknown {
            track.timescale = scale;
            described.clock = Some((SampleClock::default(), sound.length));
        }
    }
    timed(described, metadata)
}

fn timed(mut described: Described, metadata: Metadata) -> Described {
    let scale = described.track.timescale;
    described.track.duration_hint = metadata.duration.map(|millis| rescale_len(millis, Timescale::MILLIS, scale));
    described
}
