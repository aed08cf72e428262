//! An asset that is ready to be fetched: its maps in memory, its objects open.

use crate::app::App;
use crate::error::Error;
use crate::port::Object;
use core::fmt;
use core::str::FromStr;
use kinora_domain::asset::AssetState;
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
    pub(crate) media: Arc<dyn Object>,
}

/// An asset, ready.
pub(crate) struct Playable {
    pub(crate) tracks: Vec<PlayableTrack>,
    /// The rows that it was made of: while they are the same, so is it.
    rows: Vec<Track>,
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

    /// The track of that slug, at its current version.
    pub(super) fn track(&self, slug: Slug) -> Result<&PlayableTrack, Problem> {
        self.tracks.iter().find(|track| track.slug == slug).ok_or_else(|| Problem::not_found("track"))
    }

    /// Bytes that it holds in memory, roughly.
    pub(super) fn weight(&self) -> u64 {
        self.tracks.iter().map(|track| track.map.as_bytes().len() as u64 + 4_096).sum()
    }
}

/// The tracks of an asset that plays.
async fn rows(app: &App, id: AssetId) -> Result<Vec<Track>, Error> {
    let mut tx = app.store.read().await?;
    let asset = tx.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    match asset.state {
        AssetState::Available { .. } => Ok(tx.tracks(id).await?),
        AssetState::Pending | AssetState::Processing => {
            let message = "This video is still being prepared; try again in a moment.";
            Err(Problem::new(Kind::Unavailable, "not_ready", message).into())
        }
        AssetState::Failed(failure) => Err(Problem::new(Kind::UnreadableMedia, "cannot_play", failure.message).into()),
        AssetState::Deleted { .. } => Err(Problem::not_found("asset").into()),
    }
}

async fn load_tracks(app: &App, rows: &[Track]) -> Result<Vec<PlayableTrack>, Error> {
    let mut tracks = Vec::with_capacity(rows.len());
    for row in rows {
        tracks.push(load_track(app, row).await?);
    }
    Ok(tracks)
}

async fn load_track(app: &App, track: &Track) -> Result<PlayableTrack, Error> {
    let stored = app.blobs.open(track.map).await?;
    let bytes = stored.read(0..stored.size()).await?;
    let map = SegmentMap::decode(bytes.to_vec()).map_err(|error| {
        Error::caused(Problem::new(Kind::Internal, "internal", "The index of this video is damaged."), error)
    })?;
    let media = app.blobs.open(track.media).await?;
    let slug = Slug { kind: track.kind, position: track.position, version: track.version };
    Ok(PlayableTrack { slug, map, media })
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
