//! An upload that is given up.

use crate::app::App;
use crate::error::Error;
use crate::work::sweep_objects;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::Failure;
use kinora_domain::{FileId, Problem};

/// What becomes of the file of a cancelled upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// It stays, failed.
    Keep,
    /// It goes, with its bytes.
    Delete,
}

/// Gives up an upload that is going on.
///
/// # Errors
/// No such file; `Conflict` when the upload is over.
pub async fn cancel_upload(app: &App, caller: &Caller, id: FileId, afterwards: Afterwards) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let mut file = tx.file(caller.organization, id).await?.ok_or_else(|| Problem::not_found("file"))?;
    let failure = Failure { reason: "cancelled".to_owned(), message: "The upload was cancelled.".to_owned() };
    file.state = file.state.fail(failure)?;
    file.modified = app.clock.now();
    match afterwards {
        Afterwards::Keep => tx.update_file(&file).await?,
        Afterwards::Delete => {
            tx.delete_file(id).await?;
            tx.release_object(file.object).await?;
        }
    }
    tx.commit().await?;
    sweep_objects(app).await
}
