//! The end of a video.

use crate::app::App;
use crate::asset::delete_asset;
use crate::error::Error;
use crate::file::delete_file;
use crate::port::Tx;
use crate::work::sweep_objects;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::block::left_behind;
use kinora_domain::intake::{Intake, IntakeState};
use kinora_domain::{AssetId, Kind, Problem};

/// Deletes a video with all of it: its asset, and the file that its upload became, or what was written so far. A file that came another
/// way stays.
///
/// # Errors
/// There is none for this caller.
pub async fn delete_video(app: &App, caller: &Caller, id: AssetId) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let intake = tx.intake(caller.organization, id).await?;
    let asset = tx.asset(caller.organization, id).await?;
    if intake.is_none() && asset.is_none() {
        return Err(Problem::not_found("video").into());
    }
    if let (Some(intake), None) = (&intake, &asset) {
        remove(&mut *tx, intake).await?;
        tx.commit().await?;
    } else {
        drop(tx);
        delete_asset(app, caller, id).await?;
    }
    if let Some(IntakeState::Received { file }) = intake.map(|intake| intake.state) {
        match delete_file(app, caller, file).await {
            // Somebody was quicker.
            Err(error) if error.kind() == Kind::NotFound => {}
            deleted => deleted.map(|_file| ())?,
        }
    }
    sweep_objects(app).await
}

/// Forgets an intake with what was written; bytes to which nothing else refers are still to be swept.
pub(super) async fn remove(tx: &mut dyn Tx, intake: &Intake) -> Result<(), Error> {
    let (stretches, waiting) = (tx.stretches(intake.id).await?, tx.waiting_blocks(intake.id).await?);
    for left in left_behind(&[], &stretches, &waiting) {
        tx.release_object(left).await?;
    }
    Ok(tx.delete_intake(intake.id).await?)
}
