//! Codecs by their names (Matroska codec specification), and their configurations in ISO form.

use super::entry::Entry;
use crate::codec::{self, Codec};
use crate::error::FourCc;
use crate::index::{FrameLength, Sound, Visual, Vp9Frame, dfla, dops, esds};

/// How a track is coded, as far as its entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Coding {
    /// It plays.
    Known { codec: Codec, sample_entry: Vec<u8> },
    /// It is VP9, whose first frame says the rest.
    Vp9,
    /// It does not play.
    Other(FourCc),
}

/// Size, pixel aspect and color of a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    pub(super) coded: (u32, u32),
    pub(super) aspect: (u32, u32),
    pub(super) color: Option<([u8; 3], bool)>,
}

impl Picture {
    fn entry(&self, name: [u8; 4], config_name: [u8; 4], config: &[u8]) -> Vec<u8> {
        let (width, height) = self.coded;
        let config = (config_name, config);
        Visual { name, width, height, config, aspect: self.aspect, color: self.color }.write()
    }
}

/// Reads the configuration of a picture track.
pub(super) fn picture(entry: &Entry<'_>, picture: &Picture) -> Coding {
    let known = |codec: Codec, name, config_name| Coding::Known {
        codec,
        sample_entry: picture.entry(name, config_name, entry.private),
    };
    let found = match entry.codec {
        b"V_MPEG4/ISO/AVC" => codec::avc(entry.private).map(|codec| {
            let in_band = matches!(codec, Codec::H264 { in_band: true, .. });
            known(codec, if in_band { *b"avc3" } else { *b"avc1" }, *b"avcC")
        }),
        b"V_MPEGH/ISO/HEVC" => codec::hevc(entry.private).map(|codec| {
            let in_band = matches!(codec, Codec::Hevc { in_band: true, .. });
            known(codec, if in_band { *b"hev1" } else { *b"hvc1" }, *b"hvcC")
        }),
        b"V_AV1" => codec::av1(entry.private).map(|codec| known(codec, *b"av01", *b"av1C")),
        b"V_VP9" => Some(Coding::Vp9),
        _ => None,
    };
    found.unwrap_or_else(|| Coding::Other(FourCc(other(entry.codec))))
}

/// What the first frame of VP9 says.
pub(super) fn vp9(frame: &Vp9Frame, picture: &Picture, milli: u64) -> Option<Coding> {
    let config = frame.config(milli, picture.color.map(|(codes, _)| codes));
    let codec = codec::vp9(&config)?;
    Some(Coding::Known { codec, sample_entry: picture.entry(*b"vp09", *b"vpcC", &config) })
}

/// What is known of a sound track that plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) coding: Coding,
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    pub(super) length: FrameLength,
    /// Samples in front of the sound that the configuration names.
    pub(super) skip: u64,
}

/// Reads the configuration of a sound track.
pub(super) fn sound(entry: &Entry<'_>) -> Heard {
    let found = match entry.codec {
        b"A_AAC" => aac(entry),
        b"A_OPUS" => opus(entry),
        b"A_FLAC" => flac(entry),
        b"A_MPEG/L3" => mp3(entry),
        _ => None,
    };
    found.unwrap_or_else(|| Heard {
        coding: Coding::Other(FourCc(other(entry.codec))),
        sample_rate: entry.audio.rate,
        channels: entry.audio.channels,
        length: FrameLength::Unknown,
        skip: 0,
    })
}

fn heard(entry: &Entry<'_>, facts: codec::AudioFacts, name: [u8; 4], config: ([u8; 4], &[u8])) -> Heard {
    let sample_rate = if facts.sample_rate == 0 { entry.audio.rate } else { facts.sample_rate };
    let channels = if facts.channels == 0 { entry.audio.channels } else { facts.channels };
    let sample_entry = Sound { name, channels, sample_rate, config }.write();
    let coding = Coding::Known { codec: facts.codec, sample_entry };
    Heard { coding, sample_rate, channels, length: FrameLength::Unknown, skip: 0 }
}

fn aac(entry: &Entry<'_>) -> Option<Heard> {
    let config = esds(entry.private)?;
    let facts = codec::elementary_stream(&config)?;
    let heard = heard(entry, facts, *b"mp4a", (*b"esds", &config));
    // Frames are counted before bands are replicated, time after.
    let length = codec::aac_frame(entry.private).and_then(|(samples, rate)| {
        let ticks = u64::from(samples) * u64::from(heard.sample_rate);
        u32::try_from(ticks.checked_div(u64::from(rate))?).ok()
    });
    Some(Heard { length: length.map_or(FrameLength::Unknown, FrameLength::Constant), ..heard })
}

fn opus(entry: &Entry<'_>) -> Option<Heard> {
    let (config, skip) = dops(entry.private)?;
    let facts = codec::opus(&config)?;
    let heard = heard(entry, facts, *b"Opus", (*b"dOps", &config));
    Some(Heard { length: FrameLength::Opus, skip: u64::from(skip), ..heard })
}

fn flac(entry: &Entry<'_>) -> Option<Heard> {
    let config = dfla(entry.private)?;
    let facts = codec::flac(&config)?;
    Some(Heard { length: FrameLength::Flac, ..heard(entry, facts, *b"fLaC", (*b"dfLa", &config)) })
}

fn mp3(entry: &Entry<'_>) -> Option<Heard> {
    let (sample_rate, channels) = (entry.audio.rate, entry.audio.channels);
    (sample_rate > 0).then(|| Heard {
        coding: Coding::Known { codec: Codec::Mp3, sample_entry: Sound::mp3(channels, sample_rate) },
        sample_rate,
        channels,
        length: FrameLength::mp3(sample_rate),
        skip: 0,
    })
}

/// Four characters for codecs that do not play: those that MP4 uses, where there are some.
fn other(name: &[u8]) -> [u8; 4] {
    const NAMES: [(&[u8], [u8; 4]); 14] = [
        (b"V_VP8", *b"vp08"),
        (b"V_MPEG4/ISO/AVC", *b"avc1"),
        (b"V_MPEGH/ISO/HEVC", *b"hvc1"),
        (b"V_AV1", *b"av01"),
        (b"V_MPEG4", *b"mp4v"),
        (b"V_MPEG", *b"mpgv"),
        (b"V_THEORA", *b"theo"),
        (b"A_VORBIS", *b"vorb"),
        (b"A_AC3", *b"ac-3"),
        (b"A_EAC3", *b"ec-3"),
        (b"A_DTS", *b"dtsc"),
        (b"A_PCM", *b"lpcm"),
        (b"A_TRUEHD", *b"mlpa"),
        (b"S_TEXT", *b"text"),
    ];
    NAMES.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or(*b"none", |(_, code)| *code)
}
