//! What a stream is, by its type and descriptors (ISO/IEC 13818-1, 2.4.4.9 and 2.6; ETSI EN 300 468).

use crate::bits::Cursor;
use crate::facts::TrackKind;
use crate::mp4::language_of_code;

/// How a stream is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Avc,
    Hevc,
    Adts,
    /// One that does not play, by four characters.
    Other([u8; 4]),
}

/// A stream as the map of its program has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) kind: TrackKind,
    pub(super) coding: Coding,
    pub(super) language: Option<String>,
}

pub(super) fn describe(kind: u8, descriptors: &[u8]) -> Described {
    use TrackKind::{Audio, Captions, Other, Video};
    let mut private = (Other, *b"none");
    let mut language = None;
    let mut cursor = Cursor::new(descriptors);
    while let (Some(tag), Some(len)) = (cursor.u8(), cursor.u8()) {
        let Some(body) = cursor.take(usize::from(len)) else { break };
        match (tag, body) {
            (0x0a, &[a, b, c, ..]) => {
                let packed = [a, b, c].iter().fold(0u16, |packed, letter| packed << 5 | u16::from(letter & 0x1f));
                let letters = [a, b, c].iter().all(u8::is_ascii_alphabetic);
                language = language_of_code(packed).filter(|_| letters);
            }
            (0x05, b"AC-3") | (0x6a, _) => private = (Audio, *b"ac-3"),
            (0x05, b"EAC3") | (0x7a, _) => private = (Audio, *b"ec-3"),
            (0x05, b"Opus") => private = (Audio, *b"Opus"),
            (0x05, b"HEVC") => private = (Video, *b"hvc1"),
            (0x05, b"AV01") => private = (Video, *b"av01"),
            (0x7b, _) => private = (Audio, *b"dtsc"),
            (0x56, _) => private = (Captions, *b"teln"),
            (0x59, _) => private = (Captions, *b"dvbs"),
            _ => {}
        }
    }
    let (kind, coding) = match kind {
        0x1b => (Video, Coding::Avc),
        0x24 => (Video, Coding::Hevc),
        0x0f => (Audio, Coding::Adts),
        0x01 | 0x02 => (Video, Coding::Other(*b"mpgv")),
        0x10 => (Video, Coding::Other(*b"mp4v")),
        0xea => (Video, Coding::Other(*b"vc-1")),
        0x03 | 0x04 => (Audio, Coding::Other(*b".mp2")),
        0x11 => (Audio, Coding::Other(*b"mp4a")),
        0x81 => (Audio, Coding::Other(*b"ac-3")),
        0x84 | 0x87 => (Audio, Coding::Other(*b"ec-3")),
        0x80 | 0x83 => (Audio, Coding::Other(*b"lpcm")),
        0x82 | 0x85 | 0x86 => (Audio, Coding::Other(*b"dtsc")),
        0x90 => (Captions, Coding::Other(*b"pgs ")),
        _ if private.1 == *b"hvc1" => (Video, Coding::Hevc),
        _ => (private.0, Coding::Other(private.1)),
    };
    Described { kind, coding, language }
}
