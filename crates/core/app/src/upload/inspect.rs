//! What is in the bytes that arrived: the type is sniffed here, whatever the client called them.

use crate::app::App;
use crate::error::Error;
use crate::file::captions;
use crate::file::container::container;
use crate::file::indexing;
use crate::file::movie::{self, Unfit};
use crate::file::types;
use crate::port::Object;
use kinora_domain::file::{Content, Failure, Probe};
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::{Kind, Problem};
use kinora_media::captions::Format;
use kinora_media::sniff::Container;
use std::sync::Arc;

/// What the bytes are: media of ours (tracks at once), media that a job must look into, or captions.
///
/// # Errors
/// `UnsupportedMedia` for what is no media, `UnreadableMedia` for what claims a type it does not keep.
pub(crate) async fn inspect(app: &App, name: &str, object: Arc<dyn Object>) -> Result<Content, Error> {
    let container = container(&*object).await?;
    if types::is_captions_name(name) && may_be_captions(container) {
        return read_captions(&*object).await;
    }
    if types::of(container).is_none() && !matches!(container, Container::Zeroes | Container::Empty) {
        return Err(unsupported(container).into());
    }
    let probe = match container {
        Container::IsoBmff { .. } | Container::QuickTime => read_movie(app, &object, container).await?,
        Container::Matroska | Container::Flv => read_head(app, &object, container).await?,
        Container::MpegTs
        | Container::MpegPs
        | Container::Avi
        | Container::Mxf
        | Container::Ogg
        | Container::Wav
        | Container::Mp3
        | Container::Flac
        | Container::Adts => Probe::Pending,
        Container::Zeroes | Container::Empty => {
            let message = "The file holds zeros only: the program that made it never wrote its content.";
            return Err(Problem::new(Kind::UnreadableMedia, "empty_media", message).into());
        }
        _ => return Err(unsupported(container).into()),
    };
    Ok(Content { container: container.id().to_owned(), probe })
}

fn unsupported(container: Container) -> Problem {
    let message = format!(
        "This is not a video or audio file that is taken here, whatever its name says: it is {}.",
        container.id()
    );
    Problem::new(Kind::UnsupportedMedia, "unsupported_container", message)
}

async fn read_movie(app: &App, object: &Arc<dyn Object>, container: Container) -> Result<Probe, Error> {
    let limits = app.limits;
    let read = match movie::read_index(object).await? {
        Ok(index) => movie::apart(move || index.parse(&limits).map(|movie| movie::found_tracks(&movie))).await?,
        Err(unfit) => Err(unfit),
    };
    match read {
        Ok(tracks) => Ok(Probe::Done { tracks }),
        // Sound as a file; only its samples are not listed.
        Err(Unfit::Fragmented) => read_head(app, object, container).await,
        Err(Unfit::Refused(problem)) => Err(problem.into()),
    }
}

/// The beginning of a file that is indexed: where it does not tell all, a job looks into it.
async fn read_head(app: &App, object: &Arc<dyn Object>, container: Container) -> Result<Probe, Error> {
    let tracks = indexing::head(object, container).await?;
    let found = tracks.and_then(|tracks| indexing::found_tracks(&tracks, &app.limits));
    Ok(found.map_or(Probe::Pending, |tracks| Probe::Done { tracks }))
}

/// Whether bytes that look like that may be captions: text, in whichever encoding, that names nothing else to be read.
fn may_be_captions(container: Container) -> bool {
    matches!(container, Container::Srt | Container::WebVtt | Container::Text | Container::Unknown)
}

async fn read_captions(object: &dyn Object) -> Result<Content, Error> {
    let (format, _) = captions::read(object).await?;
    let id = match format {
        Format::Srt => "srt",
        Format::WebVtt => "webvtt",
        Format::Ttml => "ttml",
    };
    let track = FoundTrack::behind([], TrackKind::Captions, id, (None, None));
    Ok(Content { container: id.to_owned(), probe: Probe::Done { tracks: vec![track] } })
}

/// The failure that a file keeps when its bytes cannot be used; `None` when the problem lies with us
/// and the same bytes may pass another time.
pub(crate) fn lasting(error: &Error) -> Option<Failure> {
    match error.kind() {
        Kind::UnsupportedMedia | Kind::UnreadableMedia | Kind::TooLarge => Some(Failure::from_problem(error.problem())),
        Kind::NotFound
        | Kind::AlreadyExists
        | Kind::Invalid
        | Kind::Conflict
        | Kind::Outdated
        | Kind::UnderWay
        | Kind::KeyReused
        | Kind::Unauthenticated
        | Kind::Forbidden
        | Kind::Gone
        | Kind::Limited
        | Kind::StorageFull
        | Kind::Unavailable
        | Kind::TimedOut
        | Kind::Internal => None,
    }
}
