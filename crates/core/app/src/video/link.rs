//! Links that carry their own proof: whoever holds one may write the bytes of one video until it expires.

use crate::app::App;
use crate::error::Error;
use kinora_domain::intake::Intake;
use kinora_domain::{AssetId, Kind, Problem, Timestamp};

/// Links of one hour are the same: a client that asks again is told nothing new.
const STEP_MS: i64 = 3_600_000;
/// How long a link works at least, in milliseconds: a day, so that a slow line can send a large film.
const LIFETIME_MS: i64 = 24 * 3_600_000;

/// A signed permission to write the bytes of one video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadLink {
    /// The video.
    pub video: AssetId,
    /// Works from then on.
    pub starts: Timestamp,
    /// Works until then.
    pub expires: Timestamp,
    /// HMAC-SHA256 over the rest, in lower-case hex.
    pub signature: String,
}

fn text(video: AssetId, starts: Timestamp, expires: Timestamp) -> String {
    format!("video\n{video}\n{}\n{}", starts.millis(), expires.millis())
}

/// A link that works for a day from now on, and some.
pub(super) fn sign(app: &App, video: AssetId) -> UploadLink {
    let now = app.clock.now().millis();
    let starts = Timestamp::from_millis(now - now.rem_euclid(STEP_MS));
    let expires = starts.plus_millis(LIFETIME_MS + STEP_MS);
    UploadLink { video, starts, expires, signature: app.signer.sign(&text(video, starts, expires)) }
}

/// The intake that a link is for, provided that this server signed it and its time is now.
///
/// # Errors
/// `Forbidden`: forged, or not its time; the video does not exist any more.
pub(super) async fn follow(app: &App, link: &UploadLink) -> Result<Intake, Error> {
    let forbidden = |reason, message: &str| Err(Problem::new(Kind::Forbidden, reason, message).into());
    if !app.signer.signed(&text(link.video, link.starts, link.expires), &link.signature) {
        return forbidden("invalid_signature", "This upload link was not made by this server.");
    }
    let now = app.clock.now();
    if now < link.starts || link.expires <= now {
        return forbidden(
            "link_expired",
            "This upload link has expired; ask for the video again. Blocks already stored are kept.",
        );
    }
    let intake = app.store.read().await?.intake_of_anyone(link.video).await?;
    Ok(intake.ok_or_else(|| Problem::not_found("video"))?)
}
