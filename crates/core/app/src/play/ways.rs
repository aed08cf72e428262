//! In which ways an asset can be played at this moment.

use super::cache::playable;
use super::original::original;
use crate::app::App;
use crate::error::Error;
use kinora_domain::Kind;
use kinora_domain::asset::{Asset, AssetState};

/// Ways to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// By HLS and DASH: all of it, or what there is so far.
    pub streams: bool,
    /// As the MP4 that was uploaded.
    pub original: bool,
}

/// The ways of an asset.
///
/// # Errors
/// Storage.
pub async fn ways(app: &App, asset: &Asset) -> Result<Ways, Error> {
    match asset.state {
        AssetState::Available { .. } => Ok(Ways { streams: true, original: absent(original(app, asset.id).await)? }),
        // From its first segment on.
        AssetState::Processing => Ok(Ways { streams: absent(playable(app, asset.id).await)?, original: false }),
        AssetState::Pending | AssetState::Failed(_) | AssetState::Deleted { .. } => Ok(Ways::default()),
    }
}

/// Whether something is there; being absent or not ready is an answer.
fn absent<T>(found: Result<T, Error>) -> Result<bool, Error> {
    match found {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Unavailable | Kind::UnreadableMedia) => Ok(false),
        Err(error) => Err(error),
    }
}
