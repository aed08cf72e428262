//! The announcement of a video.

use super::input::{self, InputKey};
use super::view::{self, Video};
use crate::app::App;
use crate::error::Error;
use crate::file::name;
use crate::fresh;
use crate::idempotency::{Made, Once};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::intake::{InputEncryption, Intake, IntakeState};
use kinora_domain::{AssetId, ContentKeyId, Problem};

/// What a video is made into: qualities that a player switches between.
const CLEAR: &str = "dash_hls_1080p";
/// The same, encrypted by AES-128 on its way to viewers.
const PROTECTED: &str = "dash_hls_1080p_aes128";

/// What a client says about the video that is going to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVideo {
    /// The name of its file, 1 to 1,024 characters.
    pub name: String,
    /// Whether it is encrypted on its way to viewers.
    pub is_protected: bool,
    /// Whether the client encrypts what it uploads.
    pub is_input_encrypted: bool,
}

/// A video whose bytes are awaited.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The video.
    pub video: Video,
    /// What its bytes are to be encrypted with. Nobody is told again.
    pub input: Option<InputKey>,
}

impl Made for Announced {
    const NEEDS: Permission = Permission::WriteMedia;
}

/// Announces a video: from now on its bytes are awaited.
///
/// # Errors
/// `Invalid`: the name is empty or too long.
pub async fn announce_video(
    app: &App,
    caller: &Caller,
    new: NewVideo,
    once: Once<'_, Announced>,
) -> Result<Announced, Error> {
    caller.require(Permission::WriteMedia)?;
    name::check("name", &new.name)?;
    let id = AssetId::new(fresh::uuid(app));
    let now = app.clock.now();
    let (input, encryption) = if new.is_input_encrypted {
        let (made, kept) = input::make(app, id)?;
        (Some(made), kept)
    } else {
        (None, InputEncryption::None)
    };
    let mut tx = app.store.begin().await?;
    let organization = tx.organization(caller.organization).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let mut intake = Intake {
        id,
        organization: organization.id,
        project: organization.default_project,
        name: new.name,
        preset: String::new(),
        key: None,
        input: encryption,
        state: IntakeState::Open { content: None },
        created: now,
        modified: now,
    };
    protect(app, &mut intake, new.is_protected);
    tx.insert_intake(&intake).await?;
    let announced = Announced { video: view::of_intake(app, caller, &intake), input };
    once.keep(&mut *tx, &announced).await?;
    tx.commit().await?;
    Ok(announced)
}

/// From now on the video is going to be encrypted for viewers, or not. A key keeps its id.
pub(super) fn protect(app: &App, intake: &mut Intake, is_protected: bool) {
    let (preset, key) = if is_protected {
        (PROTECTED, Some(intake.key.unwrap_or_else(|| ContentKeyId::new(fresh::uuid(app)))))
    } else {
        (CLEAR, None)
    };
    preset.clone_into(&mut intake.preset);
    intake.key = key;
}
