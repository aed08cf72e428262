//! An asset that is ready to be fetched: its maps in memory, its objects open.

use crate::app::App;
use crate::error::Error;
use crate::port::{BlobError, Object};
use crate::process::part::{Assembled, assemble, load_map};
use bytes::Bytes;
use core::fmt;
use core::ops::Range;
use core::str::FromStr;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kinora_domain::asset::AssetState;
use kinora_domain::output::{Part, Rendition};
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{AssetId, Kind, Problem};
use kinora_media::map::SegmentMap;
use std::sync::Arc;

/// Names a track and the version of what it renders, in URLs: `v0-1` is the video track at position 0,
/// version 1; `a2-1` an audio track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slug {
    /// What it carries.
    pub kind: TrackKind,
    /// Its position in the asset.
    pub position: u32,
    /// The version of its map.
    pub version: u32,
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.kind {
            TrackKind::Video => 'v',
            TrackKind::Audio => 'a',
            TrackKind::Captions => 'c',
        };
        write!(f, "{letter}{}-{}", self.position, self.version)
    }
}

/// A text that is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a track")]
pub struct MalformedSlug;

impl FromStr for Slug {
    type Err = MalformedSlug;

    fn from_str(text: &str) -> Result<Self, MalformedSlug> {
        let mut letters = text.chars();
        let kind = match letters.next() {
            Some('v') => TrackKind::Video,
            Some('a') => TrackKind::Audio,
            Some('c') => TrackKind::Captions,
            Some(_) | None => return Err(MalformedSlug),
        };
        let (position, version) = letters.as_str().split_once('-').ok_or(MalformedSlug)?;
        let slug = Self {
            kind,
            position: position.parse().map_err(|_malformed| MalformedSlug)?,
            version: version.parse().map_err(|_malformed| MalformedSlug)?,
        };
        // One track, one spelling: no plus signs or leading zeros, which caches would keep apart.
        if slug.to_string() == text { Ok(slug) } else { Err(MalformedSlug) }
    }
}

/// One track, ready.
pub(crate) struct PlayableTrack {
    pub(crate) slug: Slug,
    pub(crate) map: SegmentMap,
    pub(crate) media: Media,
    /// Whether manifests name it.
    pub(crate) listed: bool,
}

/// Where the bytes of a track are: objects, each with the offset at which it begins.
pub(crate) struct Media(Vec<(u64, Arc<dyn Object>)>);

impl Media {
    /// The bytes of `ranges`, one after the other.
    pub(crate) fn stream(&self, ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        if let [(_, object)] = self.0.as_slice() {
            return Arc::clone(object).stream(ranges);
        }
        let mut streams: Vec<BoxStream<'static, Result<Bytes, BlobError>>> = Vec::new();
        for range in ranges {
            // A segment lies in one piece; a range never runs over the end of its object.
            let behind = self.0.partition_point(|(base, _)| *base <= range.start);
            let Some((base, object)) = behind.checked_sub(1).and_then(|at| self.0.get(at)) else { continue };
            let within = range.start.saturating_sub(*base)..range.end.saturating_sub(*base);
            streams.push(Arc::clone(object).stream(vec![within]));
        }
        stream::iter(streams).flatten().boxed()
    }
}

/// What an asset plays, as the store says.
#[derive(PartialEq, Eq)]
struct Rows {
    tracks: Vec<Track>,
    /// Renditions that are played while they grow, with their pieces so far.
    growing: Vec<(Rendition, Vec<Part>)>,
}

/// An asset, ready.
pub(crate) struct Playable {
    pub(crate) tracks: Vec<PlayableTrack>,
    /// The rows that it was made of: while they are the same, so is it.
    rows: Rows,
}

impl Playable {
    /// Loads it from the store.
    ///
    /// # Errors
    /// `NotFound`, deleted ones included; `Unavailable` while it is being prepared; `UnreadableMedia`
    /// when it cannot play, with the reason.
    pub(super) async fn load(app: &App, id: AssetId) -> Result<Self, Error> {
        let mut rows = rows(app, id).await?;
        loop {
            let failed = match load_tracks(app, &rows).await {
                Ok(tracks) => return Ok(Self { tracks, rows }),
                Err(error) => error,
            };
            // A job may have moved a track, and removed its old objects, since the rows were read.
            let now = self::rows(app, id).await?;
            if now == rows {
                return Err(failed);
            }
            rows = now;
        }
    }

    /// Whether the store still says what it was made of.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub(super) async fn is_current(&self, app: &App, id: AssetId) -> Result<bool, Error> {
        Ok(rows(app, id).await? == self.rows)
    }

    /// Whether more of it is coming.
    pub(super) const fn is_growing(&self) -> bool {
        !self.rows.growing.is_empty()
    }

    /// The track of that slug, at its current version.
    pub(super) fn track(&self, slug: Slug) -> Result<&PlayableTrack, Problem> {
        self.tracks.iter().find(|track| track.slug == slug).ok_or_else(|| Problem::not_found("track"))
    }

    /// Bytes that it holds in memory, roughly.
    pub(super) fn weight(&self) -> u64 {
        self.tracks.iter().map(|track| track.map.as_bytes().len() as u64 + 4_096).sum()
    }
}

fn not_ready() -> Error {
    let message = "This video is still being prepared; try again in a moment.";
    Problem::new(Kind::Unavailable, "not_ready", message).into()
}

/// The tracks of an asset that plays.
async fn rows(app: &App, id: AssetId) -> Result<Rows, Error> {
    let mut tx = app.store.read().await?;
    let asset = tx.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let mut growing = Vec::new();
    match asset.state {
        AssetState::Available { .. } => {}
        AssetState::Pending => return Err(not_ready()),
        AssetState::Processing => {
            for rendition in tx.renditions(id).await? {
                if rendition.sealed || !rendition.role.plays_while_growing() {
                    continue;
                }
                let parts = tx.rendition_parts(rendition.id).await?;
                if parts.is_empty() {
                    return Err(not_ready());
                }
                growing.push((rendition, parts));
            }
        }
        AssetState::Failed(failure) => {
            return Err(Problem::new(Kind::UnreadableMedia, "cannot_play", failure.message).into());
        }
        AssetState::Deleted { .. } => return Err(Problem::not_found("asset").into()),
    }
    Ok(Rows { tracks: tx.tracks(id).await?, growing })
}

async fn load_tracks(app: &App, rows: &Rows) -> Result<Vec<PlayableTrack>, Error> {
    let mut tracks = Vec::with_capacity(rows.tracks.len() + rows.growing.len());
    for row in &rows.tracks {
        tracks.push(load_track(app, row).await?);
    }
    for (rendition, parts) in &rows.growing {
        let Some(Assembled { map, media }) = assemble(app, parts).await? else { return Err(not_ready()) };
        let media = Media(media.into_iter().map(|(base, _, object)| (base, object)).collect());
        // As its track will be named.
        let slug = Slug { kind: rendition.role.kind(), position: rendition.position, version: 1 };
        tracks.push(PlayableTrack { slug, map, media, listed: true });
    }
    tracks.sort_by_key(|track| track.slug.position);
    Ok(tracks)
}

async fn load_track(app: &App, track: &Track) -> Result<PlayableTrack, Error> {
    let map = load_map(app, track.map).await?;
    let media = Media(vec![(0, app.blobs.open(track.media).await?)]);
    let slug = Slug { kind: track.kind, position: track.position, version: track.version };
    Ok(PlayableTrack { slug, map, media, listed: track.listed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_has_one_spelling() {
        for text in ["v0-1", "a12-3", "c4294967295-1"] {
            assert_eq!(text.parse::<Slug>().unwrap().to_string(), text);
        }
        for text in ["", "v", "v0", "v-1", "v00-1", "v+1-1", "x0-1", "v0-1-2", "v0.1", "v0-01"] {
            assert_eq!(text.parse::<Slug>(), Err(MalformedSlug), "{text}");
        }
    }
}
