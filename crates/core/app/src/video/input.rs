//! Keys that clients encrypt their uploads with: made here, told once, kept sealed.

use crate::app::App;
use crate::error::Error;
use aes::Aes256;
use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use core::fmt;
use ctr::Ctr128BE;
use kinora_domain::AssetId;
use kinora_domain::intake::InputEncryption;

/// A key and the first counter block.
#[derive(Clone, PartialEq, Eq)]
pub struct InputKey {
    /// For AES-256.
    pub key: [u8; 32],
    /// Counts up by one with each block of 16 bytes, all of it as one number.
    pub iv: [u8; 16],
}

impl fmt::Debug for InputKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InputKey(..)")
    }
}

fn purpose(video: AssetId) -> String {
    format!("input key {video}")
}

/// A new key, and how it is kept.
///
/// # Errors
/// The vault refuses.
pub(super) fn make(app: &App, video: AssetId) -> Result<(InputKey, InputEncryption), Error> {
    let mut made = InputKey { key: [0; 32], iv: [0; 16] };
    app.random.fill(&mut made.key);
    app.random.fill(&mut made.iv);
    let sealed = app.vault.seal(&*app.random, &purpose(video), &[&made.key[..], &made.iv].concat())?;
    Ok((made, InputEncryption::Aes256 { sealed }))
}

/// Decrypts an upload from its first byte on.
pub(super) struct Decryption(Ctr128BE<Aes256>);

impl Decryption {
    /// With the key that is kept.
    ///
    /// # Errors
    /// It was sealed under another master key.
    pub(super) fn open(app: &App, video: AssetId, sealed: &[u8]) -> Result<Self, Error> {
        let opened = app.vault.unseal(&purpose(video), sealed)?;
        let key = opened.split_first_chunk::<32>();
        let parts = key.and_then(|(key, iv)| Some((key, <&[u8; 16]>::try_from(iv).ok()?)));
        let (key, iv) = parts.ok_or_else(|| Error::internal("a sealed input key has another length"))?;
        Ok(Self(Ctr128BE::new(key.into(), iv.into())))
    }

    /// Decrypts the next bytes in place.
    ///
    /// # Errors
    /// None that fewer than 2^132 bytes can have.
    pub(super) fn apply(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.try_apply_keystream(bytes).map_err(|exhausted| Error::internal(exhausted.to_string()))
    }
}
