//! Init and media segments, gathered from the stored bytes on request.

use super::cache::playable;
use super::documents::duration_ms;
use super::playable::{Media, PlayableTrack, Slug};
use super::ranged::Ranged;
use crate::app::App;
use crate::error::Error;
use crate::port::BlobError;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::BoxStream;
use kinora_domain::{AssetId, Problem};
use kinora_media::captions::SEGMENT_MS;
use kinora_media::cmaf::MediaSegment;
use kinora_media::{SegmentMap, cmaf, packed, transport};
use std::fs::File;
use std::sync::Arc;

/// Bytes of a run from which on the kernel sends it from its file: see `docs/performance.md`.
const WORTH_A_CALL: u64 = 32 << 10;

/// Bytes as they are read.
pub type Payload = BoxStream<'static, Result<Bytes, BlobError>>;

/// Bytes to send: what was made, followed by what is read from the object as it goes out.
pub struct Body {
    /// The first bytes.
    pub head: Bytes,
    /// The rest.
    pub payload: Option<Payload>,
    /// Bytes of both.
    pub length: u64,
}

/// A segment: bytes that were made, followed by ranges of the object of its track.
pub struct Segment {
    pub(super) tag: String,
    pub(super) head: Bytes,
    pub(super) payload: Vec<Range<u64>>,
    pub(super) media: Option<Media>,
    pub(super) size: u64,
}

impl Segment {
    /// Segment `number`, from 0, of a track as it is stored.
    pub(super) fn of(track: &PlayableTrack, number: u32, form: Form) -> Option<Self> {
        let (segment, ending) = form.of(&track.map, number)?;
        Some(Self {
            tag: format!("{}-{number}.{ending}", track.slug),
            head: Bytes::from(segment.head),
            payload: segment.payload,
            media: Some(track.media.clone()),
            size: segment.len,
        })
    }

    /// What was made in memory.
    pub(super) fn made(tag: String, bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        Self { tag, head: Bytes::from(bytes), payload: Vec::new(), media: None, size }
    }
}

impl Ranged for Segment {
    fn tag(&self) -> String {
        self.tag.clone()
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        let (head, runs) = self.cut(range);
        let payload = self.media.as_ref().filter(|_media| !runs.is_empty()).map(|media| media.stream(runs));
        Body { head, payload, length }
    }
}

/// Bytes to send that lie in files.
pub struct Files {
    /// What was made and goes first.
    pub head: Bytes,
    /// Files with the ranges that follow.
    pub runs: Vec<(Arc<File>, Range<u64>)>,
}

impl Segment {
    /// A range of it as files that the kernel may send from, where it lies in runs that are long enough to be worth a call
    /// each: what lies in many short ones is gathered with less work.
    pub fn files(&self, range: Range<u64>) -> Option<Files> {
        let (head, runs) = self.cut(range);
        let bytes: u64 = runs.iter().map(|run| run.end.saturating_sub(run.start)).sum();
        if runs.is_empty() || bytes / (runs.len() as u64) < WORTH_A_CALL {
            return None;
        }
        Some(Files { head, runs: self.media.as_ref()?.files(&runs)? })
    }

    /// The part of a range that was made, and where the rest of it lies.
    fn cut(&self, range: Range<u64>) -> (Bytes, Vec<Range<u64>>) {
        let made = self.head.len() as u64;
        let index = |at: u64| usize::try_from(at.min(made)).unwrap_or(self.head.len());
        let head = self.head.slice(index(range.start)..index(range.end));
        let (start, end) = (range.start.saturating_sub(made), range.end.saturating_sub(made));
        let mut runs = Vec::with_capacity(self.payload.len());
        let mut at = 0_u64;
        for run in &self.payload {
            let len = run.end.saturating_sub(run.start);
            let from = run.start.saturating_add(start.saturating_sub(at).min(len));
            let to = run.start.saturating_add(end.saturating_sub(at).min(len));
            runs.extend((from < to).then_some(from..to));
            at = at.saturating_add(len);
        }
        (head, runs)
    }
}

/// The init segment of a track.
///
/// # Errors
/// The asset or the track does not exist at this version, or the asset does not play.
pub async fn init_segment(app: &App, id: AssetId, slug: Slug) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    playable.require_clear(track.output, "segment")?;
    Ok(Segment::made(format!("{slug}-init.mp4"), cmaf::init_segment(&track.map)))
}

/// What of captions is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
pub async fn captions(app: &App, id: AssetId, slug: Slug, part: CaptionsPart) -> Result<Segment, Error> {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A fragment of MP4 (CMAF).
    Fragment,
    /// Packed audio: of MP3 only.
    Packed,
}

impl Form {
    /// The segment in this form, and the ending of its name.
    pub(super) fn of(self, map: &SegmentMap, number: u32) -> Option<(MediaSegment, &'static str)> {
        match self {
            Self::Fragment => Some((cmaf::media_segment(map, number)?, "m4s")),
            Self::Packed => Some((packed::segment(map, number)?, "mp3")),
        }
    }
}

/// Media segment `number`, from 0, of a track.
///
/// # Errors
/// As [`init_segment`]; there is no such segment, or not in that form.
pub async fn media_segment(app: &App, id: AssetId, slug: Slug, number: u32, form: Form) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    playable.require_clear(track.output, "segment")?;
    Segment::of(track, number, form).ok_or_else(|| Problem::not_found("segment").into())
}
