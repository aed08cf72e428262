//! Track entries as they are written (RFC 9559, 5.1.4).

use super::ebml::{Elements, float, text, unsigned};
use crate::index::IndexError;

/// The longest codec configuration that is kept.
const MAX_PRIVATE: usize = 1 << 20;

/// One `TrackEntry`.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry<'a> {
    pub(super) number: u64,
    pub(super) kind: u64,
    /// Whether it may be played, and that without being asked for.
    pub(super) enabled: bool,
    /// Nanoseconds of a frame.
    pub(super) frame: u64,
    pub(super) codec: &'a [u8],
    pub(super) private: &'a [u8],
    /// Nanoseconds that a decoder gives before the sound begins.
    pub(super) delay: u64,
    pub(super) language: Option<&'a [u8]>,
    pub(super) tag: Option<&'a [u8]>,
    pub(super) name: &'a [u8],
    /// Whether its blocks are compressed or encrypted.
    pub(super) encoded: bool,
    pub(super) video: Video,
    pub(super) audio: Audio,
}

/// The `Video` of a track.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Video {
    pub(super) coded: (u64, u64),
    pub(super) shown: (u64, u64),
    pub(super) unit: u64,
    /// Bottom, top, left, right.
    pub(super) crop: [u64; 4],
    pub(super) color: Option<Color>,
}

/// The `Colour` of a picture: codes of ISO/IEC 23091-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color {
    /// Primaries, transfer characteristics, matrix.
    pub(super) codes: [u8; 3],
    pub(super) full_range: bool,
}

/// The `Audio` of a track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audio {
    pub(super) rate: u32,
    pub(super) channels: u16,
}

impl Default for Audio {
    fn default() -> Self {
        Self { rate: 8_000, channels: 1 }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, IndexError> {
        let mut entry = Self { enabled: true, ..Self::default() };
        for (id, body) in Elements(body) {
            match id {
                0xd7 => entry.number = unsigned(body),
                0x83 => entry.kind = unsigned(body),
                0xb9 | 0x88 => entry.enabled &= unsigned(body) != 0,
                0x23_e383 => entry.frame = unsigned(body),
                0x86 => entry.codec = text(body),
                0x63a2 if body.len() > MAX_PRIVATE => {
                    return Err(IndexError::LimitExceeded {
                        what: "bytes of codec configuration",
                        limit: crate::bits::len_u64(MAX_PRIVATE),
                    });
                }
                0x63a2 => entry.private = body,
                0x56aa => entry.delay = unsigned(body),
                0x22_b59c => entry.language = Some(text(body)),
                0x22_b59d => entry.tag = Some(text(body)),
                0x536e => entry.name = text(body),
                0x6d80 => entry.encoded = true,
                0xe0 => entry.video = Video::parse(body),
                0xe1 => entry.audio = Audio::parse(body),
                _ => {}
            }
        }
        Ok(entry)
    }
}

impl Video {
    fn parse(body: &[u8]) -> Self {
        let mut video = Self::default();
        let [bottom, top, left, right] = &mut video.crop;
        for (id, body) in Elements(body) {
            let value = unsigned(body);
            match id {
                0xb0 => video.coded.0 = value,
                0xba => video.coded.1 = value,
                0x54b0 => video.shown.0 = value,
                0x54ba => video.shown.1 = value,
                0x54b2 => video.unit = value,
                0x54aa => *bottom = value,
                0x54bb => *top = value,
                0x54cc => *left = value,
                0x54dd => *right = value,
                0x55b0 => video.color = Color::parse(body),
                _ => {}
            }
        }
        video
    }
}

impl Color {
    fn parse(body: &[u8]) -> Option<Self> {
        let mut color = Self { codes: [2; 3], full_range: false };
        let [primaries, transfer, matrix] = &mut color.codes;
        for (id, body) in Elements(body) {
            let value = u8::try_from(unsigned(body)).unwrap_or(2);
            match id {
                0x55bb => *primaries = value,
                0x55ba => *transfer = value,
                0x55b1 => *matrix = value,
                0x55b9 => color.full_range = value == 2,
                _ => {}
            }
        }
        (color.codes != [2; 3] || color.full_range).then_some(color)
    }
}

impl Audio {
    fn parse(body: &[u8]) -> Self {
        let mut audio = Self::default();
        for (id, body) in Elements(body) {
            match id {
                0xb5 => audio.rate = float(body).and_then(|rate| u32::try_from(rate).ok()).unwrap_or(0),
                0x9f => audio.channels = u16::try_from(unsigned(body)).unwrap_or(0),
                _ => {}
            }
        }
        audio
    }
}
