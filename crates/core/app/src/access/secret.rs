//! Secrets of keys: made, hashed, compared.

use crate::app::App;
use crate::fresh;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A new secret: a marker and random letters as the public prefix (12 characters together), then 256
/// random bits. Hex keeps it free of characters that a double click or a URL would cut.
pub(super) fn fresh_secret(app: &App) -> String {
    let prefix = fresh::hex_token::<4>(app);
    let random = fresh::hex_token::<32>(app);
    format!("kin_{prefix}_{random}")
}

/// SHA-256 of a secret.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether two hashes are equal, in constant time.
pub(super) fn same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.ct_eq(right).into()
}
