//! The tracks of a file.

use crate::app::App;
use crate::error::Error;
use crate::work::probe_file;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::{Content, FileState, Probe};
use kinora_domain::track::FoundTrack;
use kinora_domain::{FileId, Kind, Problem};

/// The tracks of a completed file. Where the job that looks into it has not come to it, this looks.
///
/// # Errors
/// No such file; `Conflict` while it is uploading or when its upload failed; `UnreadableMedia` when
/// it cannot be read.
pub async fn detect_tracks(app: &App, caller: &Caller, id: FileId) -> Result<Vec<FoundTrack>, Error> {
    caller.require(Permission::ReadMedia)?;
    let file = app.store.read().await?.file(caller.organization, id).await?;
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    match file.state {
        FileState::Uploading => {
            Err(Problem::new(Kind::Conflict, "upload_incomplete", "The upload of this file is not complete.").into())
        }
        FileState::Failed(failure) => Err(Problem::new(Kind::Conflict, "file_failed", failure.message).into()),
        FileState::Completed(Content { probe: Probe::Done { tracks }, .. }) => Ok(tracks),
        FileState::Completed(Content { probe: Probe::Failed(failure), .. }) => {
            Err(Problem::new(Kind::UnreadableMedia, "unreadable_media", failure.message).into())
        }
        FileState::Completed(Content { probe: Probe::Pending, .. }) => probe_file(app, id).await,
    }
}
