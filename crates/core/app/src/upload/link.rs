//! Links that carry their own proof: whoever holds one may write one part until it expires.

use crate::app::App;
use kinora_domain::{FileId, Kind, Problem, Timestamp};

/// How long a link works, in milliseconds: a day, so that a slow line can send a large film.
const LIFETIME_MS: i64 = 24 * 3_600_000;

/// A signed permission to write one part of one upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLink {
    /// The upload.
    pub file: FileId,
    /// The part, from 1.
    pub part: u64,
    /// Works until then.
    pub expires: Timestamp,
    /// HMAC-SHA256 over the rest, in lower-case hex.
    pub signature: String,
}

fn text(file: FileId, part: u64, expires: Timestamp) -> String {
    format!("part\n{file}\n{part}\n{}", expires.millis())
}

/// A link that works from now on.
pub(super) fn sign(app: &App, file: FileId, part: u64, now: Timestamp) -> PartLink {
    let expires = now.plus_millis(LIFETIME_MS);
    PartLink { file, part, expires, signature: app.signer.sign(&text(file, part, expires)) }
}

/// Passes a link that this server signed and whose time is not over.
///
/// # Errors
/// `Forbidden`: forged or expired.
pub(super) fn check(app: &App, link: &PartLink) -> Result<(), Problem> {
    if !app.signer.signed(&text(link.file, link.part, link.expires), &link.signature) {
        return Err(Problem::new(
            Kind::Forbidden,
            "invalid_signature",
            "This upload link was not made by this server.",
        ));
    }
    if link.expires < app.clock.now() {
        return Err(Problem::new(
            Kind::Forbidden,
            "link_expired",
            "This upload link has expired; ask for a new one. Parts already stored are kept.",
        ));
    }
    Ok(())
}
