//! The facts of a track that its map carries.
//!
//! In order: kind, codec string and name, scale, target, priming, flags (independent, enabled), display and coded
//! width and height, rotation, frame rate, sampling rate, channels, language, name, matrix, sample entry. Numbers are
//! varints, texts and bytes follow their length; an empty text is an absent one.

use crate::bits::{Cursor, put_blob, put_varint};
use crate::facts::{FrameRate, TrackKind};
use crate::timing::Timescale;

/// What an initialization segment and a manifest say of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrackHeader {
    /// Video or audio.
    pub kind: TrackKind,
    /// RFC 6381 name of the codec.
    pub codec: String,
    /// Short name of the codec, such as `h264`.
    pub codec_name: String,
    /// Ticks in a second of all its times.
    pub timescale: Timescale,
    /// Length of segments that was aimed at, in milliseconds.
    pub target_ms: u32,
    /// How much an edit list skips at the beginning: decode times are this much later than presentation times.
    pub priming: u64,
    /// Whether every segment begins with a sync sample.
    pub independent: bool,
    /// Whether the source marks the track as enabled.
    pub enabled: bool,
    /// Width as shown: after pixel aspect and rotation. Zero without picture.
    pub width: u32,
    /// Height as shown: after pixel aspect and rotation. Zero without picture.
    pub height: u32,
    /// Width as coded.
    pub coded_width: u32,
    /// Height as coded.
    pub coded_height: u32,
    /// Clockwise rotation for display, in degrees.
    pub rotation: u16,
    /// The frame rate, of pictures.
    pub frame_rate: Option<FrameRate>,
    /// Samples of sound in a second. Zero without sound.
    pub sample_rate: u32,
    /// Channels of sound. Zero without sound.
    pub channels: u16,
    /// BCP 47 tag of the language.
    pub language: Option<String>,
    /// A name that somebody chose.
    pub name: Option<String>,
    /// The matrix of the `tkhd`.
    pub(crate) matrix: [u8; 36],
    /// The `stsd` entry in ISO form.
    pub(crate) sample_entry: Vec<u8>,
}

impl TrackHeader {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.kind != TrackKind::Video));
        put_blob(out, self.codec.as_bytes());
        put_blob(out, self.codec_name.as_bytes());
        put_varint(out, u64::from(self.timescale.get()));
        put_varint(out, u64::from(self.target_ms));
        put_varint(out, self.priming);
        out.push(u8::from(self.independent) | u8::from(self.enabled) << 1);
        for value in [self.width, self.height, self.coded_width, self.coded_height, u32::from(self.rotation)] {
            put_varint(out, u64::from(value));
        }
        let rate = self.frame_rate.map_or((0, 0), |rate| (rate.num.get(), rate.den.get()));
        for value in [rate.0, rate.1, self.sample_rate, u32::from(self.channels)] {
            put_varint(out, u64::from(value));
        }
        put_blob(out, self.language.as_deref().unwrap_or_default().as_bytes());
        put_blob(out, self.name.as_deref().unwrap_or_default().as_bytes());
        out.extend_from_slice(&self.matrix);
        put_blob(out, &self.sample_entry);
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let kind = match cursor.u8()? {
            0 => TrackKind::Video,
            1 => TrackKind::Audio,
            _ => return None,
        };
        let codec = text(&mut cursor)?;
        let codec_name = text(&mut cursor)?;
        let timescale = Timescale::new(cursor.varint_u32()?)?;
        let target_ms = cursor.varint_u32()?;
        let priming = cursor.varint().filter(|priming| *priming <= 1 << 60)?;
        let flags = cursor.u8().filter(|flags| *flags < 4)?;
        let width = cursor.varint_u32()?;
        let height = cursor.varint_u32()?;
        let coded_width = cursor.varint_u32()?;
        let coded_height = cursor.varint_u32()?;
        let rotation = u16::try_from(cursor.varint()?).ok()?;
        let (num, den) = (cursor.varint_u32()?, cursor.varint_u32()?);
        let sample_rate = cursor.varint_u32()?;
        let channels = u16::try_from(cursor.varint()?).ok()?;
        let language = Some(text(&mut cursor)?).filter(|text| !text.is_empty());
        let name = Some(text(&mut cursor)?).filter(|text| !text.is_empty());
        let matrix = cursor.array()?;
        let sample_entry = cursor.blob().filter(|entry| entry.len() >= 8)?.to_vec();
        cursor.is_empty().then_some(Self {
            kind,
            codec,
            codec_name,
            timescale,
            target_ms,
            priming,
            independent: flags & 1 == 1,
            enabled: flags & 2 == 2,
            width,
            height,
            coded_width,
            coded_height,
            rotation,
            frame_rate: FrameRate::new(num, den),
            sample_rate,
            channels,
            language,
            name,
            matrix,
            sample_entry,
        })
    }
}

fn text(cursor: &mut Cursor<'_>) -> Option<String> {
    core::str::from_utf8(cursor.blob()?).ok().map(str::to_owned)
}
