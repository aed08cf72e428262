//! One video.

use super::view::{self, Video};
use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::{AssetId, Problem};

/// The video of that id.
///
/// # Errors
/// There is none for this caller.
pub async fn get_video(app: &App, caller: &Caller, id: AssetId) -> Result<Video, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    if let Some(asset) = tx.asset(caller.organization, id).await? {
        return view::of_asset(&mut *tx, &asset).await;
    }
    let intake = tx.intake(caller.organization, id).await?;
    let intake = intake.ok_or_else(|| Problem::not_found("video"))?;
    Ok(view::of_intake(app, caller, &intake))
}
