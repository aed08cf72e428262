//! Web sites that may show an organization's assets.

use super::facts::guard;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::playback::{AllowedSite, Site};
use kinora_domain::{AssetId, Kind, Problem, SiteId};

/// Sites of one organization at most.
const MOST: usize = 200;

/// The sites that the caller's organization allows, oldest first; none means all.
///
/// # Errors
/// The store refuses.
pub async fn allowed_sites(app: &App, caller: &Caller) -> Result<Vec<AllowedSite>, Error> {
    caller.require(Permission::ReadMedia)?;
    Ok(app.store.read().await?.allowed_sites(caller.organization).await?)
}

/// Allows a site; one that is allowed already is given again.
///
/// # Errors
/// `Invalid`: it names no host; `Limited`: there are too many.
pub async fn allow_site(app: &App, caller: &Caller, url: &str) -> Result<AllowedSite, Error> {
    caller.require(Permission::WriteMedia)?;
    let site = Site::named(url)?;
    let mut tx = app.store.begin().await?;
    let known = tx.allowed_sites(caller.organization).await?;
    if let Some(known) = known.iter().find(|known| known.site == site) {
        return Ok(known.clone());
    }
    if known.len() >= MOST {
        let message = format!("An organization allows {MOST} sites at most.");
        return Err(Problem::new(Kind::Limited, "too_many_sites", message).into());
    }
    let allowed = AllowedSite {
        id: SiteId::new(fresh::uuid(app)),
        organization: caller.organization,
        url: url.trim().to_owned(),
        site,
        created: app.clock.now(),
    };
    tx.insert_allowed_site(&allowed).await?;
    tx.commit().await?;
    app.guards.forget();
    Ok(allowed)
}

/// Allows a site no more.
///
/// # Errors
/// The organization allows none of that id.
pub async fn forbid_site(app: &App, caller: &Caller, id: SiteId) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    if !tx.delete_allowed_site(caller.organization, id).await? {
        return Err(Problem::not_found("domain").into());
    }
    tx.commit().await?;
    app.guards.forget();
    Ok(())
}

/// The sites that may show an asset in a frame; none means all. Of an asset that is not there nobody asks anything.
///
/// # Errors
/// The store refuses.
pub async fn framing(app: &App, id: AssetId) -> Result<Vec<Site>, Error> {
    match guard(app, id).await {
        Ok(guard) => Ok(guard.sites.clone()),
        Err(error) if error.kind() == Kind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
