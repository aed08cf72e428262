//! Links that carry their own proof: whoever holds one may write one part until it expires.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::{Random, Store};
use hmac::{Hmac, KeyInit, Mac};
use kinora_domain::{FileId, Kind, Problem, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How long a link works, in milliseconds: a day, so that a slow line can send a large film.
const LIFETIME_MS: i64 = 24 * 3_600_000;
const SECRET_NAME: &str = "part_links";

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

/// Signs and checks links with this server's own secret.
pub(crate) struct LinkSigner {
    keyed: Hmac<Sha256>,
}

impl LinkSigner {
    /// Loads the secret, or makes it on the first start.
    pub(crate) async fn open(store: &dyn Store, random: &dyn Random) -> Result<Self, Error> {
        let stored = store.read().await?.secret(SECRET_NAME).await?;
        let secret = match stored {
            Some(secret) => secret,
            None => Self::make(store, random).await?,
        };
        let keyed = Hmac::new_from_slice(&secret).map_err(|error| {
            Error::caused(Problem::new(Kind::Internal, "internal", "The secret for part links cannot be used."), error)
        })?;
        Ok(Self { keyed })
    }

    async fn make(store: &dyn Store, random: &dyn Random) -> Result<Vec<u8>, Error> {
        let mut tx = store.begin().await?;
        // Another process of this server may have been quicker.
        if let Some(secret) = tx.secret(SECRET_NAME).await? {
            return Ok(secret);
        }
        let mut secret = vec![0; 32];
        random.fill(&mut secret);
        tx.insert_secret(SECRET_NAME, &secret).await?;
        tx.commit().await?;
        Ok(secret)
    }

    fn signature(&self, file: FileId, part: u64, expires: Timestamp) -> String {
        let mut mac = self.keyed.clone();
        mac.update(format!("part\n{file}\n{part}\n{}", expires.millis()).as_bytes());
        fresh::hex(&mac.finalize().into_bytes())
    }

    /// A link that works from now on.
    pub(crate) fn sign(&self, file: FileId, part: u64, now: Timestamp) -> PartLink {
        let expires = now.plus_millis(LIFETIME_MS);
        PartLink { file, part, expires, signature: self.signature(file, part, expires) }
    }
}

/// Passes a link that this server signed and whose time is not over.
///
/// # Errors
/// `Forbidden`: forged or expired.
pub(crate) fn check(app: &App, link: &PartLink) -> Result<(), Problem> {
    let right = app.signer.signature(link.file, link.part, link.expires);
    if !bool::from(right.as_bytes().ct_eq(link.signature.as_bytes())) {
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
