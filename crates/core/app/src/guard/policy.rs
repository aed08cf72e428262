//! What is asked of viewers, set by the operator.

use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::playback::{AssetPolicy, TokenPolicy};
use kinora_domain::{AssetId, Problem};

/// What the caller's organization asks.
///
/// # Errors
/// The store refuses.
pub async fn token_policy(app: &App, caller: &Caller) -> Result<TokenPolicy, Error> {
    caller.require(Permission::ReadMedia)?;
    let policy = app.store.read().await?.token_policy(caller.organization).await?;
    policy.ok_or_else(|| Problem::not_found("organization").into())
}

/// From now on the caller's organization asks that. This process knows at once, others within seconds.
///
/// # Errors
/// `Forbidden` for who may not manage keys.
pub async fn set_token_policy(app: &App, caller: &Caller, policy: TokenPolicy) -> Result<(), Error> {
    caller.require(Permission::ManageKeys)?;
    let mut tx = app.store.begin().await?;
    tx.set_token_policy(caller.organization, policy).await?;
    tx.commit().await?;
    app.guards.forget();
    Ok(())
}

/// From now on an asset asks that.
///
/// # Errors
/// There is no such asset for this caller.
pub async fn set_asset_policy(app: &App, caller: &Caller, id: AssetId, policy: AssetPolicy) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let mut asset = tx.asset(caller.organization, id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    asset.playback = policy;
    asset.modified = app.clock.now();
    tx.update_asset(&asset).await?;
    tx.commit().await?;
    app.guards.forget();
    Ok(())
}
