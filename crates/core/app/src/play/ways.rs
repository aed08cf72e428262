//! In which ways an asset can be played at this moment.

use super::cache::playable_now;
use super::original::original;
use crate::app::App;
use crate::error::Error;
use crate::process::settle::end_ms;
use kinora_domain::asset::{Asset, AssetState};
use kinora_domain::{Kind, OutputId};

/// Ways to play an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// By HLS and DASH: all of it, or what there is so far.
    pub streams: bool,
    /// As the MP4 that was uploaded.
    pub original: bool,
    /// Length of all of it in milliseconds; 0 while more is coming.
    pub duration_ms: u64,
    /// Bytes of all of its media; 0 while more is coming.
    pub size_bytes: u64,
}

/// The ways of an asset's outputs, in the order given; the oldest comes first.
///
/// # Errors
/// Storage.
pub(crate) async fn ways(app: &App, asset: &Asset, outputs: &[OutputId]) -> Result<Vec<Ways>, Error> {
    let Some(playable) = present(playable_now(app, asset.id).await)? else {
        return Ok(vec![Ways::default(); outputs.len()]);
    };
    let mut all: Vec<Ways> = Vec::with_capacity(outputs.len());
    for id in outputs {
        all.push(match playable.output(Some(*id)) {
            Err(_) => Ways::default(),
            // Both are known when all of it is there.
            Ok((_, true)) => Ways { streams: true, ..Ways::default() },
            Ok((_, false)) => Ways {
                streams: true,
                original: false,
                duration_ms: playable.listed(*id).map(|track| end_ms(&track.map)).max().unwrap_or(0),
                size_bytes: playable.listed(*id).map(|track| track.map.payload_bytes()).sum(),
            },
        });
    }
    if let Some(main) = all.first_mut()
        && matches!(asset.state, AssetState::Available { .. })
    {
        main.original = present(original(app, asset.id).await)?.is_some();
    }
    Ok(all)
}

/// What is there; being absent or not ready is an answer.
fn present<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Unavailable | Kind::UnreadableMedia) => Ok(None),
        Err(error) => Err(error),
    }
}
