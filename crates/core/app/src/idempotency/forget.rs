//! Answers whose day is over.

use super::once::KEPT_MS;
use crate::app::App;
use crate::error::Error;

/// Forgets answers that are older than a day. Gives how many.
///
/// # Errors
/// The store refuses.
pub async fn forget_answers(app: &App) -> Result<u64, Error> {
    let mut tx = app.store.begin().await?;
    let forgotten = tx.delete_answers(app.clock.now().plus_millis(-KEPT_MS)).await?;
    tx.commit().await?;
    Ok(forgotten)
}
