//! One file.

use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::File;
use kinora_domain::{AssetId, FileId, Problem};

/// A file and the assets made of it.
#[derive(Debug, Clone)]
pub struct FileView {
    /// The file.
    pub file: File,
    /// Assets made of it, oldest first.
    pub assets: Vec<AssetId>,
}

/// The file of that id.
///
/// # Errors
/// There is none for this caller.
pub async fn get_file(app: &App, caller: &Caller, id: FileId) -> Result<FileView, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    let file = tx.file(caller.organization, id).await?.ok_or_else(|| Problem::not_found("file"))?;
    let assets = tx.assets_of_file(id).await?;
    Ok(FileView { file, assets })
}
