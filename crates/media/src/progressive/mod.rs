//! Progressive MP4 (ISO/IEC 14496-12): one file with its index in front, made of tracks that are stored elsewhere.
//!
//! The file is never written. Its index is made from maps, and everything behind that is a list of byte ranges of the
//! objects of the tracks, so that any range of the file is answered without the rest. The same maps give the same file.
//!
//! Samples lie in chunks of about a second, the tracks taking turns, so that a player that reads from the front has
//! both sound and picture. Composition offsets are never negative, and an edit list says what is shown from when on: what an
//! encoder puts in front of the sound is skipped, and a clip that begins between two key frames begins where it should.
//! Captions are text tracks; their samples are made with the index, and lie behind it.

mod chunks;
mod edits;
mod keys;
mod order;
mod select;
mod tables;
mod texts;

use core::ops::Range;
use std::borrow::Cow;

use crate::bits::{len_u64, to_usize};
use crate::cmaf::track::{TrackBox, movie_header, track};
use crate::cmaf::write::{boxed, put32, put64};
use crate::facts::TrackKind;
use crate::map::{Sample, SegmentMap, TrackHeader};
use crate::packed;
use crate::timing::{Timescale, rescale, rescale_len};

use chunks::{Chunks, interleave};
use edits::Shown;
use keys::Keys;
use select::Selection;
use tables::Tables;
use texts::LaidText;

pub use order::KeyOrder;
pub use select::shown_at;
pub use texts::Text;

/// A part of a presentation: from its beginning, in microseconds, to in front of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: u64,
    /// Where it ends; behind `start`.
    pub end: u64,
}

/// A progressive file, ready to be read in ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progressive {
    /// `ftyp`, `moov`, the samples of text and the header of the `mdat`.
    head: Vec<u8>,
    /// What follows, in order.
    pieces: Vec<Piece>,
    len: u64,
    samples: usize,
}

/// Bytes of an object, up to where the next piece begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where they are in the file.
    at: u64,
    /// The track whose object they lie in, as it was given.
    track: usize,
    /// Where they begin in the object.
    from: u64,
}

/// Bytes of a file that lie together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slice {
    /// Some of those that [`Progressive::head`] has.
    Head(Range<usize>),
    /// Some of the object of a track.
    Media {
        /// Which of the tracks that the file was made of, from 0.
        track: usize,
        /// Where in its object.
        range: Range<u64>,
    },
}

/// One track on its way into a file.
struct Laid<'map> {
    header: Cow<'map, TrackHeader>,
    tables: Tables,
    chunks: Chunks,
    shown: Shown,
}

impl Progressive {
    /// The file of these tracks, or of a part of them. Of each kind the first track is the one that players begin with.
    /// A part begins with the picture that is shown at its start, and the sound with it.
    ///
    /// `None` where no track has anything to show in the part.
    pub fn new(maps: &[&SegmentMap], span: Option<Span>) -> Option<Self> {
        Self::with_texts(maps, span, &[])
    }

    /// The same with captions, of which players begin with none.
    pub fn with_texts(maps: &[&SegmentMap], span: Option<Span>, texts: &[Text<'_>]) -> Option<Self> {
        let picture = maps.iter().find(|map| map.header().kind == TrackKind::Video);
        let span = span.map(|span| picture.and_then(|map| snapped(map, span)).unwrap_or(span));
        let shown = |map: &SegmentMap| {
            let scale = map.header().timescale;
            span.map(|span| ticks(span.start, scale)..ticks(span.end, scale))
        };
        let laid = maps.iter().enumerate();
        let laid: Vec<_> = laid.filter_map(|(at, map)| Some((at, lay(map, shown(map).as_ref())?))).collect();
        let size = picture.map_or((0, 0), |map| (map.header().width, map.header().height));
        let part = span.map_or(0..u64::MAX, |span| span.start / 1_000..span.end / 1_000);
        let texts: Vec<_> = texts.iter().filter_map(|text| texts::lay(text, &part, size)).collect();
        Self::of(&laid, &texts)
    }

    /// A film of the one picture of a track that is shown at a time, in ticks of the track: what has to be decoded for it,
    /// and an edit list that shows nothing else. `None` where nothing is shown then.
    pub fn picture(map: &SegmentMap, time: i64) -> Option<Self> {
        let begins = shown_at(map, time)?;
        Self::of(&[(0, lay(map, Some(&(begins..begins.saturating_add(1))))?)], &[])
    }

    /// A film of key frames of a track: for each of these times, in ticks of the track, the one nearest to it, shown for a
    /// second. It needs no other picture to be decoded, and each is one slice of what is [read](Self::read), for
    /// [`KeyOrder::put`]. `None` where there are no times, or no key frames.
    pub fn key_frames(map: &SegmentMap, times: &[i64]) -> Option<Self> {
        let scale = Timescale::new(1)?;
        let mut header = map.header().clone();
        header.timescale = scale;
        let (mut tables, mut chunks) = (Tables::default(), Chunks::new(scale));
        let mut keys = Keys::new(map);
        let mut found = Vec::with_capacity(times.len());
        for (second, time) in (0..).zip(times) {
            let (at, size) = keys.nearest(*time)?;
            found.push((at, size));
            let sample = Sample { size, duration: 1, composition_offset: 0, sync: true };
            tables.push(&sample, second);
            chunks.push(&sample, second, 0, at);
        }
        tables.end();
        let shown = Shown::whole(scale, tables.duration())?;
        let film = Self::of(&[(0, Laid { header: Cow::Owned(header), tables, chunks, shown })], &[])?;
        let mut at = film.pieces.first()?.at;
        // Also where two lie behind each other.
        let piece = |(from, size): (u64, u32)| {
            let piece = Piece { at, track: 0, from };
            at = at.saturating_add(size.into());
            piece
        };
        let pieces = found.into_iter().map(piece).collect();
        Some(Self { pieces, ..film })
    }

    /// The file of tracks that are laid out, each with its number among those that were given, and of texts.
    fn of(laid: &[(usize, Laid<'_>)], texts: &[LaidText]) -> Option<Self> {
        let pictures = |(_, laid): &&(usize, Laid<'_>)| laid.header.kind == TrackKind::Video;
        let scale = laid.iter().find(pictures).or(laid.first())?.1.header.timescale;
        let has_picture = laid.iter().any(|laid| pictures(&laid));
        let (pieces, offsets, payload) = interleave(laid.iter().map(|(at, laid)| (*at, &laid.chunks)));
        let long = payload > u64::from(u32::MAX) - MOST_HEAD;
        let mut head = Vec::new();
        boxed(&mut head, *b"ftyp", |out| out.extend_from_slice(brands(has_picture)));
        let mut fields = Vec::with_capacity(laid.len().saturating_add(texts.len()));
        let all: Vec<_> = laid.iter().map(|(_, laid)| laid).chain(texts.iter().map(|text| &text.laid)).collect();
        boxed(&mut head, *b"moov", |out| movie(out, &all, scale, long, &mut fields));
        let text_fields = fields.split_off(laid.len().min(fields.len()));
        put_texts(&mut head, texts, text_fields, long);
        if long {
            put32(&mut head, 1);
            head.extend_from_slice(b"mdat");
            put64(&mut head, payload.saturating_add(16));
        } else {
            put32(&mut head, u32::try_from(payload.saturating_add(8)).unwrap_or(u32::MAX));
            head.extend_from_slice(b"mdat");
        }
        let base = len_u64(head.len());
        for (field, offsets) in fields.into_iter().zip(&offsets) {
            tables::fill(&mut head, field, offsets, base, long);
        }
        let pieces = pieces.into_iter().map(|piece| Piece { at: piece.at.saturating_add(base), ..piece }).collect();
        let samples = laid.iter().map(|(_, laid)| laid.tables.count()).sum();
        Some(Self { head, pieces, len: base.saturating_add(payload), samples })
    }

    /// The frames of a track of MP3 back to back, which is a file of that format. Frames from before the sound begins, which
    /// hold what an encoder puts in front of it, are left out. `None` of any other track.
    pub fn frames(map: &SegmentMap) -> Option<Self> {
        if !packed::takes(map.header()) {
            return None;
        }
        let mut chunks = Chunks::new(map.header().timescale);
        Selection::all(map).each(map, |sample, decode, at| {
            if decode >= map.header().priming {
                chunks.push(sample, decode, map.header().priming, at);
            }
        })?;
        let (pieces, _, len) = interleave(core::iter::once((0, &chunks)));
        Some(Self { head: Vec::new(), pieces, len, samples: chunks.samples() })
    }

    /// The bytes in front of the media.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.len
    }

    /// How many samples it has.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Bytes that it holds in memory, roughly.
    pub fn weight(&self) -> usize {
        self.head.len().saturating_add(self.pieces.len().saturating_mul(size_of::<Piece>()))
    }

    /// Where the bytes of a range of the file are, in order. What is asked for behind the end is left out.
    pub fn read(&self, range: Range<u64>) -> Vec<Slice> {
        let mut slices = Vec::new();
        let end = range.end.min(self.len);
        let made = len_u64(self.head.len());
        if range.start < made.min(end) {
            slices.push(Slice::Head(to_index(range.start)..to_index(made.min(end))));
        }
        let mut at = range.start.max(made);
        let first = self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1);
        let ends = self.pieces.iter().skip(first + 1).map(|piece| piece.at).chain([self.len]);
        for (piece, piece_end) in self.pieces.iter().skip(first).zip(ends) {
            if at >= end {
                break;
            }
            let from = piece.from.saturating_add(at.saturating_sub(piece.at));
            let len = piece_end.min(end).saturating_sub(at);
            slices.push(Slice::Media { track: piece.track, range: from..from.saturating_add(len) });
            at = at.saturating_add(len);
        }
        slices
    }
}

/// More than any index takes, so that it is known early whether offsets fit into 32 bits.
const MOST_HEAD: u64 = 1 << 30;

/// What kind of file it is (ISO/IEC 14496-12, 4.3).
fn brands(has_picture: bool) -> &'static [u8] {
    if has_picture { b"isom\0\0\x02\0isomiso6iso2mp41" } else { b"M4A \0\0\x02\0M4A isomiso2mp41" }
}

fn to_index(offset: u64) -> usize {
    to_usize(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// The same part from the beginning of the picture that is shown then. Players leave out what begins before a part does.
fn snapped(map: &SegmentMap, span: Span) -> Option<Span> {
    let scale = map.header().timescale;
    let start = shown_at(map, ticks(span.start, scale))?.max(0);
    let start = rescale_len(start.unsigned_abs(), scale, Timescale::MICROS);
    Some(Span { start, ..span })
}

fn ticks(micros: u64, scale: Timescale) -> i64 {
    rescale(i64::try_from(micros).unwrap_or(i64::MAX), Timescale::MICROS, scale)
}

/// What of a track the file has, to show a part of it in ticks of the track.
fn lay<'map>(map: &'map SegmentMap, span: Option<&Range<i64>>) -> Option<Laid<'map>> {
    let selection = match span {
        None => Selection::all(map),
        Some(span) => Selection::of(map, span)?,
    };
    let mut tables = Tables::default();
    let mut chunks = Chunks::new(map.header().timescale);
    let first_decode = selection.each(map, |sample, decode, at| {
        tables.push(sample, decode);
        chunks.push(sample, decode, map.header().priming, at);
    })?;
    tables.end();
    let shown = Shown::new(map, first_decode, span)?;
    Some(Laid { header: Cow::Borrowed(map.header()), tables, chunks, shown })
}

/// Writes the samples of texts into a box of their own, and where they begin into the fields of their tracks.
fn put_texts(head: &mut Vec<u8>, texts: &[LaidText], fields: Vec<Range<usize>>, long: bool) {
    if texts.is_empty() {
        return;
    }
    let mut offsets = Vec::with_capacity(texts.len());
    boxed(head, *b"mdat", |out| {
        for text in texts {
            offsets.push(len_u64(out.len()));
            out.extend_from_slice(&text.bytes);
        }
    });
    for (field, offset) in fields.into_iter().zip(offsets) {
        tables::fill(head, field, &[offset], 0, long);
    }
}

/// Writes what the `moov` has, and notes where the offsets of chunks are to be filled in.
fn movie(out: &mut Vec<u8>, laid: &[&Laid<'_>], scale: Timescale, long: bool, fields: &mut Vec<Range<usize>>) {
    let length = laid.iter().map(|laid| laid.shown.length(scale)).max().unwrap_or(0);
    let count = u32::try_from(laid.len()).unwrap_or(u32::MAX);
    movie_header(out, scale, length, count.saturating_add(1));
    let of_kind = |kind| (1..).zip(laid).filter(move |(_, laid)| laid.header.kind == kind);
    for (id, laid) in (1..).zip(laid) {
        let header = laid.header.as_ref();
        let mut alike = of_kind(header.kind);
        let group = match header.kind {
            TrackKind::Audio => 1,
            TrackKind::Video | TrackKind::Other => 2,
            TrackKind::Captions => 3,
        };
        let is_first = alike.next().is_some_and(|(first, _)| first == id);
        let described = TrackBox {
            id,
            header,
            entry: &header.sample_entry,
            // Who wants to read chooses it.
            enabled: is_first && header.kind != TrackKind::Captions,
            alternate_group: if alike.next().is_some() { group } else { 0 },
            shown: laid.shown.length(scale),
            duration: laid.tables.duration(),
            edits: &laid.shown.edits(scale, laid.tables.raise()),
        };
        track(out, &described, |out| fields.push(laid.tables.write(out, &laid.chunks, long)));
    }
}
