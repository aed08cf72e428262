//! What of an asset's files plays, and the map of each track that does.

use super::captions::{self, Words};
use crate::app::App;
use crate::error::{Error, causes};
use crate::file::container::container;
use crate::file::indexing::{self, IndexTrack};
use crate::file::movie::{self, Index, Unfit};
use crate::file::types;
use crate::fresh;
use crate::process::request::Request;
use crate::process::settle::end_ms;
use core::time::Duration;
use kinora_domain::asset::{AssetSource, AssetState};
use kinora_domain::file::{Content, Failure, File, FileState, Probe};
use kinora_domain::limit::Limits;
use kinora_domain::output::{Role, SoundPlan, Source};
use kinora_domain::preset::Preset;
use kinora_domain::selection::{Selected, select};
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::{ObjectId, Problem};
use kinora_media::sniff::Container;
use kinora_media::timing::{Timescale, rescale};
use kinora_media::{Movie, PlannedTrack, SegmentMap, Track};

/// Cuts are looked for this far apart. Four seconds keep a player's
/// start and its switches quick and the requests few.
pub(crate) const SEGMENT: Duration = Duration::from_secs(4);

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

/// Captions that are ready to be shown: both objects are stored.
pub(super) struct PreparedCaptions {
    /// Their place in the manifests.
    pub(super) position: u32,
    /// Where their text is stored, and its bytes.
    pub(super) text: (ObjectId, u64),
    /// Where their facts are stored, and the bytes of those.
    pub(super) facts: (ObjectId, u64),
}

/// What preparation gave.
pub(super) enum Outcome {
    /// It plays, now or soon.
    Plays(Vec<Prepared>, Vec<PreparedCaptions>, Request),
    /// It cannot play, and why.
    CannotPlay(Failure),
}

impl Outcome {
    /// The state of the asset.
    pub(super) fn state(&self) -> AssetState {
        match self {
            Self::CannotPlay(failure) => AssetState::Failed(failure.clone()),
            Self::Plays(.., request) if !request.plays() => AssetState::Processing,
            Self::Plays(tracks, ..) => AssetState::Available {
                duration_ms: tracks.iter().map(|track| end_ms(&track.map)).max().unwrap_or(0),
                size_bytes: tracks.iter().map(|track| track.map.payload_bytes()).sum(),
            },
        }
    }

    /// The tracks that play.
    pub(super) fn tracks(&self) -> &[Prepared] {
        match self {
            Self::Plays(tracks, ..) => tracks,
            Self::CannotPlay(_) => &[],
        }
    }

    /// The captions beside them.
    pub(super) fn captions(&self) -> &[PreparedCaptions] {
        match self {
            Self::Plays(_, captions, _) => captions,
            Self::CannotPlay(_) => &[],
        }
    }
}

/// Selects tracks, reads the files' indexes, plans and stores the maps of what players take as it is, and
/// says what is to be made of the rest.
///
/// # Errors
/// A track asked for is not there; storage.
pub(super) async fn prepare(
    app: &App,
    sources: &[AssetSource],
    files: &[File],
    preset: Preset,
) -> Result<Outcome, Error> {
    let mut insides = Vec::with_capacity(files.len());
    for file in files {
        if let FileState::Completed(Content { probe: Probe::Failed(failure), .. }) = &file.state {
            return Ok(Outcome::CannotPlay(failure.clone()));
        }
        match read_index(app, file).await? {
            Ok(inside) => insides.push(inside),
            Err(failure) => return Ok(Outcome::CannotPlay(failure)),
        }
    }
    let pairs: Vec<_> = sources.iter().zip(files.iter().map(File::tracks)).collect();
    let selected = select(&pairs).map_err(|missing| {
        let field = format!("transcodedSources[{}].transcodingTracks", missing.source_index);
        Problem::invalid(field, format!("The file has no {} track `{}`.", missing.kind.name(), missing.selector))
    })?;
    let (texts, picks): (Vec<_>, Vec<_>) =
        picks(&selected, files, preset).into_iter().partition(|pick| pick.kind == TrackKind::Captions);
    let behind = u32::try_from(picks.len()).unwrap_or(u32::MAX);
    let limits = app.limits;
    let planned = movie::apart(move || {
        let movies = movies(&insides, &limits)?;
        let plan = plan(&insides, &movies, picks, preset)?;
        let find = |pick: Pick| {
            let source = pick.selected.source;
            let words = captions::find(&pick, insides.get(source), movies.get(source).and_then(Option::as_ref));
            (pick, words)
        };
        Ok((plan, texts.into_iter().map(find).collect::<Vec<_>>()))
    });
    let (Plan { planned, mut request, zero }, texts) = match planned.await? {
        Ok(planned) => planned,
        Err(failure) => return Ok(Outcome::CannotPlay(failure)),
    };
    let mut captions = Vec::new();
    for (position, (pick, words)) in (behind..).zip(texts) {
        if matches!(words, Words::Later) {
            let (language, name) = pick.labels();
            let source = source(&pick, &zero);
            request.captions.push((position, Role::Captions { source, language, name }));
            continue;
        }
        captions.extend(captions::prepare(app, &pick, words, position, &zero).await?);
    }
    let mut tracks = Vec::with_capacity(planned.len());
    for Planned { source, position, kind, map } in planned {
        let map_object = ObjectId::new(fresh::uuid(app));
        app.blobs.put(map_object, map.as_bytes().to_vec()).await?;
        tracks.push(Prepared { source, position, kind, map, map_object });
    }
    Ok(Outcome::Plays(tracks, captions, request))
}

/// Removes the stored maps and captions of an asset that did not come to be. What stays behind in a crash is
/// swept at the next start.
pub(super) async fn discard(app: &App, outcome: &Outcome) {
    let maps = outcome.tracks().iter().map(|track| track.map_object);
    let texts = outcome.captions().iter().flat_map(|captions| [captions.text.0, captions.facts.0]);
    for object in maps.chain(texts) {
        if let Err(error) = app.blobs.delete(object).await {
            tracing::warn!(error = %causes(&error), "removing a map that is not needed");
        }
    }
}

/// What is known of the tracks of a file.
pub(super) enum Inside {
    /// It has an index.
    Movie(Index),
    /// Its samples are to be found; these are its tracks. Those of a stream are rewritten.
    Indexed { tracks: Vec<IndexTrack>, is_stream: bool },
    /// It plays only when it is converted.
    Foreign,
    /// It is captions and nothing else.
    Text,
}

async fn read_index(app: &App, file: &File) -> Result<Result<Inside, Failure>, Error> {
    if file.state.content().is_ok_and(|content| types::is_captions(&content.container)) {
        return Ok(Ok(Inside::Text));
    }
    let object = app.blobs.open(file.object).await?;
    let container = container(&*object).await?;
    if container.is_mp4() {
        let limits = app.limits;
        let parsed = match movie::read_index(&object).await? {
            Ok(index) => movie::apart(move || index.parse(&limits).map(|_| ()).map(|()| index)).await?,
            Err(unfit) => Err(unfit),
        };
        match parsed {
            Ok(index) => return Ok(Ok(Inside::Movie(index))),
            Err(Unfit::Fragmented) => {}
            Err(Unfit::Refused(problem)) => return Ok(Err(Failure::from_problem(&problem))),
        }
    }
    let tracks = indexing::head(&object, container).await?.filter(|tracks| indexing::agree(tracks, file.tracks()));
    let is_stream = container == Container::MpegTs;
    Ok(Ok(tracks.map_or(Inside::Foreign, |tracks| Inside::Indexed { tracks, is_stream })))
}

/// A selected track as its file has it.
pub(super) struct Pick {
    pub(super) selected: Selected,
    pub(super) object: ObjectId,
    kind: TrackKind,
    /// Its number among the tracks of its kind, from 0.
    pub(super) number: u32,
    /// The name of its codec.
    pub(super) codec: String,
    /// The language that the file names.
    language: Option<String>,
    /// The name that the file gives.
    name: Option<String>,
}

impl Pick {
    /// Language and name to show: the client's, or else the file's.
    pub(super) fn labels(&self) -> (Option<String>, Option<String>) {
        let Selected { language, name, .. } = self.selected.clone();
        (language.or_else(|| self.language.clone()), name.or_else(|| self.name.clone()))
    }
}

/// The tracks that a preset plays, in the order of the manifests.
fn picks(selected: &[Selected], files: &[File], preset: Preset) -> Vec<Pick> {
    let pick = |selected: &Selected| {
        let file = files.get(selected.source)?;
        let FoundTrack { kind, codec, language, name, .. } = file.tracks().get(selected.track)?.clone();
        let before = file.tracks().iter().take(selected.track).filter(|track| track.kind == kind).count();
        let number = u32::try_from(before).ok()?;
        Some(Pick { selected: selected.clone(), object: file.object, kind, number, codec, language, name })
    };
    let wanted = |kind| match kind {
        TrackKind::Video | TrackKind::Captions => !preset.is_sound_only(),
        TrackKind::Audio => true,
    };
    selected.iter().filter_map(pick).filter(|pick| wanted(pick.kind)).collect()
}

struct Planned {
    source: usize,
    position: u32,
    kind: TrackKind,
    map: SegmentMap,
}

/// What plays as it is, what is to be made of the rest, and where films begin.
struct Plan {
    planned: Vec<Planned>,
    request: Request,
    /// Sources of which something plays as it is, each with what of its own timeline is zero in the presentation, in
    /// microseconds.
    zero: Vec<(usize, i64)>,
}

fn movies<'a>(insides: &'a [Inside], limits: &Limits) -> Result<Vec<Option<Movie<'a>>>, Failure> {
    let movie = |inside: &'a Inside| match inside {
        Inside::Movie(index) => Ok(Some(index.parse(limits).map_err(failure)?)),
        Inside::Indexed { .. } | Inside::Foreign | Inside::Text => Ok(None),
    };
    insides.iter().map(movie).collect()
}

/// What players take as it is, as one movie with the client's languages and names, planned together, so
/// that sound is cut where the picture is; and what is to be made of the rest.
fn plan(insides: &[Inside], movies: &[Option<Movie<'_>>], picks: Vec<Pick>, preset: Preset) -> Result<Plan, Failure> {
    if picks.is_empty() {
        return Err(nothing_plays());
    }
    let mut together: Option<Movie<'_>> = movies.iter().flatten().next().cloned();
    if let Some(movie) = &mut together {
        movie.tracks.clear();
    }
    let mut origins = Vec::new();
    let mut rest = Vec::new();
    for (position, pick) in (0_u32..).zip(picks) {
        let track = movies.get(pick.selected.source).and_then(Option::as_ref).and_then(|movie| track_of(movie, &pick));
        match (track.filter(|track| plays(track, preset)), &mut together) {
            (Some(track), Some(movie)) => {
                let mut track = track.clone();
                track.language = pick.selected.language.clone().or(track.language);
                track.name = pick.selected.name.clone().or(track.name);
                movie.tracks.push(track);
                origins.push((pick, position));
            }
            _ => rest.push((pick, position)),
        }
    }
    let maps = match &together {
        Some(movie) if !movie.tracks.is_empty() => {
            SegmentMap::plan(movie, SEGMENT).map_err(|error| failure(error.into()))?
        }
        _ => Vec::new(),
    };
    let mut zero: Vec<(usize, i64)> = Vec::new();
    let mut planned = Vec::with_capacity(maps.len());
    let mut picture = None;
    for PlannedTrack { track, map, shift, .. } in maps {
        let Some((pick, position)) = origins.get(track) else { continue };
        // What is made of other tracks of the file is laid on the same timeline.
        let micros = rescale(shift.saturating_neg(), map.header().timescale, Timescale::MICROS);
        zero.push((pick.selected.source, micros));
        if pick.kind == TrackKind::Video {
            picture = Some(source(pick, &zero));
        }
        planned.push(Planned { source: pick.selected.source, position: *position, kind: pick.kind, map });
    }
    let duration_ms = planned.iter().map(|track| end_ms(&track.map)).max().unwrap_or(0);
    let mut request = Request { picture, duration_ms, ..Request::default() };
    let playing = playing_sources(insides, &rest, preset);
    for (pick, position) in rest {
        let source = source(&pick, &zero);
        if let Some(track) = indexed_track(insides, &pick, preset)
            && playing.contains(&pick.selected.source)
        {
            if pick.kind == TrackKind::Video {
                request.picture = Some(source);
            }
            request.duration_ms = request.duration_ms.max(track.duration_ms);
            let Selected { language, name, .. } = pick.selected;
            request.indexed.push((position, Role::Indexed { source, language, name }));
        } else if pick.kind == TrackKind::Video {
            (request.picture, request.first) = (Some(source), Some(position));
        } else {
            let format = preset.sound_format();
            let (language, name) = pick.labels();
            request.sounds.push((position, SoundPlan { source, format, language, name }));
        }
    }
    Ok(Plan { planned, request, zero })
}

fn source(pick: &Pick, zero: &[(usize, i64)]) -> Source {
    let origin_micros = zero.iter().find(|(source, _)| *source == pick.selected.source).map(|(_, micros)| *micros);
    Source { object: pick.object, kind: pick.kind, number: pick.number, origin_micros }
}

/// Whether players take a track as it is, and the preset asks for nothing else.
fn plays(track: &Track<'_>, preset: Preset) -> bool {
    track.is_playable() && movie::plays(&track.codec, preset)
}

/// The track that a pick means where it plays once it is indexed.
fn indexed_track<'a>(insides: &'a [Inside], pick: &Pick, preset: Preset) -> Option<&'a IndexTrack> {
    let Inside::Indexed { tracks, .. } = insides.get(pick.selected.source)? else { return None };
    let (_, track) = indexing::track_of(tracks, pick.kind, pick.number)?;
    Some(track).filter(|track| track.facts.is_some() && movie::plays(&track.codec, preset))
}

/// The sources of which indexed tracks play. A stream, whose samples are stored anew, does only as a whole.
fn playing_sources(insides: &[Inside], picks: &[(Pick, u32)], preset: Preset) -> Vec<usize> {
    let whole = |source: usize| {
        let mut own = picks.iter().filter(|(pick, _)| pick.selected.source == source);
        own.all(|(pick, _)| indexed_track(insides, pick, preset).is_some())
    };
    let sources = insides.iter().enumerate();
    let play = sources.filter(|(source, inside)| match inside {
        Inside::Indexed { is_stream, .. } => !is_stream || whole(*source),
        Inside::Movie(_) | Inside::Foreign | Inside::Text => false,
    });
    play.map(|(source, _)| source).collect()
}

/// The track that a pick means: it counts the tracks of its kind.
pub(super) fn track_of<'movie, 'data>(movie: &'movie Movie<'data>, pick: &Pick) -> Option<&'movie Track<'data>> {
    let number = usize::try_from(pick.number).ok()?;
    movie.tracks.iter().filter(|track| movie::kind(track) == Some(pick.kind)).nth(number)
}

fn nothing_plays() -> Failure {
    Failure { reason: "unreadable_media".to_owned(), message: "The file holds neither pictures nor sound.".to_owned() }
}

fn failure(unfit: Unfit) -> Failure {
    match unfit {
        // Decided before: such files have no index to be parsed.
        Unfit::Fragmented => nothing_plays(),
        Unfit::Refused(problem) => Failure::from_problem(&problem),
    }
}
