//! What of an asset's files plays, and the map of each track that does.

use crate::app::App;
use crate::error::{Error, causes};
use crate::file::container::container;
use crate::file::movie::{self, Index, Unfit};
use crate::fresh;
use core::time::Duration;
use kinora_domain::asset::{AssetSource, AssetState};
use kinora_domain::file::{Failure, File};
use kinora_domain::limit::Limits;
use kinora_domain::selection::{Selected, select};
use kinora_domain::track::TrackKind;
use kinora_domain::{ObjectId, Problem};
use kinora_media::timing::{Timescale, rescale};
use kinora_media::{Movie, SegmentMap, Track};

/// Cuts are looked for this far apart. Four seconds keep a player's
/// start and its switches quick and the requests few.
const SEGMENT: Duration = Duration::from_secs(4);

/// A track that is ready to play: its map is stored as an object.
pub(super) struct Prepared {
    /// Index of the source that it lies in.
    pub(super) source: usize,
    /// Its place in the manifests.
    pub(super) position: u32,
    /// What it carries.
    pub(super) kind: TrackKind,
    /// The map.
    pub(super) map: SegmentMap,
    /// Where the map is stored.
    pub(super) map_object: ObjectId,
}

impl Prepared {
    /// Bytes of the stored map.
    pub(super) fn map_size(&self) -> u64 {
        self.map.as_bytes().len() as u64
    }
}

/// What preparation gave.
pub(super) enum Outcome {
    /// It plays.
    Plays(Vec<Prepared>),
    /// It cannot play, and why.
    CannotPlay(Failure),
}

impl Outcome {
    /// The state of the asset.
    pub(super) fn state(&self) -> AssetState {
        match self {
            Self::CannotPlay(failure) => AssetState::Failed(failure.clone()),
            Self::Plays(tracks) => AssetState::Available {
                duration_ms: tracks.iter().map(|track| end_ms(&track.map)).max().unwrap_or(0),
                size_bytes: tracks.iter().map(|track| track.map.payload_bytes()).sum(),
            },
        }
    }

    /// The tracks that play.
    pub(super) fn tracks(&self) -> &[Prepared] {
        match self {
            Self::Plays(tracks) => tracks,
            Self::CannotPlay(_) => &[],
        }
    }
}

/// Selects tracks, reads the files' indexes, plans and stores the maps.
///
/// # Errors
/// A track asked for is not there; storage.
pub(super) async fn prepare(app: &App, sources: &[AssetSource], files: &[File]) -> Result<Outcome, Error> {
    let mut indexes = Vec::with_capacity(files.len());
    for file in files {
        match read_index(app, file).await? {
            Ok(index) => indexes.push(index),
            Err(failure) => return Ok(Outcome::CannotPlay(failure)),
        }
    }
    let pairs: Vec<_> = sources.iter().zip(files.iter().map(File::tracks)).collect();
    let selected = select(&pairs).map_err(|missing| {
        let field = format!("transcodedSources[{}].transcodingTracks", missing.source_index);
        Problem::invalid(field, format!("The file has no {} track `{}`.", missing.kind.name(), missing.selector))
    })?;
    let limits = app.limits;
    let planned = movie::apart(move || plan(&indexes, &selected, &limits)).await?;
    let planned = match planned {
        Ok(planned) => planned,
        Err(failure) => return Ok(Outcome::CannotPlay(failure)),
    };
    let mut tracks = Vec::with_capacity(planned.len());
    for (position, Planned { source, kind, map }) in (0_u32..).zip(planned) {
        let map_object = ObjectId::new(fresh::uuid(app));
        app.blobs.put(map_object, map.as_bytes().to_vec()).await?;
        tracks.push(Prepared { source, position, kind, map, map_object });
    }
    Ok(Outcome::Plays(tracks))
}

/// Removes the stored maps of an asset that did not come to be. What stays behind in a crash is
/// swept at the next start.
pub(super) async fn discard(app: &App, outcome: &Outcome) {
    for track in outcome.tracks() {
        if let Err(error) = app.blobs.delete(track.map_object).await {
            tracing::warn!(error = %causes(&error), "removing a map that is not needed");
        }
    }
}

/// When a track ends on the timeline of the presentation, in milliseconds.
fn end_ms(map: &SegmentMap) -> u64 {
    let end = map.start().saturating_add_unsigned(map.duration());
    u64::try_from(rescale(end, map.header().timescale, Timescale::MILLIS)).unwrap_or(0)
}

/// The index of a file that plays as it is.
async fn read_index(app: &App, file: &File) -> Result<Result<Index, Failure>, Error> {
    let object = app.blobs.open(file.object).await?;
    let container = container(&*object).await?;
    if !container.is_mp4() {
        return Ok(Err(needs_processing(&format!("Files of type {} do", container.id()))));
    }
    Ok(movie::read_index(&object).await?.map_err(failure))
}

struct Planned {
    source: usize,
    kind: TrackKind,
    map: SegmentMap,
}

/// The selected tracks as one movie, in the order of the manifests, with the client's languages and
/// names; every one of them of a codec that players take; planned together, so that sound is cut
/// where the picture is.
fn plan(indexes: &[Index], selected: &[Selected], limits: &Limits) -> Result<Vec<Planned>, Failure> {
    let movies: Vec<Movie<'_>> =
        indexes.iter().map(|index| index.parse(limits)).collect::<Result<_, _>>().map_err(failure)?;
    let Some(mut together) = movies.first().cloned() else { return Err(nothing_plays()) };
    together.tracks.clear();
    let mut origins = Vec::with_capacity(selected.len());
    for pick in selected {
        let Some((track, kind)) = track_of(&movies, pick) else { continue };
        if !track.is_playable() {
            return Err(needs_processing(&format!("{} tracks of codec `{}` do", kind.name(), track.codec.name())));
        }
        let mut track = track.clone();
        track.language = pick.language.clone().or(track.language);
        track.name = pick.name.clone().or(track.name);
        together.tracks.push(track);
        origins.push((pick.source, kind));
    }
    let maps = SegmentMap::plan(&together, SEGMENT).map_err(|error| failure(error.into()))?;
    let planned: Vec<_> = maps
        .into_iter()
        .filter_map(|planned| {
            let (source, kind) = origins.get(planned.track).copied()?;
            Some(Planned { source, kind, map: planned.map })
        })
        .collect();
    if planned.is_empty() { Err(nothing_plays()) } else { Ok(planned) }
}

/// The track that a selection means: it counts the tracks that the library knows.
fn track_of<'movies, 'data>(
    movies: &'movies [Movie<'data>],
    pick: &Selected,
) -> Option<(&'movies Track<'data>, TrackKind)> {
    let known = movies.get(pick.source)?.tracks.iter().filter_map(|track| Some((track, movie::kind(track)?)));
    known.into_iter().nth(pick.track)
}

fn nothing_plays() -> Failure {
    Failure { reason: "unreadable_media".to_owned(), message: "The file holds neither pictures nor sound.".to_owned() }
}

fn failure(unfit: Unfit) -> Failure {
    match unfit {
        Unfit::Fragmented => needs_processing("Fragmented MP4 files do"),
        Unfit::Refused(problem) => Failure::from_problem(&problem),
    }
}

fn needs_processing(what: &str) -> Failure {
    Failure {
        reason: "needs_processing".to_owned(),
        message: format!("{what} not play without conversion, which this release does not offer. The file is kept."),
    }
}
