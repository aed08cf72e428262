//! The original as progressive MP4.

use super::ranged::Ranged;
use super::segment::Body;
use crate::app::App;
use crate::error::Error;
use crate::file::container::container;
use crate::port::Object;
use bytes::Bytes;
use core::ops::Range;
use kinora_domain::asset::AssetState;
use kinora_domain::playback::Encryption;
use kinora_domain::{AssetId, ObjectId, Problem};
use std::sync::Arc;

/// The uploaded bytes of an asset, ready to be read in ranges.
pub struct Original {
    /// Names the bytes: they never change.
    pub object: ObjectId,
    source: Arc<dyn Object>,
}

impl Original {
    /// The bytes of an object.
    pub(crate) async fn open(app: &App, object: ObjectId) -> Result<Self, Error> {
        Ok(Self { object, source: app.blobs.open(object).await? })
    }
}

impl Ranged for Original {
    fn tag(&self) -> String {
        self.object.to_string()
    }

    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        Body::read(Bytes::new(), Arc::clone(&self.source).stream(vec![range]), length)
    }
}

/// The original of an asset: the upload that holds its picture, or its sound where it has none. Only MP4 and
/// MOV are given out: other containers are what players do not take.
///
/// # Errors
/// The asset does not exist, does not play, was not made of such a file, or is encrypted.
pub async fn original(app: &App, id: AssetId) -> Result<Original, Error> {
    let object = {
        let mut tx = app.store.read().await?;
        let asset = tx.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
        let AssetState::Available { .. } = asset.state else {
            return Err(Problem::not_found("original").into());
        };
        let outputs = tx.outputs(id).await?;
        // Who asks for encryption does not give the upload away beside it.
        if outputs.first().is_some_and(|output| output.encryption != Encryption::None) {
            return Err(Problem::not_found("original").into());
        }
        let main = outputs.first().map(|output| output.id);
        // The first track is the picture where there is one, and pictures stay where they were uploaded.
        let tracks = tx.tracks(id).await?;
        let first = tracks.iter().find(|track| Some(track.output) == main);
        first.map(|track| track.media).ok_or_else(|| Problem::not_found("original"))?
    };
    let source = app.blobs.open(object).await?;
    // What was encoded here has no container around it.
    if !container(&*source).await?.is_mp4() {
        return Err(Problem::not_found("original").into());
    }
    Ok(Original { object, source })
}
