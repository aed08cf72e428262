//! A new key.

use super::standing;
use crate::access::NewKey;
use crate::access::create_key::fresh_key;
use crate::app::App;
use crate::error::Error;
use crate::idempotency::Once;
use kinora_domain::access::{Caller, Permission, Role, key_name};

/// Makes a key for the caller's organization.
///
/// # Errors
/// The name is empty or longer than 200 characters; `Forbidden`: the caller may not manage keys, or the role is
/// more than its own.
pub async fn add_key(
    app: &App,
    caller: &Caller,
    (name, role): (&str, Role),
    once: Once<'_, NewKey>,
) -> Result<NewKey, Error> {
    caller.require(Permission::ManageKeys)?;
    let name = key_name(name)?;
    let mut tx = app.store.begin().await?;
    standing(&mut *tx, caller).await?.require_cover(role)?;
    let made = fresh_key(app, caller.organization, name, role)?;
    tx.insert_key(&made.key).await?;
    once.keep(&mut *tx, &made).await?;
    tx.commit().await?;
    Ok(made)
}
