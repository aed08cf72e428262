//! Keys, what names them, and initialization vectors.

use core::fmt::{self, Write as _};

/// Bytes of a block of AES.
pub(super) const BLOCK: usize = 16;

/// A key of AES-128. It is never shown.
#[derive(Clone)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The name of a key (`KID` of ISO/IEC 23001-7): a UUID, which anybody may know.
///
/// Displayed as UUIDs are written: `00112233-4455-6677-8899-aabbccddeeff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The name of these bytes, the first of the text first.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes, as they stand in boxes.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_char('-')?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// An initialization vector of cipher block chaining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iv([u8; BLOCK]);

impl Iv {
    /// The vector of these bytes.
    pub fn new(bytes: [u8; BLOCK]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8; BLOCK] {
        &self.0
    }
}

/// What the samples of one track are encrypted with.
///
/// It is of one track at one version only: no other track, and no other bytes under the name of this one, may be
/// encrypted with the same key. The vectors of [`Scheme::Cenc`](super::Scheme::Cenc) count samples, and begin
/// again with every track.
#[derive(Debug, Clone)]
pub struct ContentKey {
    /// The key.
    pub key: Key,
    /// Its name.
    pub kid: KeyId,
    /// The vector of all samples under [`Scheme::Cbcs`](super::Scheme::Cbcs); the other scheme does not use it.
    pub iv: Iv,
}

/// Sixteen bytes in hexadecimal, as HLS writes them: `0x` and 32 digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8; 16]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; 16] =
        [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];

    #[test]
    fn names_are_written_as_uuids() {
        assert_eq!(KeyId::new(BYTES).to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(Hex(&BYTES).to_string(), "0x00112233445566778899aabbccddeeff");
    }

    #[test]
    fn keys_are_not_shown() {
        let content = ContentKey { key: Key::new([0xa5; 16]), kid: KeyId::new(BYTES), iv: Iv::new([7; 16]) };
        let shown = format!("{content:?}");
        assert!(shown.contains("Key(..)") && !shown.contains("165"), "{shown}");
    }
}
