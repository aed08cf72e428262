//! Init and media segments, gathered from the stored bytes on request.

use super::cache::playable;
use super::playable::Slug;
use crate::app::App;
use crate::error::Error;
use crate::port::BlobError;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use kinora_domain::{AssetId, Problem};
use kinora_media::{cmaf, packed};

/// Bytes to send: what was made, followed by what is read from the object as it goes out.
pub struct Body {
    /// The first bytes.
    pub head: Bytes,
    /// The rest.
    pub payload: Option<BoxStream<'static, Result<Bytes, BlobError>>>,
    /// Bytes of both.
    pub length: u64,
}

/// The init segment of a track.
///
/// # Errors
/// The asset or the track does not exist at this version, or the asset does not play.
pub async fn init_segment(app: &App, id: AssetId, slug: Slug) -> Result<Bytes, Error> {
    let playable = playable(app, id).await?;
    Ok(Bytes::from(cmaf::init_segment(&playable.track(slug)?.map)))
}

/// What a media segment is made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A fragment of MP4 (CMAF).
    Fragment,
    /// Packed audio: of MP3 only.
    Packed,
}

/// Media segment `number`, from 0, of a track.
///
/// # Errors
/// As [`init_segment`]; there is no such segment, or not in that form.
pub async fn media_segment(app: &App, id: AssetId, slug: Slug, number: u32, form: Form) -> Result<Body, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    let segment = match form {
        Form::Fragment => cmaf::media_segment(&track.map, number),
        Form::Packed => packed::segment(&track.map, number),
    };
    let segment = segment.ok_or_else(|| Problem::not_found("segment"))?;
    let payload = track.media.stream(segment.payload);
    Ok(Body { head: Bytes::from(segment.head), payload: Some(payload), length: segment.len })
}
