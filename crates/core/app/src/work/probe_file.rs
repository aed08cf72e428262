//! A look into files of types that we do not read ourselves.

use super::ending::Finished;
use crate::app::App;
use crate::error::Error;
use crate::file::examined::{self, LookError, Looked};
use crate::file::indexing;
use crate::file::movie::sentence;
use crate::port::{ProbeError, Tx};
use kinora_domain::file::{Content, Failure, File, FileState, Probe};
use kinora_domain::job::LeasedJob;
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::{FileId, Kind, Problem};

/// The job.
pub(super) async fn run(app: &App, job: &LeasedJob, id: FileId) -> Result<Finished, Error> {
    let file = app.store.read().await?.file_of_anyone(id).await?.filter(is_waiting);
    let probe = match &file {
        Some(file) => Some(look(app, file).await?),
        None => None,
    };
    let mut tx = app.store.begin().await?;
    if let Some(probe) = probe {
        keep(app, &mut *tx, id, probe).await?;
    }
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    tx.commit().await?;
    Ok(Finished::Done)
}

/// The reason of files that could not be looked into through no fault of theirs.
const GIVEN_UP: &str = "probe_failed";

/// Nobody looks again, unless the job is replayed: the file says so, rather than that it is still looked
/// into.
pub(super) async fn give_up(app: &App, tx: &mut dyn Tx, id: FileId) -> Result<(), Error> {
    let message = "This server could not look into the file.".to_owned();
    keep(app, tx, id, Probe::Failed(Failure { reason: GIVEN_UP.to_owned(), message })).await
}

/// The same look for somebody who waits for it.
///
/// # Errors
/// `UnreadableMedia`; the prober cannot be run.
pub(crate) async fn probe_file(app: &App, id: FileId) -> Result<Vec<FoundTrack>, Error> {
    let file = app.store.read().await?.file_of_anyone(id).await?.ok_or_else(|| Problem::not_found("file"))?;
    if !is_waiting(&file) {
        return Ok(file.tracks().to_vec());
    }
    let probe = look(app, &file).await?;
    let mut tx = app.store.begin().await?;
    keep(app, &mut *tx, id, probe.clone()).await?;
    tx.commit().await?;
    match probe {
        Probe::Done { tracks } => Ok(tracks),
        Probe::Failed(failure) => Err(Problem::new(Kind::UnreadableMedia, "unreadable_media", failure.message).into()),
        Probe::Pending => Ok(Vec::new()),
    }
}

/// Whether nobody has looked into the file to the end.
fn is_waiting(file: &File) -> bool {
    matches!(&file.state, FileState::Completed(Content { probe, .. }) if is_open(probe))
}

/// Whether a look may still tell more.
fn is_open(probe: &Probe) -> bool {
    match probe {
        Probe::Pending => true,
        Probe::Failed(failure) => failure.reason == GIVEN_UP,
        Probe::Done { .. } => false,
    }
}

async fn look(app: &App, file: &File) -> Result<Probe, Error> {
    match examined::look(app, file.object).await {
        Ok(looked) => {
            let mut tracks: Vec<_> = looked.examination.tracks.iter().map(|track| track.found.clone()).collect();
            if let Some(captions) = captions(&looked).await? {
                tracks.retain(|track| track.kind != TrackKind::Captions);
                tracks.extend(captions);
            }
            Ok(Probe::Done { tracks })
        }
        Err(LookError::Probe(error)) if !matches!(error, ProbeError::Run(_) | ProbeError::Limit("memory")) => {
            let message = sentence(&error.to_string());
            Ok(Probe::Failed(Failure { reason: "unreadable_media".to_owned(), message }))
        }
        Err(error) => Err(error.into()),
    }
}

/// The captions of fragmented films, of which the program does not know all formats.
async fn captions(looked: &Looked) -> Result<Option<Vec<FoundTrack>>, Error> {
    if !looked.container.is_mp4() {
        return Ok(None);
    }
    let tracks = indexing::head(&looked.object, looked.container).await?;
    Ok(tracks.map(|tracks| indexing::found_captions(&tracks)))
}

async fn keep(app: &App, tx: &mut dyn Tx, id: FileId, probe: Probe) -> Result<(), Error> {
    let Some(mut file) = tx.file_of_anyone(id).await? else { return Ok(()) };
    if let FileState::Completed(content) = &mut file.state
        && is_open(&content.probe)
    {
        content.probe = probe;
        file.modified = app.clock.now();
        tx.update_file(&file).await?;
    }
    Ok(())
}
