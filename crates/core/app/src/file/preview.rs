//! A look at a file before anything is made of it, by a link that expires.

use super::types;
use crate::app::App;
use crate::error::Error;
use crate::play::Original;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::{FileId, Kind, Problem, Timestamp};

/// How long a link works, in milliseconds: a day.
const LIFETIME_MS: i64 = 24 * 3_600_000;

/// A signed permission to read one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLink {
    /// The file.
    pub file: FileId,
    /// Works until then.
    pub expires: Timestamp,
    /// HMAC-SHA256 over the rest, in lower-case hex.
    pub signature: String,
}

/// What such a link shows.
pub struct Preview {
    /// The client's name for it: data, to be escaped.
    pub name: String,
    /// The media type of its bytes.
    pub media_type: &'static str,
    /// Its bytes.
    pub original: Original,
}

fn text(file: FileId, expires: Timestamp) -> String {
    format!("preview\n{file}\n{}", expires.millis())
}

/// A link to a completed file, which works for a day.
///
/// # Errors
/// There is no such file for this caller; `Conflict` where its upload is not complete.
pub async fn preview_link(app: &App, caller: &Caller, id: FileId) -> Result<PreviewLink, Error> {
    caller.require(Permission::ReadMedia)?;
    let file = app.store.read().await?.file(caller.organization, id).await?;
    file.ok_or_else(|| Problem::not_found("file"))?.state.content()?;
    let expires = app.clock.now().plus_millis(LIFETIME_MS);
    Ok(PreviewLink { file: id, expires, signature: app.signer.sign(&text(id, expires)) })
}

/// The file behind a link.
///
/// # Errors
/// `Forbidden`: this server did not sign it; `Gone`: its time is over; the file was deleted.
pub async fn preview(app: &App, link: &PreviewLink) -> Result<Preview, Error> {
    if !app.signer.signed(&text(link.file, link.expires), &link.signature) {
        let message = "This preview link was not made by this server.";
        return Err(Problem::new(Kind::Forbidden, "invalid_signature", message).into());
    }
    if link.expires < app.clock.now() {
        let message = "This preview link has expired; ask for a new one.";
        return Err(Problem::new(Kind::Gone, "link_expired", message).into());
    }
    let file = app.store.read().await?.file_of_anyone(link.file).await?.ok_or_else(|| Problem::not_found("file"))?;
    let known = types::named(&file.state.content()?.container);
    let original = Original::open(app, file.object).await?;
    Ok(Preview {
        media_type: known.map_or("application/octet-stream", |known| known.media_type),
        name: file.name,
        original,
    })
}
