//! Codecs by their names (Matroska codec specification).

use super::entry::Entry;
use crate::error::FourCc;
use crate::index::{KnownPicture, KnownSound, Picture};

/// How a picture track is coded, as far as its entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// It plays.
    Known(KnownPicture),
    /// It is VP9, whose first frame says the rest.
    Vp9,
    /// It does not play.
    Other,
}

/// Reads the configuration of a picture track.
pub(super) fn picture(entry: &Entry<'_>, picture: &Picture) -> Seen {
    let found = match entry.codec {
        b"V_MPEG4/ISO/AVC" => picture.avc(entry.private),
        b"V_MPEGH/ISO/HEVC" => picture.hevc(entry.private),
        b"V_AV1" => picture.av1(entry.private),
        b"V_VP9" => return Seen::Vp9,
        _ => None,
    };
    found.map_or(Seen::Other, Seen::Known)
}

/// Reads the configuration of a sound track. `None` where it does not play.
pub(super) fn sound(entry: &Entry<'_>) -> Option<KnownSound> {
    let told = (entry.audio.rate, entry.audio.channels);
    match entry.codec {
        b"A_AAC" => KnownSound::aac(entry.private, told),
        b"A_OPUS" => KnownSound::opus(entry.private),
        b"A_FLAC" => KnownSound::flac(entry.private),
        b"A_MPEG/L3" => KnownSound::mp3(told),
        _ => None,
    }
}

/// A code for tracks that do not play: the one that MP4 uses, where there is one.
pub(super) fn fourcc(entry: &Entry<'_>) -> FourCc {
    let found = NAMES.iter().find(|(prefix, _)| entry.codec.starts_with(prefix));
    FourCc(found.map_or(*b"none", |(_, code)| *code))
}

const NAMES: [(&[u8], [u8; 4]); 16] = [
    (b"V_VP8", *b"vp08"),
    (b"V_VP9", *b"vp09"),
    (b"V_MPEG4/ISO/AVC", *b"avc1"),
    (b"V_MPEGH/ISO/HEVC", *b"hvc1"),
    (b"V_AV1", *b"av01"),
    (b"V_MPEG4", *b"mp4v"),
    (b"V_MPEG", *b"mpgv"),
    (b"V_THEORA", *b"theo"),
    (b"A_VORBIS", *b"vorb"),
    (b"A_AAC", *b"mp4a"),
    (b"A_AC3", *b"ac-3"),
    (b"A_EAC3", *b"ec-3"),
    (b"A_DTS", *b"dtsc"),
    (b"A_PCM", *b"lpcm"),
    (b"A_TRUEHD", *b"mlpa"),
    (b"S_TEXT", *b"text"),
];
