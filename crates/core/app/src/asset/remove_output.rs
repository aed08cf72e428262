//! The end of an output.

use crate::app::App;
use crate::error::Error;
use crate::port::Tx;
use crate::process::remove::remove_output;
use crate::process::settle::state_of;
use crate::work::sweep_objects;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::{Asset, AssetState};
use kinora_domain::{AssetId, Problem};

/// Deletes an output by its name, or by its id where it has none: its work ends, its media go. The files that it was
/// made of stay, and so do other outputs.
///
/// # Errors
/// There is no such asset for this caller, or no such output in it.
pub async fn delete_output(app: &App, caller: &Caller, id: AssetId, name: &str) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let asset = tx.asset(caller.organization, id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let outputs = tx.outputs(id).await?;
    let output = outputs.iter().find(|output| output.called() == name).ok_or_else(|| Problem::not_found("output"))?;
    remove_output(&mut *tx, output).await?;
    settle_without(app, &mut *tx, asset).await?;
    tx.commit().await?;
    app.playables.forget(id);
    sweep_objects(app).await
}

/// Brings an asset to the state of the oldest output that is left; without any it waits for one.
pub(crate) async fn settle_without(app: &App, tx: &mut dyn Tx, mut asset: Asset) -> Result<(), Error> {
    asset.state = match tx.outputs(asset.id).await?.first() {
        Some(main) => state_of(app, tx, main).await?,
        None => AssetState::Pending,
    };
    asset.modified = app.clock.now();
    Ok(tx.update_asset(&asset).await?)
}
