//! The organization that a caller acts for.

use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Organization, Permission};
use kinora_domain::{OrganizationId, Problem};

/// The caller's own organization, asked for by its id.
///
/// # Errors
/// `NotFound` for any other one, existing or not.
pub async fn own_organization(app: &App, caller: &Caller, id: OrganizationId) -> Result<Organization, Error> {
    caller.require(Permission::ReadMedia)?;
    let own = if id == caller.organization { app.store.read().await?.organization(id).await? } else { None };
    own.ok_or_else(|| Problem::not_found("organization").into())
}
