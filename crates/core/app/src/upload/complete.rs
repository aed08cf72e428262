//! The end of an upload: every part accounted for, and a first look inside.

use super::inspect::{inspect, lasting};
use crate::app::App;
use crate::error::Error;
use crate::file::unless_gone;
use crate::fresh;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::{Content, Failure, File, FileState, Probe};
use kinora_domain::job::{NewJob, Work};
use kinora_domain::upload::{ClaimedPart, PartLayout, verify};
use kinora_domain::{FileId, JobId, Problem};

/// Completes an upload: checks count, sizes and ETags of its parts, and that the bytes are media.
/// Asking again after the answer was lost gives the same answer.
///
/// # Errors
/// `Invalid` names the wrong part and leaves the upload open; `UnsupportedMedia` and
/// `UnreadableMedia` end it in the failed state with the same sentence.
pub async fn complete_upload(app: &App, caller: &Caller, id: FileId, claimed: &[ClaimedPart]) -> Result<File, Error> {
    caller.require(Permission::WriteMedia)?;
    let (file, stored) = {
        let mut tx = app.store.read().await?;
        let file = tx.file(caller.organization, id).await?.ok_or_else(|| Problem::not_found("file"))?;
        (file, tx.parts(id).await?)
    };
    if !matches!(file.state, FileState::Completed(_)) {
        file.state.while_uploading()?;
    }
    verify(PartLayout::stored(file.size), &stored, claimed)?;
    if matches!(file.state, FileState::Completed(_)) {
        return Ok(file);
    }
    let inspected = async { inspect(app, &file.name, app.blobs.open(file.object).await?).await };
    match inspected.await {
        Ok(content) => settle(app, caller, id, claimed, Ok(content)).await,
        Err(error) => {
            if let Some(failure) = lasting(&error) {
                // For who looks for attacks: our words only, none of the file's.
                tracing::warn!(
                    event = "upload_refused",
                    organization = %caller.organization,
                    file = %id,
                    reason = %failure.reason,
                    "an upload is not what it has to be"
                );
                settle(app, caller, id, claimed, Err(failure)).await?;
            }
            Err(unless_gone(app, caller.organization, id, error).await)
        }
    }
}

/// Stores the outcome, provided that the parts are still the ones that were looked at.
async fn settle(
    app: &App,
    caller: &Caller,
    id: FileId,
    claimed: &[ClaimedPart],
    outcome: Result<Content, Failure>,
) -> Result<File, Error> {
    let mut tx = app.store.begin().await?;
    let mut file = tx.file(caller.organization, id).await?.ok_or_else(|| Problem::not_found("file"))?;
    verify(PartLayout::stored(file.size), &tx.parts(id).await?, claimed)?;
    // Somebody who asked at the same time was quicker, about the same parts.
    if matches!(file.state, FileState::Completed(_)) {
        return Ok(file);
    }
    let look_inside = matches!(&outcome, Ok(Content { probe: Probe::Pending, .. }));
    file.state = match outcome {
        Ok(content) => file.state.complete(content)?,
        Err(failure) => file.state.fail(failure)?,
    };
    file.modified = app.clock.now();
    tx.update_file(&file).await?;
    if look_inside {
        tx.enqueue(&NewJob::new(JobId::new(fresh::uuid(app)), file.organization, Work::ProbeFile(id))).await?;
    }
    tx.commit().await?;
    app.work_waiting.notify_one();
    Ok(file)
}
