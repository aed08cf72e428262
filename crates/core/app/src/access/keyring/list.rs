//! The keys of an organization.

use super::OrganizationKey;
use crate::app::App;
use crate::error::Error;
use crate::port::{KeySort, Order};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::page::{Page, PageRequest};

/// A page of the active keys of the caller's organization, of those whose name contains the text.
///
/// # Errors
/// `Forbidden`: the caller may not manage keys.
pub async fn keys_of_organization(
    app: &App,
    caller: &Caller,
    text: Option<&str>,
    sort: (KeySort, Order),
    page: PageRequest,
) -> Result<Page<OrganizationKey>, Error> {
    caller.require(Permission::ManageKeys)?;
    let keys = app.store.read().await?.keys_of(caller.organization, text, sort, page).await?;
    let items = keys.items.iter().filter_map(|key| OrganizationKey::seen(key, caller)).collect();
    Ok(Page { items, total: keys.total, request: keys.request })
}
