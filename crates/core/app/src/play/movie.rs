//! An output as one file, made on request.

use super::cache::playable;
use super::laid::{Key, laid};
use super::part::Part;
use super::playable::{Playable, PlayableTrack, Slug, not_ready};
use super::ranged::Ranged;
use super::segment::Body;
use crate::app::App;
use crate::error::Error;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{self, StreamExt as _};
use kinora_domain::preset::{Shape, SoundFormat};
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, OutputId, Problem};
use kinora_media::progressive::{Progressive, Slice, Span};
use kinora_media::timing::Timescale;
use kinora_media::{packed, timing};
use std::sync::Arc;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// Picture, sound and captions in MP4.
    Mp4,
    /// Sound alone in MP4.
    M4a,
    /// Frames of MP3.
    Mp3,
}

impl FileFormat {
    /// What a preset gives people to download.
    pub const fn of(shape: Shape) -> Self {
        match shape {
            Shape::Single { .. } | Shape::Ladder { .. } => Self::Mp4,
            Shape::Sound(SoundFormat::Aac) => Self::M4a,
            Shape::Sound(SoundFormat::Mp3) => Self::Mp3,
        }
    }

    /// The ending of its names, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::M4a => "m4a",
            Self::Mp3 => "mp3",
        }
    }
}

/// Which file of an asset is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The output; the oldest one without.
    pub output: Option<OutputId>,
    /// What kind of file.
    pub format: FileFormat,
    /// Lines of the picture at most, counted on its shorter side; the best one without.
    pub height: Option<u32>,
    /// What of it.
    pub part: Part,
}

/// A file that is read where its tracks are.
pub struct Movie {
    playable: Arc<Playable>,
    tracks: Vec<Slug>,
    file: Arc<Progressive>,
    tag: String,
}

/// The file that is asked for, of what plays at this moment. While that grows there is none.
///
/// # Errors
/// The asset, the output, or something for such a file does not exist, or not yet; `Invalid` ends of a clip.
pub async fn movie(app: &App, id: AssetId, wanted: Wanted) -> Result<Movie, Error> {
    let playable = playable(app, id).await?;
    of(app, id, playable, wanted).await
}

/// The name under which the file of an asset is kept: what is asked for, or the asset's title; with the ending of its format.
///
/// # Errors
/// There is no such asset.
pub async fn download_name(app: &App, id: AssetId, wanted: Option<&str>, format: FileFormat) -> Result<String, Error> {
    let asset = app.store.read().await?.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let title = asset.title.filter(|title| !title.trim().is_empty());
    let name = wanted.map(str::to_owned).or(title).unwrap_or_else(|| id.to_string());
    let ending = format!(".{}", format.extension());
    Ok(if name.to_lowercase().ends_with(&ending) { name } else { name + &ending })
}

/// The same of an asset that is at hand.
pub(super) async fn of(app: &App, id: AssetId, playable: Arc<Playable>, wanted: Wanted) -> Result<Movie, Error> {
    let (output, growing) = playable.output(wanted.output)?;
    playable.require_clear(output, wanted.format.extension())?;
    if growing {
        return Err(not_ready());
    }
    let tracks = chosen(&playable, output, wanted);
    if tracks.is_empty() {
        return Err(Problem::not_found(wanted.format.extension()).into());
    }
    let span = span(&tracks, wanted)?;
    let maps = tracks.iter().map(|track| track.stored).collect();
    let tracks: Vec<Slug> = tracks.into_iter().map(|track| track.slug).collect();
    let texts: Vec<Slug> = match wanted.format {
        FileFormat::Mp4 => playable.captions(output).map(|captions| captions.slug).collect(),
        FileFormat::M4a | FileFormat::Mp3 => Vec::new(),
    };
    let tag = tag(tracks.iter().chain(&texts), wanted.format, span);
    let key = Key { asset: id, tag: tag.clone(), maps };
    let file = laid(app, key, Arc::clone(&playable), (tracks.clone(), texts), wanted.format, span).await?;
    Ok(Movie { playable, tracks, file, tag })
}

/// The tracks of a file: one picture, and all sounds that go with it.
fn chosen(playable: &Playable, output: OutputId, wanted: Wanted) -> Vec<&PlayableTrack> {
    let of_kind = |kind| playable.listed(output).filter(move |track| track.slug.kind == kind);
    let sounds = of_kind(TrackKind::Audio);
    match wanted.format {
        FileFormat::Mp4 => {
            let fits = |lines: u32| wanted.height.is_none_or(|most| lines <= most);
            let lines = |track: &&PlayableTrack| track.map.header().width.min(track.map.header().height);
            // The largest that fits, or else the smallest there is.
            let best = of_kind(TrackKind::Video).filter(|track| fits(lines(track))).max_by_key(lines);
            let picture = best.or_else(|| of_kind(TrackKind::Video).min_by_key(lines));
            picture.map(|picture| [picture].into_iter().chain(sounds).collect()).unwrap_or_default()
        }
        FileFormat::M4a => sounds.collect(),
        FileFormat::Mp3 => sounds.filter(|track| packed::takes(track.map.header())).take(1).collect(),
    }
}

/// The part that is asked for, where not all is.
fn span(tracks: &[&PlayableTrack], wanted: Wanted) -> Result<Option<Span>, Problem> {
    let end = |track: &&PlayableTrack| {
        let map = &track.map;
        let end = map.start().saturating_add_unsigned(map.duration());
        timing::rescale(end, map.header().timescale, Timescale::MICROS).max(0).unsigned_abs()
    };
    let span = wanted.part.within(tracks.iter().map(end).max().unwrap_or(0))?;
    if span.is_some() && wanted.format == FileFormat::Mp3 {
        return Err(Problem::invalid("start", "MP3 is given whole; `audio.m4a` has clips."));
    }
    Ok(span)
}

/// Tracks carry the version of what they render, so equal names mean equal bytes.
fn tag<'a>(tracks: impl Iterator<Item = &'a Slug>, format: FileFormat, span: Option<Span>) -> String {
    let tracks = tracks.map(Slug::to_string).collect::<Vec<_>>().join("+");
    let part = span.map(|Span { start, end }| format!("@{start}-{end}")).unwrap_or_default();
    format!("{tracks}{part}.{}", format.extension())
}

impl Ranged for Movie {
    fn tag(&self) -> String {
        self.tag.clone()
    }

    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        let mut head = Bytes::new();
        let mut media: Vec<(usize, Vec<Range<u64>>)> = Vec::new();
        for slice in self.file.read(range) {
            match slice {
                Slice::Head(part) => head = Bytes::from_owner(Head(Arc::clone(&self.file))).slice(part),
                Slice::Media { track, range } => match media.last_mut() {
                    Some((last, ranges)) if *last == track => ranges.push(range),
                    _ => media.push((track, vec![range])),
                },
            }
        }
        let (playable, tracks) = (Arc::clone(&self.playable), self.tracks.clone());
        let stream = move |(track, ranges): (usize, Vec<Range<u64>>)| {
            let slug = tracks.get(track).copied();
            let track = slug.and_then(|slug| playable.tracks.iter().find(|track| track.slug == slug));
            track.map_or_else(|| stream::empty().boxed(), |track| track.media.stream(ranges))
        };
        Body::read(head, stream::iter(media).flat_map(stream), length)
    }
}

/// The bytes that were made, for as long as anybody sends them.
struct Head(Arc<Progressive>);

impl AsRef<[u8]> for Head {
    fn as_ref(&self) -> &[u8] {
        self.0.head()
    }
}
