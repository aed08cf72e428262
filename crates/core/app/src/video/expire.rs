//! Videos whose bytes never came.

use super::delete::remove;
use crate::app::App;
use crate::error::Error;
use kinora_domain::Timestamp;

/// Forgets announced videos without news since `moment`, at most `limit`; their bytes are still to be swept. Gives how many.
///
/// # Errors
/// The store refuses.
pub(crate) async fn expire_videos(app: &App, moment: Timestamp, limit: u64) -> Result<usize, Error> {
    let mut tx = app.store.begin().await?;
    let stale = tx.stale_intakes(moment, limit).await?;
    for intake in &stale {
        remove(&mut *tx, intake).await?;
    }
    tx.commit().await?;
    Ok(stale.len())
}
