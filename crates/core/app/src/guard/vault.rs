//! Secrets sealed under the master key, so that a copy of the database opens nothing.

use crate::error::Error;
use crate::port::{Random, Store};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use core::fmt;
use kinora_domain::{Kind, Problem};

/// Where a known text is kept that only the right key opens.
const CHECK: &str = "master_key_check";
const NONCE_LEN: usize = 12;

/// The key that all other keys are sealed under: 256 bits, given by the operator.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey(pub [u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Seals and opens by AES-256-GCM. What is sealed says what it is for, and opens as nothing else.
pub(crate) struct Vault {
    cipher: Aes256Gcm,
}

impl Vault {
    /// With the key that this store's secrets are sealed under; a new store takes any.
    ///
    /// # Errors
    /// `Internal`: the store has been used with another key.
    pub(crate) async fn open(store: &dyn Store, random: &dyn Random, key: &MasterKey) -> Result<Self, Error> {
        let vault = Self { cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(key.0)) };
        let stored = store.read().await?.secret(CHECK).await?;
        if let Some(sealed) = stored {
            vault.unseal(CHECK, &sealed).map_err(|error| Error::caused(other_key(), error))?;
            return Ok(vault);
        }
        let mut tx = store.begin().await?;
        // Another process of this server may have been quicker.
        if let Some(sealed) = tx.secret(CHECK).await? {
            vault.unseal(CHECK, &sealed).map_err(|error| Error::caused(other_key(), error))?;
            return Ok(vault);
        }
        tx.insert_secret(CHECK, &vault.seal(random, CHECK, b"kinora")?).await?;
        tx.commit().await?;
        Ok(vault)
    }

    /// A secret as it is kept: nonce and ciphertext. `purpose` is not kept and must be said again.
    ///
    /// # Errors
    /// More than AES-GCM takes at once.
    pub(crate) fn seal(&self, random: &dyn Random, purpose: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0_u8; NONCE_LEN];
        random.fill(&mut nonce);
        let payload = Payload { msg: secret, aad: purpose.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(broken)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// The secret.
    ///
    /// # Errors
    /// It was sealed under another key or for another purpose, or was changed.
    pub(crate) fn unseal(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().unwrap_or((&[0; NONCE_LEN], &[]));
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(broken)
    }
}

fn other_key() -> Problem {
    let message =
        "The keys of this store are sealed under another master key: start with the one that it was made with.";
    Problem::new(Kind::Internal, "wrong_master_key", message)
}

fn broken(error: aes_gcm::Error) -> Error {
    Error::internal(format!("a sealed secret does not open: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(core::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, core::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_secret_opens_under_its_key_for_its_purpose_and_unchanged() {
        let vault = |byte| Vault { cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from([byte; 32])) };
        let random = Counting(core::sync::atomic::AtomicU8::new(0));
        let sealed = vault(1).seal(&random, "key 1", b"a secret").unwrap();
        assert_eq!(vault(1).unseal("key 1", &sealed).unwrap(), b"a secret");
        assert!(!sealed.windows(8).any(|window| window == b"a secret"));
        assert_ne!(vault(1).seal(&random, "key 1", b"a secret").unwrap(), sealed, "a nonce serves once");
        assert!(vault(2).unseal("key 1", &sealed).is_err());
        assert!(vault(1).unseal("key 2", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault(1).unseal("key 1", &changed).is_err(), "{at}");
            assert!(vault(1).unseal("key 1", &sealed[..at]).is_err(), "{at}");
        }
        assert_eq!(format!("{:?}", MasterKey([1; 32])), "MasterKey(..)");
    }
}
