//! Keys of what is encrypted. One secret for an output is kept, sealed; all its keys are derived from that, so that any
//! process makes the same bytes, and none of them is used for two things.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use core::fmt;
use hkdf::Hkdf;
use kinora_domain::playback::ContentKeys;
use kinora_domain::{ContentKeyId, OutputId};
use sha2::Sha256;

/// What the keys of an output are derived from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ContentSecret {
    /// Names the key of AES-128.
    pub(crate) id: ContentKeyId,
    secret: Vec<u8>,
}

impl fmt::Debug for ContentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentSecret({})", self.id)
    }
}

impl ContentSecret {
    /// Of a secret and the id of its record.
    pub(crate) const fn new(id: ContentKeyId, secret: Vec<u8>) -> Self {
        Self { id, secret }
    }

    /// As it is kept.
    ///
    /// # Errors
    /// It was sealed under another master key.
    pub(crate) fn unseal(app: &App, keys: &ContentKeys) -> Result<Self, Error> {
        Ok(Self::new(keys.id, app.vault.unseal(&purpose(keys.id), &keys.sealed)?))
    }

    /// Some bytes for one purpose (HKDF-SHA-256, RFC 5869).
    ///
    /// # Errors
    /// More than 8160 bytes.
    pub(crate) fn derive<const LEN: usize>(&self, purpose: &str) -> Result<[u8; LEN], Error> {
        let mut derived = [0; LEN];
        let expanded = Hkdf::<Sha256>::new(None, &self.secret).expand(purpose.as_bytes(), &mut derived);
        expanded.map_err(|error| Error::internal(format!("deriving a key: {error}")))?;
        Ok(derived)
    }
}

fn purpose(id: ContentKeyId) -> String {
    format!("content keys {id}")
}

/// The keys of a new output, with the id that was told before, where it was.
///
/// # Errors
/// The vault refuses.
pub(crate) fn make(app: &App, output: OutputId, told: Option<ContentKeyId>) -> Result<ContentKeys, Error> {
    let mut secret = [0; 32];
    app.random.fill(&mut secret);
    let id = told.unwrap_or_else(|| ContentKeyId::new(fresh::uuid(app)));
    let sealed = app.vault.seal(&*app.random, &purpose(id), &secret)?;
    Ok(ContentKeys { id, output, sealed, created: app.clock.now() })
}
