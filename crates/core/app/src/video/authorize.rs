//! Tokens for viewers of what is encrypted.

use super::get_video;
use crate::app::App;
use crate::error::Error;
use crate::guard::web_token;
use kinora_domain::access::Caller;
use kinora_domain::{AssetId, ContentKeyId, Kind, Problem, Timestamp};

/// How long a token counts, in milliseconds: four hours, within which a player asks for its key.
const LIFETIME_MS: i64 = 4 * 3_600_000;

/// A simple web token that opens a video by the id of its key, and until when. `issuer` is the address of this server.
///
/// # Errors
/// There is no such video for this caller, or it has another key; `Conflict`: it is not encrypted.
pub async fn authorize(
    app: &App,
    caller: &Caller,
    id: AssetId,
    key: ContentKeyId,
    issuer: &str,
) -> Result<(String, Timestamp), Error> {
    let video = get_video(app, caller, id).await?;
    let own = video.key.ok_or_else(|| {
        Problem::new(Kind::Conflict, "not_protected", "This video is not encrypted: it is played without a token.")
    })?;
    if own != key {
        return Err(Problem::not_found("key").into());
    }
    let expires = app.clock.now().plus_millis(LIFETIME_MS);
    Ok((web_token::sign(&app.signer, (id, key), issuer, expires), expires))
}
