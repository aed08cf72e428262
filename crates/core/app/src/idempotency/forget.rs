//! Answers whose day is over.

use super::once::KEPT_MS;
use crate::app::App;
use crate::error::Error;

/// Answers removed in one transaction: nobody waits long for it.
const BATCH: u64 = 1_000;

/// Forgets answers that are older than a day. Gives how many.
///
/// # Errors
/// The store refuses.
pub async fn forget_answers(app: &App) -> Result<u64, Error> {
    let over = app.clock.now().plus_millis(-KEPT_MS);
    let mut forgotten = 0_u64;
    loop {
        let mut tx = app.store.begin().await?;
        let count = tx.delete_answers(over, BATCH).await?;
        tx.commit().await?;
        forgotten = forgotten.saturating_add(count);
        if count < BATCH {
            return Ok(forgotten);
        }
    }
}
