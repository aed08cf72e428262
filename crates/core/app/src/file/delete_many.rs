//! The end of many files.

use super::delete::remove;
use crate::app::App;
use crate::error::Error;
use crate::work::sweep_objects;
use kinora_domain::FileId;
use kinora_domain::access::{Caller, Permission};
use std::collections::HashSet;

/// Files deleted by one call at most.
pub const MOST_DELETED: usize = 1_000;

/// Deletes files, each in a transaction of its own, and says of each id what became of it. An id that is
/// there twice is deleted once.
///
/// # Errors
/// The role does not allow it.
pub async fn delete_files(
    app: &App,
    caller: &Caller,
    ids: &[FileId],
) -> Result<Vec<(FileId, Result<(), Error>)>, Error> {
    caller.require(Permission::WriteMedia)?;
    let mut seen = HashSet::new();
    let mut results = Vec::with_capacity(ids.len());
    for id in ids.iter().copied().filter(|id| seen.insert(*id)) {
        results.push((id, remove(app, caller, id).await.map(|_file| ())));
    }
    // They are gone already: what could not be swept now is swept another time.
    if let Err(error) = sweep_objects(app).await {
        tracing::warn!(error = %crate::causes(&error), "sweeping the bytes of deleted files");
    }
    Ok(results)
}
