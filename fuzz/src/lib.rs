//! What the targets of tokens have in common.

use hmac::{Hmac, KeyInit, Mac};
use kinora_domain::Timestamp;
use sha2::Sha256;

/// Unknown to whoever makes up bytes.
pub const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// Noon of some day, in seconds: the moment at which tokens are read.
pub const NOW: i64 = 1_769_860_800;

/// [`NOW`] as servers have it.
pub const fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1_000)
}

/// HMAC-SHA-256 of a text.
pub fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}
