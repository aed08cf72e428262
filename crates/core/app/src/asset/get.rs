//! One asset.

use crate::app::App;
use crate::error::Error;
use crate::process::{OutputView, outputs_of};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::Asset;
use kinora_domain::file::File;
use kinora_domain::{AssetId, Problem};

/// An asset with the files that it was made of, where they still exist.
#[derive(Debug, Clone)]
pub struct AssetView {
    /// The asset.
    pub asset: Asset,
    /// One for each source, in their order.
    pub files: Vec<Option<File>>,
    /// What it is made into, and how far that is; oldest first.
    pub outputs: Vec<OutputView>,
}

/// The asset of that id.
///
/// # Errors
/// There is none for this caller.
pub async fn get_asset(app: &App, caller: &Caller, id: AssetId) -> Result<AssetView, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    let asset = tx.asset(caller.organization, id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let mut files = Vec::with_capacity(asset.sources.len());
    for source in &asset.sources {
        files.push(tx.file(caller.organization, source.file).await?);
    }
    drop(tx);
    let outputs = outputs_of(app, caller, id).await?;
    Ok(AssetView { asset, files, outputs })
}
