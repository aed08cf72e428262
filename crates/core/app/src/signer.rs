//! Signatures of this server on links that carry their own proof.

use crate::error::Error;
use crate::fresh;
use crate::port::{Random, Store};
use hmac::{Hmac, KeyInit, Mac};
use kinora_domain::{Kind, Problem};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Where the secret is kept. Part links were the first that it signed.
const SECRET_NAME: &str = "part_links";

/// Signs and checks with this server's own secret.
pub(crate) struct Signer {
    keyed: Hmac<Sha256>,
}

impl Signer {
    /// Loads the secret, or makes it on the first start.
    pub(crate) async fn open(store: &dyn Store, random: &dyn Random) -> Result<Self, Error> {
        let stored = store.read().await?.secret(SECRET_NAME).await?;
        let secret = match stored {
            Some(secret) => secret,
            None => Self::make(store, random).await?,
        };
        Ok(Self::with(&secret)?)
    }

    /// Signs with a secret of any length.
    pub(crate) fn with(secret: &[u8]) -> Result<Self, Problem> {
        let unfit = |_unfit| Problem::new(Kind::Internal, "internal", "The secret for links cannot be used.");
        Ok(Self { keyed: Hmac::new_from_slice(secret).map_err(unfit)? })
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

    /// HMAC-SHA256 over a text, in lower-case hex. The text begins with a word for what is signed, so that one kind of
    /// link never passes for another.
    pub(crate) fn sign(&self, text: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(text.as_bytes());
        fresh::hex(&mac.finalize().into_bytes())
    }

    /// HMAC-SHA256 over bytes by a key of its own for each purpose, for signatures of a form that others laid down.
    pub(crate) fn derived_mac(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let mut mac = self.derived(purpose);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    /// Whether this server made that; takes as long for any of that length.
    pub(crate) fn is_derived_mac(&self, purpose: &str, bytes: &[u8], signature: &[u8]) -> bool {
        self.derived_mac(purpose, bytes).ct_eq(signature).into()
    }

    fn derived(&self, purpose: &str) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(format!("key\n{purpose}").as_bytes());
        // A short key is filled up with zeros (RFC 2104 clause 2).
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        key.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(byte, derived)| *byte = derived);
        Hmac::new(&key)
    }

    /// Whether this server signed the text so; takes as long for any signature.
    pub(crate) fn signed(&self, text: &str, signature: &str) -> bool {
        self.sign(text).as_bytes().ct_eq(signature.as_bytes()).into()
    }
}
