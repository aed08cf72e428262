//! The original as progressive MP4.

use super::segment::Body;
use crate::app::App;
use crate::error::Error;
use crate::port::Object;
use bytes::Bytes;
use core::ops::Range;
use kinora_domain::asset::AssetState;
use kinora_domain::output::{Rendition, Role};
use kinora_domain::{AssetId, ObjectId, Problem};
use std::sync::Arc;

/// The uploaded bytes of an asset, ready to be read in ranges.
pub struct Original {
    /// Names the bytes: they never change.
    pub object: ObjectId,
    source: Arc<dyn Object>,
}

impl Original {
    /// Bytes of it all.
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// The bytes of one range.
    pub fn read(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        Body { head: Bytes::new(), payload: Some(Arc::clone(&self.source).stream(vec![range])), length }
    }
}

/// The original of an asset: the upload that holds its picture, or its sound where it has none.
///
/// # Errors
/// The asset does not exist or does not play.
pub async fn original(app: &App, id: AssetId) -> Result<Original, Error> {
    let object = {
        let mut tx = app.store.read().await?;
        let asset = tx.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
        let AssetState::Available { .. } = asset.state else {
            return Err(Problem::not_found("original").into());
        };
        // The first track is the picture where there is one, and pictures stay where they were uploaded.
        let first = tx.tracks(id).await?.into_iter().next().ok_or_else(|| Problem::not_found("original"))?;
        // What was made of an upload is samples without their index, and no file.
        let renditions = tx.renditions(id).await?;
        let is_upload = match renditions.iter().find(|rendition| rendition.position == first.position) {
            Some(Rendition { role: Role::Indexed { source, .. }, .. }) => source.object == first.media,
            Some(_) => false,
            None => true,
        };
        if !is_upload {
            return Err(Problem::not_found("original").into());
        }
        first.media
    };
    Ok(Original { object, source: app.blobs.open(object).await? })
}
