//! The keys of this server.

use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{ApiKey, Organization};

/// A key with the names of the organizations that it acts for.
#[derive(Debug)]
pub struct ListedKey {
    /// The key.
    pub key: ApiKey,
    /// The organizations of its grants, in their order.
    pub organizations: Vec<Organization>,
}

/// All keys, oldest first. For the operator at the machine itself: asks no permission.
///
/// # Errors
/// The store refuses.
pub async fn list_keys(app: &App) -> Result<Vec<ListedKey>, Error> {
    let mut tx = app.store.read().await?;
    let organizations = tx.organizations().await?;
    let keys = tx.keys().await?;
    let named = |key: ApiKey| {
        let of_grant = |id| organizations.iter().find(|organization| organization.id == id).cloned();
        let organizations = key.grants.iter().filter_map(|grant| of_grant(grant.organization)).collect();
        ListedKey { key, organizations }
    };
    Ok(keys.into_iter().map(named).collect())
}
