//! The end of a key in an organization.

use super::{check_not_last_admin, load, standing};
use crate::app::App;
use crate::error::Error;
use kinora_domain::KeyId;
use kinora_domain::access::{Caller, Permission, Role};

/// Takes a key of the caller's organization away: it opens nothing there from its next request on.
///
/// # Errors
/// `Forbidden`: the caller may not manage keys, or the key is more than its own; `NotFound`; `Conflict`: it is the
/// last admin key.
pub async fn remove_key(app: &App, caller: &Caller, id: KeyId) -> Result<(), Error> {
    caller.require(Permission::ManageKeys)?;
    let mut tx = app.store.begin().await?;
    let caller = standing(&mut *tx, caller).await?;
    let (mut key, role) = load(&mut *tx, &caller, id).await?;
    if role == Role::Admin {
        check_not_last_admin(&mut *tx, &caller, id).await?;
    }
    key.withdraw(caller.organization, app.clock.now());
    tx.update_key(&key).await?;
    tx.commit().await?;
    Ok(())
}
