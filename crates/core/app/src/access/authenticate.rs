//! From a secret to a caller.

use super::secret;
use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, KeyState, key_prefix};
use kinora_domain::{Kind, OrganizationId, Problem};

/// Who shows this secret, acting for the organization asked for, or for the key's first one.
///
/// # Errors
/// `Unauthenticated` for anything but the secret of an active key, with one answer for all of them;
/// `NotFound` for an organization that the key may not act for, existing or not.
pub async fn authenticate(app: &App, secret: &str, asked: Option<OrganizationId>) -> Result<Caller, Error> {
    let prefix = key_prefix(secret).ok_or_else(refused)?;
    let shown = secret::hash(secret);
    let candidates = app.store.read().await?.keys_by_prefix(prefix).await?;
    let key = candidates
        .into_iter()
        .find(|key| secret::same(&key.hash, &shown) && key.state == KeyState::Active)
        .ok_or_else(refused)?;
    let grant = match asked {
        None => key.grants.first(),
        Some(organization) => key.grants.iter().find(|grant| grant.organization == organization),
    };
    let grant = grant.ok_or_else(|| Problem::not_found("organization"))?;
    Ok(Caller { key: key.id, organization: grant.organization, role: grant.role })
}

/// The one answer to everything but the secret of an active key.
pub(super) fn refused() -> Problem {
    Problem::new(Kind::Unauthenticated, "invalid_api_key", "This API key opens nothing here: it is wrong or revoked.")
}
