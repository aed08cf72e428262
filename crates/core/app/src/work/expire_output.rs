//! The end of outputs whose time is over.

use super::ending::Finished;
use crate::app::App;
use crate::asset::settle_without;
use crate::error::Error;
use crate::process::remove::remove_output;
use crate::work::sweep_objects;
use kinora_domain::OutputId;
use kinora_domain::job::LeasedJob;

/// The job: it removes the output, which may be gone already.
pub(super) async fn run(app: &App, job: &LeasedJob, id: OutputId) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    // First: with the output goes its timer, and that is this one.
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    let Some(output) = tx.output(id).await? else {
        tx.commit().await?;
        return Ok(Finished::Done);
    };
    remove_output(&mut *tx, &output).await?;
    if let Some(asset) = tx.asset_of_anyone(output.asset).await? {
        settle_without(app, &mut *tx, asset).await?;
    }
    tx.commit().await?;
    app.playables.forget(output.asset);
    sweep_objects(app).await?;
    Ok(Finished::Done)
}
