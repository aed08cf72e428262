//! New API keys.

use super::{organization, secret};
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::idempotency::Made;
use kinora_domain::access::{ApiKey, Grant, KEY_PREFIX_LENGTH, KeyState, Permission, Role, key_name, key_prefix};
use kinora_domain::{KeyId, OrganizationId, Problem};

/// A key that was just made. The secret is nowhere else.
#[derive(Debug)]
pub struct NewKey {
    /// Its record.
    pub key: ApiKey,
    /// What opens the door; shown once.
    pub secret: String,
}

impl Made for NewKey {
    const NEEDS: Permission = Permission::ManageKeys;
}

/// Makes a key for an organization. For the operator at the machine itself: asks no permission.
///
/// # Errors
/// The name is empty or longer than 200 characters; the organization does not exist.
pub async fn create_key(app: &App, organization: OrganizationId, name: &str, role: Role) -> Result<NewKey, Error> {
    let name = key_name(name)?;
    let mut tx = app.store.begin().await?;
    if tx.organization(organization).await?.is_none() {
        return Err(Problem::not_found("organization").into());
    }
    let made = fresh_key(app, organization, name, role)?;
    tx.insert_key(&made.key).await?;
    tx.commit().await?;
    Ok(made)
}

/// Installs a given secret as the admin key of the default organization, on a store that has no key
/// yet. `false` when keys are there already: then nothing changes, so that a restart with the same
/// settings brings a revoked key back to no one.
///
/// # Errors
/// The secret is not 32 to 128 URL-safe characters.
pub async fn install_bootstrap_key(app: &App, secret: &str) -> Result<bool, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.keys().await?.is_empty() {
        return Ok(false);
    }
    let organization = organization::ensure_default(app, &mut *tx).await?;
    let key = record(app, secret, organization.id, "bootstrap".to_owned(), Role::Admin)?;
    tx.insert_key(&key).await?;
    tx.commit().await?;
    Ok(true)
}

/// A new key with a secret of its own, which is stored nowhere yet.
pub(super) fn fresh_key(app: &App, organization: OrganizationId, name: String, role: Role) -> Result<NewKey, Error> {
    let secret = secret::fresh_secret(app);
    let key = record(app, &secret, organization, name, role)?;
    Ok(NewKey { key, secret })
}

fn record(app: &App, secret: &str, organization: OrganizationId, name: String, role: Role) -> Result<ApiKey, Error> {
    let prefix = key_prefix(secret)
        .ok_or_else(|| Problem::invalid("key", "An API key is 32 to 128 characters of A-Z, a-z, 0-9, `-` and `_`."))?;
    debug_assert_eq!(prefix.len(), KEY_PREFIX_LENGTH);
    Ok(ApiKey {
        id: KeyId::new(fresh::uuid(app)),
        prefix: prefix.to_owned(),
        hash: secret::hash(secret),
        name,
        grants: vec![Grant { organization, role }],
        state: KeyState::Active,
        created: app.clock.now(),
    })
}
