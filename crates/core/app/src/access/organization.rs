//! Organizations, found or made.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::Tx;
use kinora_domain::access::Organization;
use kinora_domain::{OrganizationId, Problem, ProjectId};

/// Name of the organization that every server begins with.
const DEFAULT_NAME: &str = "default";

/// The organization that every server begins with, made when it is not there.
///
/// # Errors
/// The store refuses.
pub async fn default_organization(app: &App) -> Result<Organization, Error> {
    named_organization(app, DEFAULT_NAME).await
}

/// The organization of that name, made when it is not there. For the operator at the machine itself.
///
/// # Errors
/// The name is empty or longer than 200 characters.
pub async fn named_organization(app: &App, name: &str) -> Result<Organization, Error> {
    if let Some(organization) = organization_by_name(app, name).await? {
        return Ok(organization);
    }
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err(Problem::invalid("organization", "An organization needs a name of 1 to 200 characters.").into());
    }
    let mut tx = app.store.begin().await?;
    let organization = ensure(app, &mut *tx, name).await?;
    tx.commit().await?;
    Ok(organization)
}

/// The organization of that name, which must be there; the one that every server begins with always is.
///
/// # Errors
/// `NotFound`: there is none of that name.
pub async fn existing_organization(app: &App, name: &str) -> Result<Organization, Error> {
    if name == DEFAULT_NAME {
        return default_organization(app).await;
    }
    let found = organization_by_name(app, name).await?;
    found.ok_or_else(|| Problem::not_found("organization").into())
}

/// The organization of that name.
///
/// # Errors
/// The store refuses.
async fn organization_by_name(app: &App, name: &str) -> Result<Option<Organization>, Error> {
    let all = app.store.read().await?.organizations().await?;
    Ok(all.into_iter().find(|organization| organization.name == name))
}

/// The organization that every server begins with, within a transaction.
pub(super) async fn ensure_default(app: &App, tx: &mut dyn Tx) -> Result<Organization, Error> {
    ensure(app, tx, DEFAULT_NAME).await
}

async fn ensure(app: &App, tx: &mut dyn Tx, name: &str) -> Result<Organization, Error> {
    let all = tx.organizations().await?;
    if let Some(organization) = all.into_iter().find(|organization| organization.name == name) {
        return Ok(organization);
    }
    let organization = Organization {
        id: OrganizationId::new(fresh::uuid(app)),
        name: name.to_owned(),
        default_project: ProjectId::new(fresh::uuid(app)),
    };
    tx.insert_organization(&organization).await?;
    Ok(organization)
}
