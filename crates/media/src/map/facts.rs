//! What is known of a track before it is cut.

use super::TrackHeader;
use crate::bits::Cursor;
use crate::cmaf::boxed;
use crate::codec::Codec;
use crate::facts::{FrameRate, TrackKind, VideoRange};
use crate::mp4::{AUDIO_LEN, Track, VISUAL_LEN};
use crate::timing::Timescale;

/// The identity matrix of a track header.
const UPRIGHT: [u8; 36] = *b"\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0";

/// Everything that a [`TrackHeader`] says but what cutting decides: the target, the priming, and whether segments
/// are independent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackFacts {
    pub(super) header: TrackHeader,
}

/// How the colors of a picture are coded (ISO/IEC 23091-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// `ColourPrimaries`: 1 is BT.709, 9 BT.2020.
    pub primaries: u16,
    /// `TransferCharacteristics`: 1 is BT.709, 16 PQ, 18 HLG.
    pub transfer: u16,
    /// `MatrixCoefficients`: 1 is BT.709, 9 BT.2020.
    pub matrix: u16,
    /// Whether samples use the full range of their bits.
    pub full_range: bool,
}

impl TrackFacts {
    /// A track of `kind`, coded as `codec`. `sample_entry` is the whole `stsd` entry in ISO form, header included.
    ///
    /// It has no size, no rate, no language and no name, is upright, and is enabled.
    pub fn new(kind: TrackKind, codec: &Codec, timescale: Timescale, sample_entry: Vec<u8>) -> Self {
        let header = TrackHeader {
            kind,
            codec: codec.rfc6381(),
            codec_name: codec.name().to_owned(),
            timescale,
            target_ms: 0,
            priming: 0,
            independent: true,
            enabled: true,
            width: 0,
            height: 0,
            coded_width: 0,
            coded_height: 0,
            rotation: 0,
            frame_rate: None,
            sample_rate: 0,
            channels: 0,
            language: None,
            name: None,
            matrix: UPRIGHT,
            sample_entry,
        };
        Self { header }
    }

    /// The facts of a track of an MP4 file; `None` where it cannot be packaged.
    pub fn of(track: &Track<'_>) -> Option<Self> {
        let tables = track.tables.as_ref()?;
        let entry = tables.sample_entry.clone();
        let mut facts = Self::new(track.kind, &track.codec, track.timescale, entry);
        let header = &mut facts.header;
        header.enabled = track.enabled;
        (header.width, header.height) = (track.width, track.height);
        (header.coded_width, header.coded_height) = (track.coded_width, track.coded_height);
        (header.rotation, header.matrix) = (track.rotation, tables.matrix);
        header.frame_rate = track.frame_rate;
        (header.sample_rate, header.channels) = (track.sample_rate, track.channels);
        header.language.clone_from(&track.language);
        header.name.clone_from(&track.name);
        Some(facts)
    }

    /// The facts that a map carries.
    pub fn from_header(header: &TrackHeader) -> Self {
        Self { header: header.clone() }
    }

    /// What is known so far, as maps carry it: what cutting decides is not.
    pub fn header(&self) -> &TrackHeader {
        &self.header
    }

    /// Sets the size as shown (after pixel aspect and rotation) and as coded.
    #[must_use]
    pub fn with_size(mut self, shown: (u32, u32), coded: (u32, u32)) -> Self {
        (self.header.width, self.header.height) = shown;
        (self.header.coded_width, self.header.coded_height) = coded;
        let rotation = self.header.rotation;
        self.turned(rotation)
    }

    /// Sets the clockwise rotation for display: 90, 180 or 270 degrees; anything else is upright.
    #[must_use]
    pub fn with_rotation(self, degrees: u16) -> Self {
        self.turned(degrees)
    }

    /// Sets the frame rate.
    #[must_use]
    pub fn with_frame_rate(mut self, rate: Option<FrameRate>) -> Self {
        self.header.frame_rate = rate;
        self
    }

    /// Sets samples in a second and channels of sound.
    #[must_use]
    pub fn with_sound(mut self, sample_rate: u32, channels: u16) -> Self {
        (self.header.sample_rate, self.header.channels) = (sample_rate, channels);
        self
    }

    /// Sets the BCP 47 tag of the language; an empty one is none.
    #[must_use]
    pub fn with_language(mut self, language: Option<String>) -> Self {
        self.header.language = language.filter(|tag| !tag.is_empty());
        self
    }

    /// Sets the name that somebody chose; an empty one is none.
    #[must_use]
    pub fn with_name(mut self, name: Option<String>) -> Self {
        self.header.name = name.filter(|name| !name.is_empty());
        self
    }

    /// Says whether the source marks the track as enabled.
    #[must_use]
    pub fn with_enabled(mut self, enabled: bool) -> Self {
        self.header.enabled = enabled;
        self
    }

    /// Writes the color into the sample entry of a picture that does not tell it.
    #[must_use]
    pub fn with_color(mut self, color: Color) -> Self {
        let entry = &mut self.header.sample_entry;
        let says = self.header.kind != TrackKind::Video || visual_boxes(entry).any(|(name, _)| &name == b"colr");
        if says || entry.len() < 8 + VISUAL_LEN {
            return self;
        }
        boxed(entry, *b"colr", |out| {
            out.extend_from_slice(b"nclx");
            for value in [color.primaries, color.transfer, color.matrix] {
                out.extend_from_slice(&value.to_be_bytes());
            }
            out.push(u8::from(color.full_range) << 7);
        });
        resize(entry);
        self
    }

    /// Takes the bit rates out of the sample entry: they differ between pieces of one track.
    #[must_use]
    pub fn without_bit_rates(mut self) -> Self {
        let entry = &self.header.sample_entry;
        if self.header.kind == TrackKind::Video && visual_boxes(entry).any(|(name, _)| &name == b"btrt") {
            let mut without = entry.get(..8 + VISUAL_LEN).unwrap_or_default().to_vec();
            for (name, body) in visual_boxes(entry).filter(|(name, _)| name != b"btrt") {
                boxed(&mut without, name, |out| out.extend_from_slice(body));
            }
            resize(&mut without);
            self.header.sample_entry = without;
        }
        self
    }

    /// Video or audio.
    pub fn kind(&self) -> TrackKind {
        self.header.kind
    }

    /// Ticks in a second.
    pub fn timescale(&self) -> Timescale {
        self.header.timescale
    }

    /// The frame rate, where it is known.
    pub fn frame_rate(&self) -> Option<FrameRate> {
        self.header.frame_rate
    }

    /// The range of brightness, as the sample entry tells it: see [`with_color`](Self::with_color).
    pub fn range(&self) -> VideoRange {
        self.header.range()
    }

    fn turned(mut self, degrees: u16) -> Self {
        let header = &mut self.header;
        header.rotation = if matches!(degrees, 90 | 180 | 270) { degrees } else { 0 };
        let (width, height) = (header.width.min(0x7fff) << 16, header.height.min(0x7fff) << 16);
        let one = 0x0001_0000u32;
        let minus = one.wrapping_neg();
        // Rows of the matrix are (a b u) (c d v) (x y w); x and y move the turned picture back into view.
        let ([first, second], shift) = match header.rotation {
            90 => ([[0, one], [minus, 0]], [width, 0]),
            180 => ([[minus, 0], [0, minus]], [width, height]),
            270 => ([[0, minus], [one, 0]], [0, height]),
            _ => ([[one, 0], [0, one]], [0, 0]),
        };
        let rows = [(first, 0), (second, 0), (shift, 0x4000_0000)];
        let numbers = rows.map(|([left, right], last)| [left, right, last].map(u32::to_be_bytes));
        let numbers = numbers.as_flattened();
        header.matrix = numbers.as_flattened().try_into().unwrap_or(UPRIGHT);
        self
    }
}

/// Fills in the size of a box that grew or shrank.
fn resize(entry: &mut [u8]) {
    let len = u32::try_from(entry.len()).unwrap_or(u32::MAX);
    if let Some(size) = entry.first_chunk_mut::<4>() {
        *size = len.to_be_bytes();
    }
}

impl TrackHeader {
    /// The content of the box of that name in the sample entry of a picture or a sound.
    pub(crate) fn configuration(&self, name: [u8; 4]) -> Option<&[u8]> {
        let fields = if self.kind == TrackKind::Video { VISUAL_LEN } else { AUDIO_LEN };
        boxes(&self.sample_entry, fields).find_map(|(found, body)| (found == name).then_some(body))
    }
}

/// Names and contents of the boxes in a visual sample entry.
pub(crate) fn visual_boxes(entry: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    boxes(entry, VISUAL_LEN)
}

/// Names and contents of the boxes in a sample entry behind so many bytes of fields.
fn boxes(entry: &[u8], fields: usize) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut cursor = Cursor::new(entry.get(8 + fields..).unwrap_or_default());
    core::iter::from_fn(move || {
        let size = cursor.u32()?;
        let name = cursor.array()?;
        let len = usize::try_from(size.checked_sub(8)?).ok()?;
        Some((name, cursor.take(len)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> TrackFacts {
        let mut entry = Vec::new();
        boxed(&mut entry, *b"avc1", |out| {
            out.extend_from_slice(&[0; VISUAL_LEN]);
            boxed(out, *b"avcC", |out| out.extend_from_slice(b"abc"));
            boxed(out, *b"btrt", |out| out.extend_from_slice(&[9; 12]));
            boxed(out, *b"pasp", |out| out.extend_from_slice(&[1; 8]));
        });
        let codec = Codec::H264 { profile: 100, constraints: 0, level: 30, in_band: false };
        TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry)
    }

    fn names(facts: &TrackFacts) -> Vec<[u8; 4]> {
        visual_boxes(&facts.header.sample_entry).map(|(name, _)| name).collect()
    }

    #[test]
    fn color_is_written_once() {
        let color = Color { primaries: 9, transfer: 16, matrix: 9, full_range: false };
        let facts = picture().with_color(color);
        assert_eq!(names(&facts), [*b"avcC", *b"btrt", *b"pasp", *b"colr"]);
        assert_eq!(facts.clone().with_color(Color { transfer: 1, ..color }), facts);
        let ranges = [1, 14, 16, 18].map(|transfer| picture().with_color(Color { transfer, ..color }).range());
        assert_eq!(ranges, [VideoRange::Sdr, VideoRange::Sdr, VideoRange::Pq, VideoRange::Hlg]);
        assert_eq!(picture().range(), VideoRange::Sdr);
        let entry = &facts.header.sample_entry;
        assert_eq!(Cursor::new(entry).u32(), u32::try_from(entry.len()).ok());
    }

    #[test]
    fn bit_rates_are_taken_out() {
        let facts = picture().without_bit_rates();
        assert_eq!(names(&facts), [*b"avcC", *b"pasp"]);
        assert_eq!(facts.header.sample_entry.len(), picture().header.sample_entry.len() - 20);
    }

    #[test]
    fn the_matrix_follows_rotation_and_size() {
        let before = picture().with_rotation(90).with_size((360, 640), (640, 360));
        let after = picture().with_size((360, 640), (640, 360)).with_rotation(90);
        assert_eq!(before, after);
        let x = Cursor::new(&after.header.matrix[24..]).u32();
        assert_eq!(x, Some(360 << 16));
        assert_eq!(picture().with_rotation(45).header.matrix, UPRIGHT);
    }
}
