//! Uploads that nobody goes on with.

use crate::app::App;
use crate::error::Error;
use crate::video::expire_videos;
use crate::work::sweep_objects;

/// An upload without a new part for this long is over, in milliseconds: a week.
const ABANDONED_AFTER_MS: i64 = 7 * 24 * 3_600_000;
/// Uploads removed in one transaction.
const BATCH: u64 = 100;

/// Removes uploads without news for a week and frees their space: files in parts, and announced videos. Gives how many.
///
/// # Errors
/// The store refuses.
pub async fn expire_uploads(app: &App) -> Result<usize, Error> {
    let moment = app.clock.now().plus_millis(-ABANDONED_AFTER_MS);
    let mut tx = app.store.begin().await?;
    let stale = tx.stale_uploads(moment, BATCH).await?;
    let count = stale.len();
    for file in stale {
        tx.delete_file(file.id).await?;
        tx.release_object(file.object).await?;
    }
    tx.commit().await?;
    let videos = expire_videos(app, moment, BATCH).await?;
    sweep_objects(app).await?;
    Ok(count + videos)
}
