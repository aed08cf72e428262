//! Pictures of a video, by links that open each for a time.

use super::get_video;
use super::view::Stage;
use crate::app::App;
use crate::error::Error;
use crate::guard::{Opened, sign_link};
use crate::play::lines;
use kinora_domain::access::Caller;
use kinora_domain::{AssetId, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// Lines of a poster at most, and of a small picture.
const POSTER: u32 = 720;
const SMALL: u32 = 180;
/// Parts that the small pictures divide a video into.
const PARTS: u64 = 4;
/// Links of one hour are the same, and work for a day.
const STEP_MS: i64 = 3_600_000;
const LIFETIME_MS: i64 = 25 * STEP_MS;

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbnailKind {
    /// It stands for the video.
    Poster,
    /// It shows what comes.
    Small,
}

/// A picture of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// The same as long as the video has it.
    pub id: Uuid,
    /// What it is for.
    pub kind: ThumbnailKind,
    /// Lines.
    pub height: u32,
    /// Its number among those of the video, from 0.
    pub index: u32,
    /// When it is shown, in seconds.
    pub time: u64,
    /// Path and parameters, after this server's origin.
    pub address: String,
}

/// The pictures of a video; none while it does not play, and of sound alone. Each is made when it is first fetched.
///
/// # Errors
/// There is no such video for this caller.
pub async fn thumbnails(app: &App, caller: &Caller, id: AssetId) -> Result<Vec<Thumbnail>, Error> {
    let video = get_video(app, caller, id).await?;
    if video.stage != Stage::Ready {
        return Ok(Vec::new());
    }
    let Some(lines) = lines(app, id).await? else { return Ok(Vec::new()) };
    let now = app.clock.now().millis();
    let expires = Timestamp::from_millis(now - now.rem_euclid(STEP_MS)).plus_millis(LIFETIME_MS);
    // A little into it: many a film begins with a black picture.
    let poster = (ThumbnailKind::Poster, video.duration_ms / 10, POSTER.min(lines));
    let small = (1..PARTS).map(|part| (ThumbnailKind::Small, video.duration_ms * part / PARTS, SMALL.min(lines)));
    let mut made = Vec::new();
    for (index, (kind, ms, height)) in (0..).zip([poster].into_iter().chain(small)) {
        let time = ms / 1_000;
        let path = match kind {
            ThumbnailKind::Poster => "poster.jpg",
            ThumbnailKind::Small => "thumbnail.jpg",
        };
        let parameters = [("time".to_owned(), time.to_string()), ("height".to_owned(), height.to_string())];
        let opened = Opened { asset: id, path, parameters: &parameters };
        let address = sign_link(app, caller, opened, expires).await?.address;
        made.push(Thumbnail { id: named(id, index), kind, height, index, time, address });
    }
    Ok(made)
}

/// An id that is the same each time (RFC 9562 clause 5.8).
fn named(video: AssetId, index: u32) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(format!("thumbnail {video} {index}")).into();
    let first = hash.first_chunk().copied().unwrap_or_default();
    Builder::from_custom_bytes(first).into_uuid()
}
