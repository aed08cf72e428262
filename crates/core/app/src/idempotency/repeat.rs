//! What tells one request from another.

use kinora_domain::Problem;
use sha2::{Digest, Sha256};

/// The longest word, in bytes.
const LONGEST: usize = 255;

/// A request that may come again: the client's word for it, and what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    pub(super) word: String,
    pub(super) fingerprint: [u8; 32],
}

impl Repeat {
    /// A request by its method, path and body.
    ///
    /// # Errors
    /// The word is not 1 to 255 visible ASCII characters.
    pub fn new(word: &[u8], method: &str, path: &str, body: &[u8]) -> Result<Self, Problem> {
        let visible = (1..=LONGEST).contains(&word.len()) && word.iter().all(u8::is_ascii_graphic);
        let word = Some(word).filter(|_word| visible).and_then(|word| String::from_utf8(word.to_vec()).ok());
        let word = word.ok_or_else(|| {
            let message = format!("An idempotency key is 1 to {LONGEST} visible ASCII characters, given once.");
            Problem::invalid("Idempotency-Key", message)
        })?;
        // Neither a method nor a path has a line break in it.
        let hash = Sha256::new().chain_update(format!("{method}\n{path}\n")).chain_update(body);
        Ok(Self { word, fingerprint: hash.finalize().into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_1_to_255_visible_characters() {
        let taken = |word: &[u8]| Repeat::new(word, "POST", "/a", b"").is_ok();
        for word in [&b"a"[..], b"\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", b"~!@#$%^&*()", &[b'x'; 255]] {
            assert!(taken(word), "{word:?}");
        }
        for word in [&b""[..], b"a b", b" ", b"\ta", "ä".as_bytes(), b"\x7f", b"\xff", &[b'x'; 256]] {
            assert!(!taken(word), "{word:?}");
        }
    }

    #[test]
    fn method_path_and_body_tell_requests_apart() {
        let of = |method, path, body: &[u8]| Repeat::new(b"a", method, path, body).unwrap().fingerprint;
        let one = of("POST", "/a", b"b");
        assert_eq!(one, of("POST", "/a", b"b"));
        for other in [of("PUT", "/a", b"b"), of("POST", "/b", b"b"), of("POST", "/a", b"c"), of("POST", "/", b"a\nb")] {
            assert_ne!(one, other);
        }
    }
}
