//! Init and media segments, gathered from the stored bytes on request.

use super::cache::playable;
use super::documents::duration_ms;
use super::enciphered::{Seal, enciphered};
use super::heads::{Rendered, Words};
use super::playable::{Media, PlayableTrack, Slug};
use super::ranged::Ranged;
use super::room::Held;
use crate::app::App;
use crate::error::Error;
use crate::port::BlobError;
use bytes::Bytes;
use core::fmt;
use core::ops::Range;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use futures_util::{Stream, TryStreamExt as _};
use kinora_domain::{AssetId, Problem};
use kinora_media::captions::SEGMENT_MS;
use kinora_media::cmaf::MediaSegment;
use kinora_media::protect::{ProtectError, aes128_len};
use kinora_media::{SegmentMap, cmaf, packed, transport};
use std::fs::File;
use std::sync::Arc;

/// Bytes as they are read.
pub type Payload = BoxStream<'static, Result<Bytes, Broken>>;

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It cannot be read.
    #[error("reading media")]
    Unreadable(#[from] BlobError),
    /// It cannot be encrypted.
    #[error("encrypting media")]
    Unprotected(#[from] ProtectError),
}

/// Bytes to send: what was made, followed by what is read from the object as it goes out.
pub struct Body {
    /// The first bytes.
    pub head: Bytes,
    /// The rest.
    pub payload: Option<Payload>,
    /// Bytes of both.
    pub length: u64,
}

impl Body {
    /// Bytes that were made, and what is read behind them.
    pub(crate) fn read(
        head: Bytes,
        payload: impl Stream<Item = Result<Bytes, BlobError>> + Send + 'static,
        length: u64,
    ) -> Self {
        Self { head, payload: Some(payload.map_err(Broken::from).boxed()), length }
    }
}

/// A segment: bytes that were made, and what follows them.
pub struct Segment {
    tag: Tag,
    head: Bytes,
    rest: Rest,
    /// What it goes out through.
    seal: Option<Seal>,
    /// Bytes as they go out.
    size: u64,
    /// What is said in front of all of it.
    words: Words,
}

/// The tag of a segment.
#[derive(Debug)]
pub(super) enum Tag {
    /// Of a media segment as it is stored: written where somebody asks, for what is said of a whole one is kept.
    Media(Slug, u32, Form),
    /// Of anything else.
    Written(String),
}

impl From<String> for Tag {
    fn from(tag: String) -> Self {
        Self::Written(tag)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Media(slug, number, form) => write!(f, "{slug}-{number}.{}", form.extension()),
            Self::Written(tag) => f.write_str(tag),
        }
    }
}

/// What follows the bytes that were made first.
enum Rest {
    /// More of them.
    Made(Bytes),
    /// Ranges of the objects of a track.
    Stored(Media, Arc<[Range<u64>]>),
}

impl Segment {
    /// Segment `number`, from 0, of a track as it is stored.
    pub(super) fn of(track: &PlayableTrack, number: u32, form: Form) -> Option<Self> {
        let segment = form.of(&track.map, number)?;
        Some(Self::stored(Tag::Media(track.slug, number, form), segment.into(), track.media.clone()))
    }

    /// What the packager made of a track, with the media of the track.
    pub(super) fn stored(tag: impl Into<Tag>, rendered: Rendered, media: Media) -> Self {
        let Rendered { head, payload, size, words } = rendered;
        Self { tag: tag.into(), head, rest: Rest::Stored(media, payload), seal: None, size, words }
    }

    /// What was made in memory, and takes little of it.
    pub(super) fn made(tag: String, bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        Self {
            tag: tag.into(),
            head: Bytes::from(bytes),
            rest: Rest::Made(Bytes::new()),
            seal: None,
            size,
            words: Words::default(),
        }
    }

    /// What was made in memory that was taken for it: free again when the last of it was sent.
    pub(super) fn held(tag: String, head: Vec<u8>, rest: Vec<u8>, held: Held) -> Self {
        let rest = held.keep(rest);
        let size = (head.len() as u64).saturating_add(rest.len() as u64);
        let tag = tag.into();
        Self { tag, head: Bytes::from(head), rest: Rest::Made(rest), seal: None, size, words: Words::default() }
    }

    /// The same, encrypted whole as it goes out.
    pub(super) fn sealed(self, tag: String, seal: Seal) -> Self {
        Self { tag: tag.into(), size: aes128_len(self.size), seal: Some(seal), words: Words::default(), ..self }
    }

    /// A range of it before it is encrypted.
    fn clear(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        let (head, behind) = self.cut(range);
        match &self.rest {
            _ if behind.is_empty() => Body { head, payload: None, length },
            Rest::Made(bytes) => {
                let index = |at: u64| usize::try_from(at).unwrap_or(bytes.len()).min(bytes.len());
                let bytes = bytes.slice(index(behind.start)..index(behind.end));
                Body::read(head, stream::iter([Ok(bytes)]), length)
            }
            Rest::Stored(media, runs) => Body::read(head, media.stream(within(runs, &behind)), length),
        }
    }

    fn length_in_the_clear(&self) -> u64 {
        let rest = match &self.rest {
            Rest::Made(bytes) => bytes.len() as u64,
            Rest::Stored(_, runs) => runs.iter().map(|run| run.end.saturating_sub(run.start)).sum(),
        };
        rest.saturating_add(self.head.len() as u64)
    }

    /// The part of a range that was made first, and the part of what follows.
    fn cut(&self, range: Range<u64>) -> (Bytes, Range<u64>) {
        let made = self.head.len() as u64;
        let index = |at: u64| usize::try_from(at.min(made)).unwrap_or(self.head.len());
        let head = self.head.slice(index(range.start)..index(range.end));
        (head, range.start.saturating_sub(made)..range.end.saturating_sub(made))
    }
}

/// A range of what lies in runs, as runs.
fn within(runs: &[Range<u64>], range: &Range<u64>) -> Vec<Range<u64>> {
    let mut found = Vec::with_capacity(runs.len());
    let mut at = 0_u64;
    for run in runs {
        let len = run.end.saturating_sub(run.start);
        let from = run.start.saturating_add(range.start.saturating_sub(at).min(len));
        let to = run.start.saturating_add(range.end.saturating_sub(at).min(len));
        found.extend((from < to).then_some(from..to));
        at = at.saturating_add(len);
    }
    found
}

impl Ranged for Segment {
    fn tag(&self) -> String {
        self.tag.to_string()
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, range: Range<u64>) -> Body {
        let Some(seal) = &self.seal else { return self.clear(range) };
        let length = range.end.saturating_sub(range.start);
        // Every block depends on those before it, and on all of its own.
        let clear = self.clear(0..aes128_len(range.end).min(self.length_in_the_clear()));
        Body { head: Bytes::new(), payload: Some(enciphered(seal, clear, range)), length }
    }
}

/// Bytes to send that lie in files.
pub struct Files {
    /// What was made and goes first.
    pub head: Bytes,
    /// What follows.
    pub parts: Vec<InFile>,
}

/// Ranges of a file, one after the other.
pub struct InFile {
    /// The file.
    pub file: Arc<File>,
    /// None is empty.
    pub ranges: Vec<Range<u64>>,
}

impl Segment {
    /// A range of it as ranges of files, where what follows its head lies in files.
    pub fn files(&self, range: Range<u64>) -> Option<Files> {
        let (Rest::Stored(media, runs), None) = (&self.rest, &self.seal) else { return None };
        let (head, behind) = self.cut(range);
        Some(Files { head, parts: media.files(within(runs, &behind))? })
    }

    /// What is said in front of all of it: written by the first who asks, and kept as long as what was rendered of it. There is
    /// one place for it, so it must depend on nothing but the segment, and have one writer.
    pub fn words(&self, write: impl FnOnce() -> Bytes) -> Bytes {
        self.words.once(write)
    }
}

/// The init segment of a track.
///
/// # Errors
/// The asset or the track does not exist at this version, or the asset does not play.
pub(super) async fn init_segment(app: &App, id: AssetId, slug: Slug) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    playable.require_clear(track.output, "segment")?;
    Ok(Segment::made(format!("{slug}-init.mp4"), cmaf::init_segment(&track.map)))
}

/// What of captions is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaptionsPart {
    /// All of them.
    Whole,
    /// A segment, from 0, beside fragments.
    Segment(u32),
    /// A segment, from 0, beside transport streams.
    TransportSegment(u32),
}

/// Captions of a track.
///
/// # Errors
/// As [`init_segment`]; there is no such segment.
pub(super) async fn captions(app: &App, id: AssetId, slug: Slug, part: CaptionsPart) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let captions = playable.captions_of(slug)?;
    let segment = |number: u32, clock| {
        let start_ms = u64::from(number).saturating_mul(SEGMENT_MS);
        let is_there = start_ms < duration_ms(&playable, captions.output);
        is_there.then(|| captions.text.segment(number, clock)).ok_or_else(|| Problem::not_found("segment"))
    };
    let (name, text) = match part {
        CaptionsPart::Whole => ("all".to_owned(), captions.text.write()),
        CaptionsPart::Segment(number) => (number.to_string(), segment(number, 0)?),
        CaptionsPart::TransportSegment(number) => (format!("ts-{number}"), segment(number, transport::START)?),
    };
    Ok(Segment::made(format!("{slug}-{name}.vtt"), text.into_bytes()))
}

/// What a media segment is made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A fragment of MP4 (CMAF).
    Fragment,
    /// Packed audio: of MP3 only.
    Packed,
}

impl Form {
    /// The ending of names of segments, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Fragment => "m4s",
            Self::Packed => "mp3",
        }
    }

    /// The form of segments whose names end so.
    pub fn from_extension(extension: &str) -> Option<Self> {
        [Self::Fragment, Self::Packed].into_iter().find(|form| form.extension() == extension)
    }

    /// The segment in this form.
    pub(super) fn of(self, map: &SegmentMap, number: u32) -> Option<MediaSegment> {
        match self {
            Self::Fragment => cmaf::media_segment(map, number),
            Self::Packed => packed::segment(map, number),
        }
    }
}

/// Media segment `number`, from 0, of a track.
///
/// # Errors
/// As [`init_segment`]; there is no such segment, or not in that form.
pub(super) async fn media_segment(
    app: &App,
    id: AssetId,
    slug: Slug,
    number: u32,
    form: Form,
) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    playable.require_clear(track.output, "segment")?;
    let rendered = app.heads.get(id, track, number, form).ok_or_else(|| Problem::not_found("segment"))?;
    Ok(Segment::stored(Tag::Media(slug, number, form), rendered, track.media.clone()))
}
