//! Changes to what was announced.

use super::announce::protect;
use super::view::{self, Video};
use crate::app::App;
use crate::error::Error;
use crate::file::name;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::{AssetId, Kind, Problem};

/// What is to be changed; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VideoChange {
    /// The name of its file from now on.
    pub name: Option<String>,
    /// Whether it is encrypted on its way to viewers.
    pub is_protected: Option<bool>,
    /// Whether the client encrypts what it uploads: that cannot be changed, since the key is told at the announcement only.
    pub is_input_encrypted: Option<bool>,
}

/// Changes a video while its bytes are awaited. `is_current` tells whether it is still the one that the client saw.
///
/// # Errors
/// There is none for this caller; `Outdated`; `Conflict`: its upload is complete; `Invalid` name, or another encryption of
/// the upload.
pub async fn change_video(
    app: &App,
    caller: &Caller,
    id: AssetId,
    change: VideoChange,
    is_current: impl Fn(&Video) -> bool + Send,
) -> Result<(), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let asset = tx.asset(caller.organization, id).await?;
    let intake = tx.intake(caller.organization, id).await?;
    let video = match (&asset, &intake) {
        (Some(asset), _) => view::of_asset(&mut *tx, asset).await?,
        (None, Some(intake)) => view::of_intake(app, caller, intake),
        (None, None) => return Err(Problem::not_found("video").into()),
    };
    if !is_current(&video) {
        let message = "This video has changed since: get it again.";
        return Err(Problem::new(Kind::Outdated, "outdated", message).into());
    }
    let open = intake.filter(|intake| asset.is_none() && intake.state.content().is_ok() && !app.turns.is_taken(id));
    let mut intake = open.ok_or_else(|| {
        let message = "The upload of this video is complete: it cannot be changed any more.";
        Problem::new(Kind::Conflict, "upload_completed", message)
    })?;
    if change.is_input_encrypted.is_some_and(|wanted| wanted != video.is_input_encrypted) {
        let message = "How the upload is encrypted is decided when a video is created.";
        return Err(Problem::invalid("input", message).into());
    }
    if let Some(name) = change.name {
        name::check("name", &name)?;
        intake.name = name;
    }
    if let Some(is_protected) = change.is_protected {
        protect(app, &mut intake, is_protected);
    }
    intake.modified = app.clock.now();
    tx.update_intake(&intake).await?;
    Ok(tx.commit().await?)
}
