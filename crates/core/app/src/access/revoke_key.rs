//! The end of a key.

use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{ApiKey, KeyState};
use kinora_domain::{KeyId, Problem};

/// Revokes a key at once; doing it again changes nothing. For the operator at the machine itself:
/// asks no permission.
///
/// # Errors
/// There is no such key.
pub async fn revoke_key(app: &App, id: KeyId) -> Result<ApiKey, Error> {
    let mut tx = app.store.begin().await?;
    let mut key = tx.key(id).await?.ok_or_else(|| Problem::not_found("API key"))?;
    if key.state == KeyState::Active {
        key.state = KeyState::Revoked { at: app.clock.now() };
        tx.update_key(&key).await?;
        tx.commit().await?;
    }
    Ok(key)
}
