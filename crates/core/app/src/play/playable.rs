//! An asset that is ready to be fetched: its maps in memory, its objects open.

use super::address::plain;
use super::lock::Lock;
use super::segment::InFile;
use crate::app::App;
use crate::error::Error;
use crate::guard::Pass;
use crate::guard::content::ContentSecret;
use crate::guard::proof::token_required;
use crate::port::{BlobError, Object};
use crate::process::part::{Assembled, assemble, load_map};
use bytes::Bytes;
use core::fmt;
use core::ops::Range;
use core::str::FromStr;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kinora_domain::asset::AssetState;
use kinora_domain::file::Failure;
use kinora_domain::output::{Output, OutputState, Part, Rendition, Role};
use kinora_domain::playback::{ContentKeys, Encryption};
use kinora_domain::time::Timestamp;
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{AssetId, Kind, ObjectId, OutputId, Problem};
use kinora_media::captions::{Captions, Facts};
use kinora_media::map::SegmentMap;
use std::sync::Arc;

/// Names a track and the version of what it renders, in URLs: `v0-1` is the video track at position 0,
/// version 1; `a2-1` an audio track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        // One track, one spelling: no plus signs or leading zeros, which caches would keep apart.
        let number = |text| plain(text).ok_or(MalformedSlug);
        Ok(Self { kind, position: number(position)?, version: number(version)? })
    }
}

/// For how long, in milliseconds. Viewers of a growing MPD ask again every two seconds, pages in the background once a
/// minute.
const LINGER_MS: i64 = 180_000;

/// One track, ready.
pub(crate) struct PlayableTrack {
    /// The output that plays it.
    pub(crate) output: OutputId,
    pub(crate) slug: Slug,
    pub(crate) map: SegmentMap,
    /// Where the map is stored: the same samples may come to lie elsewhere. None while it grows.
    pub(crate) stored: Option<ObjectId>,
    pub(crate) media: Media,
    /// Whether manifests name it.
    pub(crate) listed: bool,
}

/// Captions, ready.
pub(crate) struct PlayableCaptions {
    /// The output that shows them.
    pub(crate) output: OutputId,
    pub(crate) slug: Slug,
    pub(crate) facts: Facts,
    pub(crate) text: Captions,
}

/// Where the bytes of a track are: objects, each with the offset at which it begins.
#[derive(Clone)]
pub(crate) struct Media(Arc<[(u64, Arc<dyn Object>)]>);

impl Media {
    /// The bytes of `ranges` in memory.
    ///
    /// # Errors
    /// Storage.
    pub(crate) async fn read(&self, ranges: Vec<Range<u64>>) -> Result<Vec<u8>, BlobError> {
        let len: u64 = ranges.iter().map(|range| range.end.saturating_sub(range.start)).sum();
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
        let mut stream = self.stream(ranges);
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes)
    }

    /// The files in which `ranges` lie, each with those ranges of it that follow one another; `None` where something does
    /// not lie in a file.
    pub(crate) fn files(&self, ranges: Vec<Range<u64>>) -> Option<Vec<InFile>> {
        if let [(0, object)] = &*self.0 {
            return Some(vec![InFile { file: object.local_file()?, ranges }]);
        }
        let mut files: Vec<InFile> = Vec::new();
        for range in ranges {
            let behind = self.0.partition_point(|(base, _)| *base <= range.start);
            let (base, object) = behind.checked_sub(1).and_then(|at| self.0.get(at))?;
            let (file, within) = (object.local_file()?, range.start.checked_sub(*base)?..range.end.checked_sub(*base)?);
            match files.last_mut() {
                Some(last) if Arc::ptr_eq(&last.file, &file) => last.ranges.push(within),
                _ => files.push(InFile { file, ranges: vec![within] }),
            }
        }
        Some(files)
    }

    /// The bytes of `ranges`, one after the other.
    pub(crate) fn stream(&self, ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        if let [(_, object)] = &*self.0 {
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
    /// Oldest first.
    outputs: Vec<(OutputId, Readiness)>,
    /// When the outputs that are there whole became so.
    completed: Vec<(OutputId, Timestamp)>,
    tracks: Vec<Track>,
    /// Renditions that are played while they grow, with their pieces so far.
    growing: Vec<(Rendition, Vec<Part>)>,
    /// Positions of captions that were taken out of films of an output while it was made.
    later: Vec<u32>,
    /// What is encrypted, and what its keys are derived from.
    encrypted: Vec<(OutputId, Encryption, ContentKeys)>,
}

/// Whether an output can be played at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Readiness {
    /// All that it plays is there.
    Whole,
    /// There is a piece of everything, and more is coming.
    Growing,
    /// Something has no piece yet.
    NotReady,
    /// It will never play, and why.
    CannotPlay(Failure),
}

impl Readiness {
    fn plays(&self) -> Result<(), Error> {
        match self {
            Self::Whole | Self::Growing => Ok(()),
            Self::NotReady => Err(not_ready()),
            Self::CannotPlay(failure) => {
                Err(Problem::new(Kind::UnreadableMedia, "cannot_play", failure.message.clone()).into())
            }
        }
    }
}

/// An asset, ready.
pub(crate) struct Playable {
    pub(crate) tracks: Vec<PlayableTrack>,
    /// In the order of the manifests.
    captions: Vec<PlayableCaptions>,
    /// Of the outputs that are encrypted.
    locks: Vec<(OutputId, Lock)>,
    /// The rows that it was made of: while they are the same, so is it.
    rows: Rows,
}

impl Playable {
    /// Loads it from the store.
    ///
    /// # Errors
    /// `NotFound`, deleted ones included; `Unavailable` while nothing of it plays yet; `UnreadableMedia`
    /// when it cannot play, with the reason.
    pub(super) async fn load(app: &App, id: AssetId) -> Result<Self, Error> {
        let mut rows = rows(app, id).await?;
        loop {
            let loaded = async { Ok((load_tracks(app, &rows).await?, load_captions(app, &rows).await?)) };
            let failed: Error = match loaded.await {
                Ok((tracks, captions)) => {
                    let locks = locks(app, &rows)?;
                    return Ok(Self { tracks, captions, locks, rows });
                }
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

    /// Whether more of it is coming: more of what plays, or what takes its place.
    pub(crate) fn is_changing(&self) -> bool {
        let is_completed = |id: &OutputId| self.rows.completed.iter().any(|(completed, _)| completed == id);
        let is_over =
            |(id, readiness): &(OutputId, Readiness)| is_completed(id) || matches!(readiness, Readiness::CannotPlay(_));
        !self.rows.outputs.iter().all(is_over)
    }

    /// The output of that id, or else the oldest one, where it plays, and whether more of it is coming.
    ///
    /// # Errors
    /// There is no such output; as [`load`](Self::load).
    pub(crate) fn output(&self, wanted: Option<OutputId>) -> Result<(OutputId, bool), Error> {
        let mut outputs = self.rows.outputs.iter();
        let found = match wanted {
            Some(id) => outputs.find(|(known, _)| *known == id),
            None => outputs.next(),
        };
        let (id, readiness) = found.ok_or_else(|| Problem::not_found("output"))?;
        readiness.plays()?;
        Ok((*id, *readiness == Readiness::Growing))
    }

    /// What an output is locked with, where it is encrypted.
    pub(super) fn lock(&self, output: OutputId) -> Option<&Lock> {
        self.locks.iter().find(|(id, _)| *id == output).map(|(_, lock)| lock)
    }

    /// All locks, each with its output.
    pub(super) fn locks(&self) -> impl Iterator<Item = (OutputId, &Lock)> {
        self.locks.iter().map(|(id, lock)| (*id, lock))
    }

    /// Passes for what is given out as it is stored.
    ///
    /// # Errors
    /// `NotFound`: the output is encrypted, and `what` is nothing that could be.
    pub(super) fn require_clear(&self, output: OutputId, what: &str) -> Result<(), Error> {
        if self.lock(output).is_some() { Err(Problem::not_found(what).into()) } else { Ok(()) }
    }

    /// Passes who may see any moment of an output in the clear, as pictures show it, and says whether that is for him alone:
    /// what is encrypted is for whom its keys are for, and those are given for a proof, whatever the policy.
    ///
    /// # Errors
    /// Those of [`Pass::proves`].
    pub(crate) fn opens(&self, output: OutputId, pass: Option<&Pass>) -> Result<bool, Problem> {
        if self.lock(output).is_none() {
            return Ok(false);
        }
        pass.ok_or_else(token_required)?.proves().map(|()| true)
    }

    /// The tracks that manifests of an output name.
    pub(crate) fn listed(&self, output: OutputId) -> impl Iterator<Item = &PlayableTrack> {
        self.tracks.iter().filter(move |track| track.output == output && track.listed)
    }

    /// The same, and for a while after all of an output is there what better ones replaced: who began with it while it
    /// grew plays on from the next manifest only where that names it.
    pub(super) fn listed_or_replaced(&self, output: OutputId, now: Timestamp) -> impl Iterator<Item = &PlayableTrack> {
        let is_recent = |completed: Timestamp| now.millis().saturating_sub(completed.millis()) < LINGER_MS;
        let lingers = self.rows.completed.iter().any(|(id, completed)| *id == output && is_recent(*completed));
        self.tracks.iter().filter(move |track| track.output == output && (lingers || track.listed))
    }

    /// The track of that slug, at its current version, where its output plays.
    pub(crate) fn track(&self, slug: Slug) -> Result<&PlayableTrack, Error> {
        let track = self.tracks.iter().find(|track| track.slug == slug);
        match track {
            Some(track) => self.output(Some(track.output)).map(|_| track),
            // Nothing plays at all, or only this does not.
            None => Err(self.output(None).err().unwrap_or_else(|| Problem::not_found("track").into())),
        }
    }

    /// The captions of an output.
    pub(super) fn captions(&self, output: OutputId) -> impl Iterator<Item = &PlayableCaptions> {
        self.captions.iter().filter(move |captions| captions.output == output)
    }

    /// Whether captions were not there yet when what they belong to began to grow.
    pub(super) fn came_later(&self, captions: &PlayableCaptions) -> bool {
        self.rows.later.contains(&captions.slug.position)
    }

    /// The captions of that slug, where their output plays.
    pub(super) fn captions_of(&self, slug: Slug) -> Result<&PlayableCaptions, Error> {
        let found = self.captions.iter().find(|captions| captions.slug == slug);
        let found = found.ok_or_else(|| Problem::not_found("track"))?;
        self.output(Some(found.output)).map(|_| found)
    }

    /// Bytes that it holds in memory, roughly.
    pub(super) fn weight(&self) -> u64 {
        let maps: u64 = self.tracks.iter().map(|track| track.map.as_bytes().len() as u64 + 4_096).sum();
        let texts = self.captions.iter().flat_map(|captions| &captions.text.cues);
        maps + texts.map(|cue| cue.text.len() as u64 + 128).sum::<u64>()
    }
}

pub(crate) fn not_ready() -> Error {
    let message = "This video is still being prepared; try again in a moment.";
    Problem::new(Kind::Unavailable, "not_ready", message).into()
}

/// What of an asset plays, where anything does.
async fn rows(app: &App, id: AssetId) -> Result<Rows, Error> {
    let mut tx = app.store.read().await?;
    let asset = tx.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let outputs = tx.outputs(id).await?;
    let tracks = tx.tracks(id).await?;
    let is_encrypted = |output: &&Output| output.encryption != Encryption::None;
    let keys = if outputs.iter().any(|output| is_encrypted(&output)) { tx.content_keys(id).await? } else { Vec::new() };
    let mut encrypted = Vec::new();
    for output in outputs.iter().filter(is_encrypted) {
        let own = keys.iter().find(|keys| keys.output == output.id).cloned();
        let own = own.ok_or_else(|| {
            let message = "The keys of this video are not there.";
            Problem::new(Kind::Internal, "internal", message)
        })?;
        encrypted.push((output.id, output.encryption, own));
    }
    let is_whole = |output: &&Output| output.state == OutputState::Completed;
    let renditions =
        if outputs.iter().all(|output| is_whole(&output)) { Vec::new() } else { tx.renditions(id).await? };
    let is_later = |rendition: &&Rendition| matches!(rendition.role, Role::Captions { .. });
    let later = renditions.iter().filter(is_later).map(|rendition| rendition.position).collect();
    let mut growing = Vec::new();
    let completed =
        outputs.iter().filter(|output| is_whole(output)).map(|output| (output.id, output.modified)).collect();
    let mut ready = Vec::with_capacity(outputs.len());
    for output in outputs {
        let own = renditions.iter().filter(|rendition| rendition.output == output.id && !rendition.sealed);
        let mut missing = false;
        let mut pieces = Vec::new();
        for rendition in own.filter(|rendition| rendition.role.plays_while_growing()) {
            let parts = tx.rendition_parts(rendition.id).await?;
            missing |= parts.is_empty();
            pieces.push((rendition.clone(), parts));
        }
        let plays = |track: &Track| track.output == output.id && track.listed && track.kind != TrackKind::Captions;
        let has_tracks = tracks.iter().any(plays);
        let readiness = match (output.state, pieces.is_empty()) {
            (_, true) if has_tracks => Readiness::Whole,
            (OutputState::Failed(failure) | OutputState::Stalled(failure), _) => Readiness::CannotPlay(failure),
            (_, true) => Readiness::NotReady,
            (_, false) if missing => Readiness::NotReady,
            (_, false) => Readiness::Growing,
        };
        if readiness == Readiness::Growing {
            growing.extend(pieces);
        }
        ready.push((output.id, readiness));
    }
    if !ready.iter().any(|(_, readiness)| readiness.plays().is_ok()) {
        match (ready.first(), asset.state) {
            (Some((_, readiness)), _) => readiness.plays()?,
            (None, AssetState::Failed(failure)) => Readiness::CannotPlay(failure).plays()?,
            (None, _) => return Err(Problem::not_found("output").into()),
        }
    }
    Ok(Rows { outputs: ready, completed, tracks, growing, later, encrypted })
}

fn locks(app: &App, rows: &Rows) -> Result<Vec<(OutputId, Lock)>, Error> {
    let lock = |(id, encryption, keys): &(OutputId, Encryption, ContentKeys)| {
        let secret = ContentSecret::unseal(app, keys)?;
        Ok((*id, Lock { encryption: *encryption, secret }))
    };
    rows.encrypted.iter().map(lock).collect()
}

async fn load_tracks(app: &App, rows: &Rows) -> Result<Vec<PlayableTrack>, Error> {
    let mut tracks = Vec::with_capacity(rows.tracks.len() + rows.growing.len());
    for row in rows.tracks.iter().filter(|row| row.kind != TrackKind::Captions) {
        tracks.push(load_track(app, row).await?);
    }
    for (rendition, parts) in &rows.growing {
        let Some(Assembled { map, media }) = assemble(app, parts).await? else { return Err(not_ready()) };
        let media = Media(media.into_iter().map(|(base, _, object)| (base, object)).collect());
        // As its track will be named.
        let slug = Slug { kind: rendition.role.kind(), position: rendition.position, version: 1 };
        tracks.push(PlayableTrack { output: rendition.output, slug, map, stored: None, media, listed: true });
    }
    tracks.sort_by_key(|track| track.slug.position);
    Ok(tracks)
}

async fn load_captions(app: &App, rows: &Rows) -> Result<Vec<PlayableCaptions>, Error> {
    let mut all = Vec::new();
    for row in rows.tracks.iter().filter(|row| row.kind == TrackKind::Captions) {
        let read = async |id| {
            let object = app.blobs.open(id).await?;
            object.read(0..object.size()).await
        };
        let damaged = || Problem::new(Kind::Internal, "internal", "The captions of this video are damaged.");
        let facts = Facts::decode(&read(row.map).await?).ok_or_else(damaged)?;
        let text = Captions::stored(&read(row.media).await?).map_err(|error| Error::caused(damaged(), error))?;
        let slug = Slug { kind: row.kind, position: row.position, version: row.version };
        all.push(PlayableCaptions { output: row.output, slug, facts, text });
    }
    all.sort_by_key(|captions| captions.slug.position);
    Ok(all)
}

async fn load_track(app: &App, track: &Track) -> Result<PlayableTrack, Error> {
    let map = load_map(app, track.map).await?;
    let media = Media(Arc::new([(0, app.blobs.open(track.media).await?)]));
    let slug = Slug { kind: track.kind, position: track.position, version: track.version };
    Ok(PlayableTrack { output: track.output, slug, map, stored: Some(track.map), media, listed: track.listed })
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
