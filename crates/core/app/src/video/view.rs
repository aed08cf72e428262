//! What clients see of a video, whichever way it came.

use super::link::{self, UploadLink};
use super::name::ending;
use crate::app::App;
use crate::error::Error;
use crate::port::Tx;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::{Asset, AssetState};
use kinora_domain::file::Failure;
use kinora_domain::intake::{InputEncryption, Intake, IntakeState};
use kinora_domain::{AssetId, ContentKeyId};

/// A video: an asset, or what is going to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    /// Its id, the same all its life.
    pub id: AssetId,
    /// The ending of the name of its file, with the dot; empty where that is not known.
    pub ending: String,
    /// Its length in milliseconds; 0 until that is known.
    pub duration_ms: u64,
    /// The id of the key that it is encrypted with on its way to viewers.
    pub key: Option<ContentKeyId>,
    /// Whether the client encrypts what it uploads.
    pub is_input_encrypted: bool,
    /// How far it is.
    pub stage: Stage,
    /// Where its bytes go, while they are welcome, for who may send them.
    pub upload: Option<UploadLink>,
}

/// The life of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Its bytes are awaited.
    Awaiting,
    /// Its bytes are here; what becomes of them is not decided: whoever completed it was interrupted.
    Received,
    /// Work is under way.
    Processing,
    /// It plays.
    Ready,
    /// It cannot play.
    Failed(Failure),
}

impl Stage {
    /// That of an asset.
    pub fn of_asset(state: &AssetState) -> Self {
        match state {
            AssetState::Pending | AssetState::Processing => Self::Processing,
            AssetState::Available { .. } => Self::Ready,
            AssetState::Failed(failure) => Self::Failed(failure.clone()),
            AssetState::Deleted { .. } => {
                let message = "It was deleted.".to_owned();
                Self::Failed(Failure { reason: "deleted".to_owned(), message })
            }
        }
    }

    /// That of what has not become an asset.
    pub fn of_intake(state: &IntakeState) -> Self {
        match state {
            IntakeState::Open { .. } => Self::Awaiting,
            IntakeState::Received { .. } => Self::Received,
            IntakeState::Failed(failure) => Self::Failed(failure.clone()),
        }
    }
}

/// A video that has not become an asset.
pub(super) fn of_intake(app: &App, caller: &Caller, intake: &Intake) -> Video {
    let stage = if app.turns.is_taken(intake.id) { Stage::Processing } else { Stage::of_intake(&intake.state) };
    // The link is a permission to write: it is told to who has that.
    let is_open = stage == Stage::Awaiting && caller.require(Permission::WriteMedia).is_ok();
    Video {
        id: intake.id,
        ending: ending(&intake.name).to_owned(),
        duration_ms: 0,
        key: intake.key,
        is_input_encrypted: matches!(intake.input, InputEncryption::Aes256 { .. }),
        upload: is_open.then(|| link::sign(app, intake.id)),
        stage,
    }
}

/// A video that is an asset.
pub(super) async fn of_asset(tx: &mut dyn Tx, asset: &Asset) -> Result<Video, Error> {
    let intake = tx.intake(asset.organization, asset.id).await?;
    let ending = match (&intake, asset.sources.first()) {
        (Some(intake), _) => ending(&intake.name).to_owned(),
        (None, Some(source)) => {
            let file = tx.file(asset.organization, source.file).await?;
            file.map(|file| ending(&file.original_name).to_owned()).unwrap_or_default()
        }
        (None, None) => String::new(),
    };
    let duration_ms = match asset.state {
        AssetState::Available { duration_ms, .. } => duration_ms,
        AssetState::Pending | AssetState::Processing | AssetState::Failed(_) | AssetState::Deleted { .. } => 0,
    };
    Ok(Video {
        id: asset.id,
        ending,
        duration_ms,
        key: main_key(tx, asset.id).await?,
        is_input_encrypted: intake.is_some_and(|intake| matches!(intake.input, InputEncryption::Aes256 { .. })),
        stage: Stage::of_asset(&asset.state),
        upload: None,
    })
}

/// The id of the key of what the addresses of the asset itself show.
async fn main_key(tx: &mut dyn Tx, id: AssetId) -> Result<Option<ContentKeyId>, Error> {
    let keys = tx.content_keys(id).await?;
    if keys.is_empty() {
        return Ok(None);
    }
    let main = tx.outputs(id).await?.first().map(|output| output.id);
    Ok(keys.into_iter().find(|keys| Some(keys.output) == main).map(|keys| keys.id))
}
