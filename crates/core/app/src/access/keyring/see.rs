//! One key.

use super::{OrganizationKey, no_such_key};
use crate::app::App;
use crate::error::Error;
use kinora_domain::KeyId;
use kinora_domain::access::{Caller, Permission};

/// A key of the caller's organization. Every key may see itself; others only who may manage keys.
///
/// # Errors
/// `Forbidden`; `NotFound`: there is none, or it is revoked.
pub async fn see_key(app: &App, caller: &Caller, id: KeyId) -> Result<OrganizationKey, Error> {
    if id != caller.key {
        caller.require(Permission::ManageKeys)?;
    }
    let key = app.store.read().await?.key(id).await?;
    let seen = key.and_then(|key| OrganizationKey::seen(&key, caller));
    seen.ok_or_else(|| no_such_key().into())
}
