//! The end of an upload: its bytes become a file, and that becomes an asset, which plays at once where it can.

use super::assemble::{Whole, assemble};
use crate::app::App;
use crate::asset::{NewAsset, create_asset};
use crate::error::{Error, causes};
use crate::fresh;
use crate::idempotency::Once;
use crate::upload::inspect::{inspect, lasting};
use crate::work::sweep_objects;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::AssetSource;
use kinora_domain::block::left_behind;
use kinora_domain::file::{Content, Failure, File, FileState};
use kinora_domain::intake::{Intake, IntakeState, Stretch};
use kinora_domain::{AssetId, FileId, Kind, Problem};

/// Completes the upload of a video: what was written becomes an asset of its id. Bytes that cannot be used fail the video, and are
/// gone; its stage tells why. Interrupted in between, it is asked for again.
///
/// # Errors
/// There is none for this caller; `Conflict`: it was completed before, or nothing was written; `UnderWay`: somebody completes
/// it now.
pub async fn complete_video(app: &App, caller: &Caller, id: AssetId) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let intake = {
        let mut tx = app.store.read().await?;
        let asset = tx.asset(caller.organization, id).await?;
        let intake = tx.intake(caller.organization, id).await?;
        match (asset, intake) {
            (None, Some(intake)) => intake,
            (Some(_), _) => return Err(completed().into()),
            (None, None) => return Err(Problem::not_found("video").into()),
        }
    };
    let _turn = app.turns.take(id).ok_or_else(|| {
        Problem::new(Kind::UnderWay, "completion_in_progress", "The upload of this video is being completed.")
    })?;
    let file = match &intake.state {
        IntakeState::Received { file } => Some(*file),
        IntakeState::Failed(_) => return Err(completed().into()),
        IntakeState::Open { .. } => receive(app, caller, id).await?,
    };
    let Some(file) = file else { return Ok(()) };
    let new = NewAsset {
        id: Some(id),
        sources: vec![AssetSource { file, kinds: Vec::new(), tracks: Vec::new() }],
        preset: intake.preset,
        title: Some(intake.name),
        metadata: None,
    };
    create_asset(app, caller, new, Once::unrepeated()).await?;
    Ok(())
}

fn completed() -> Problem {
    Problem::new(Kind::Conflict, "upload_completed", "The upload of this video is complete already.")
}

/// The bytes become a file, whose id is given; nothing where they cannot be used.
async fn receive(app: &App, caller: &Caller, id: AssetId) -> Result<Option<FileId>, Error> {
    let (intake, stretches) = {
        // Read under the turn: nobody writes from here on.
        let mut tx = app.store.read().await?;
        let intake = tx.intake(caller.organization, id).await?.ok_or_else(|| Problem::not_found("video"))?;
        (intake, tx.stretches(id).await?)
    };
    if intake.state.content()?.is_none() {
        let message = "Nothing was uploaded: send the bytes, and the list of blocks where they come in blocks.";
        return Err(Problem::new(Kind::Conflict, "nothing_uploaded", message).into());
    }
    let whole = assemble(app, &intake, &stretches).await?;
    let result = async {
        let inspected = async { inspect(app, &intake.name, app.blobs.open(whole.object()).await?).await };
        match inspected.await {
            Ok(content) => keep(app, intake, whole, content).await.map(Some),
            Err(error) => match lasting(&error) {
                Some(failure) => fail(app, caller, intake, failure).await.map(|()| None),
                None => Err(error),
            },
        }
    };
    let result = result.await;
    if let (Whole::Made(object), Err(_) | Ok(None)) = (whole, &result)
        && let Err(error) = app.blobs.delete(object).await
    {
        tracing::warn!(error = %causes(&error), "removing what was put together of an upload");
    }
    sweep_objects(app).await?;
    result
}

/// The same upload as before, or nobody's turn.
fn check_same(now: &Intake, before: &Intake) -> Result<(), Problem> {
    if now.state == before.state {
        return Ok(());
    }
    let message = "The upload of this video was changed while it was completed.";
    Err(Problem::new(Kind::Conflict, "upload_changed", message))
}

async fn keep(app: &App, before: Intake, whole: Whole, content: Content) -> Result<FileId, Error> {
    let object = whole.object();
    let mut tx = app.store.begin().await?;
    let mut intake = tx.intake_of_anyone(before.id).await?.ok_or_else(|| Problem::not_found("video"))?;
    check_same(&intake, &before)?;
    let size = before.state.content()?.map_or(0, |content| content.size);
    let (stretches, waiting) = (tx.stretches(intake.id).await?, tx.waiting_blocks(intake.id).await?);
    // Bytes that stay where they were written keep their reference.
    let kept = [Stretch { name: None, object, size }];
    for left in left_behind(&kept, &stretches, &waiting) {
        tx.release_object(left).await?;
    }
    tx.put_stretches(intake.id, &[]).await?;
    if let Whole::Made(object) = whole {
        tx.insert_object(object, size).await?;
    }
    let now = app.clock.now();
    let file = File {
        id: FileId::new(fresh::uuid(app)),
        organization: intake.organization,
        project: intake.project,
        name: intake.name.clone(),
        original_name: intake.name.clone(),
        friendly_name: intake.name.clone(),
        metadata: None,
        size,
        object,
        state: FileState::Completed(content),
        created: intake.created,
        modified: now,
    };
    tx.insert_file(&file).await?;
    intake.state = IntakeState::Received { file: file.id };
    intake.modified = now;
    tx.update_intake(&intake).await?;
    tx.commit().await?;
    Ok(file.id)
}

async fn fail(app: &App, caller: &Caller, before: Intake, failure: Failure) -> Result<(), Error> {
    // For who looks for attacks: our words only, none of the file's.
    tracing::warn!(
        event = "upload_refused",
        organization = %caller.organization,
        video = %before.id,
        reason = %failure.reason,
        "an upload is not what it has to be"
    );
    let mut tx = app.store.begin().await?;
    let mut intake = tx.intake_of_anyone(before.id).await?.ok_or_else(|| Problem::not_found("video"))?;
    check_same(&intake, &before)?;
    let (stretches, waiting) = (tx.stretches(intake.id).await?, tx.waiting_blocks(intake.id).await?);
    for left in left_behind(&[], &stretches, &waiting) {
        tx.release_object(left).await?;
    }
    tx.put_stretches(intake.id, &[]).await?;
    intake.state = IntakeState::Failed(failure);
    intake.modified = app.clock.now();
    tx.update_intake(&intake).await?;
    Ok(tx.commit().await?)
}
