//! The tracks of a file.

use crate::app::App;
use crate::error::Error;
use crate::file::unless_gone;
use crate::work::probe_file;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::Probe;
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
    match &file.state.content()?.probe {
        Probe::Done { tracks } => Ok(tracks.clone()),
        Probe::Failed(failure) => {
            Err(Problem::new(Kind::UnreadableMedia, "unreadable_media", failure.message.clone()).into())
        }
        Probe::Pending => match probe_file(app, id).await {
            Ok(tracks) => Ok(tracks),
            Err(error) => Err(unless_gone(app, caller.organization, id, error).await),
        },
    }
}
