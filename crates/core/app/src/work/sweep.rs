//! Bytes that nobody refers to any more.

use crate::app::App;
use crate::error::Error;
use std::collections::HashSet;

/// Objects removed in one go.
const BATCH: u64 = 256;

/// Removes objects without a reference: first their bytes, then their rows, so that a crash between
/// leaves a row by which the next sweep finds them.
///
/// # Errors
/// Storage; what is left is swept another time.
pub(crate) async fn sweep_objects(app: &App) -> Result<(), Error> {
    let unreferenced = app.store.read().await?.unreferenced_objects(BATCH).await?;
    if unreferenced.is_empty() {
        return Ok(());
    }
    for id in &unreferenced {
        app.blobs.delete(*id).await?;
    }
    let mut tx = app.store.begin().await?;
    for id in unreferenced {
        tx.delete_object(id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes stored bytes that have no row: what a crash left between making an object and committing
/// it. Only at start, before anything else writes. Gives how many there were.
///
/// # Errors
/// Storage.
pub async fn sweep_orphans(app: &App) -> Result<usize, Error> {
    sweep_objects(app).await?;
    let known: HashSet<_> = app.store.read().await?.object_ids().await?.into_iter().collect();
    let orphans: Vec<_> = app.blobs.list().await?.into_iter().filter(|id| !known.contains(id)).collect();
    for id in &orphans {
        app.blobs.delete(*id).await?;
    }
    Ok(orphans.len())
}
