//! The end of a file.

use crate::app::App;
use crate::error::Error;
use crate::work::sweep_objects;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::File;
use kinora_domain::job::Work;
use kinora_domain::{FileId, Problem};

/// Deletes a file; an upload that is going on ends with it. Assets that were made of it go on: what they play or
/// are being made of stays as long as they need it. Gives the file that was.
///
/// # Errors
/// There is no such file for this caller.
pub async fn delete_file(app: &App, caller: &Caller, id: FileId) -> Result<File, Error> {
    caller.require(Permission::WriteMedia)?;
    let file = remove(app, caller, id).await?;
    sweep_objects(app).await?;
    Ok(file)
}

/// Forgets a file; bytes to which nothing else refers are still to be swept.
pub(super) async fn remove(app: &App, caller: &Caller, id: FileId) -> Result<File, Error> {
    let mut tx = app.store.begin().await?;
    let file = tx.file(caller.organization, id).await?.ok_or_else(|| Problem::not_found("file"))?;
    tx.cancel_work(Work::ProbeFile(id)).await?;
    tx.delete_file(id).await?;
    tx.release_object(file.object).await?;
    tx.commit().await?;
    Ok(file)
}
