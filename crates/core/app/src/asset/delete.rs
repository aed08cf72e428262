//! The end of an asset.

use crate::app::App;
use crate::error::Error;
use crate::process::remove::remove;
use crate::work::sweep_objects;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::AssetState;
use kinora_domain::labels::Labels;
use kinora_domain::{AssetId, Problem};

/// Deletes an asset: a tombstone stays, its tracks go, and with them what only they referred to. The
/// files that it was made of stay.
///
/// # Errors
/// There is no such asset for this caller.
pub async fn delete_asset(app: &App, caller: &Caller, id: AssetId) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    bury(app, caller, id).await?;
    sweep_objects(app).await
}

/// Makes an asset a tombstone; what only it referred to is still to be swept.
pub(super) async fn bury(app: &App, caller: &Caller, id: AssetId) -> Result<(), Error> {
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let mut asset = tx.asset(caller.organization, id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    remove(&mut *tx, id).await?;
    tx.put_asset_labels(&asset, &Labels::default()).await?;
    asset.state = AssetState::Deleted { at: now };
    asset.modified = now;
    tx.update_asset(&asset).await?;
    tx.delete_intake(id).await?;
    tx.commit().await?;
    app.playables.forget(id);
    Ok(())
}
