//! AES-128 of whole segments, as HLS has it (RFC 8216, 4.3.2.4 and 6.2.3).

use aws_lc_rs::cipher::{AES_128, EncryptionContext, StreamingEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use core::fmt;

use super::error::ProtectError;
use super::key::{BLOCK, Iv, Key};

/// Eight bytes that name a track at its version, among all tracks that share a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrackSalt(pub [u8; 8]);

/// The vector of segment `n` of a track, from 0: the salt of the track, and the number in eight bytes.
///
/// It never repeats under a key, where the tracks of that key have different salts at all their versions: of two
/// segments either the salt differs, or the number. So no two segments show that they begin with the same bytes, as
/// all begin with the same boxes.
pub fn segment_iv(salt: TrackSalt, n: u32) -> Iv {
    let salt = u128::from(u64::from_be_bytes(salt.0)) << 64;
    Iv::new((salt | u128::from(n)).to_be_bytes())
}

/// Bytes of a segment of `len` bytes, encrypted: the next multiple of 16 that is larger.
pub fn aes128_len(len: u64) -> u64 {
    (len / 16).saturating_add(1).saturating_mul(16)
}

/// A segment on its way through AES-128 with cipher block chaining and the padding of PKCS #7 (RFC 5652, 6.3): pieces in,
/// pieces out, so that none of it needs to be in memory whole.
pub struct Aes128 {
    cipher: StreamingEncryptingKey,
}

impl fmt::Debug for Aes128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aes128(..)")
    }
}

impl Aes128 {
    /// Before the first byte of a segment.
    ///
    /// # Errors
    /// [`ProtectError::Cipher`].
    pub fn new(key: &Key, iv: Iv) -> Result<Self, ProtectError> {
        let key = UnboundCipherKey::new(&AES_128, key.bytes()).map_err(cipher)?;
        let context = EncryptionContext::Iv128(FixedLength::from(*iv.bytes()));
        Ok(Self { cipher: StreamingEncryptingKey::less_safe_cbc_pkcs7(key, context).map_err(cipher)? })
    }

    /// The next bytes, encrypted: as many whole blocks as there are, and what is left of a block comes with what
    /// follows.
    ///
    /// # Errors
    /// [`ProtectError::Cipher`].
    pub fn next(&mut self, clear: &[u8]) -> Result<Vec<u8>, ProtectError> {
        let mut encrypted = vec![0; clear.len().saturating_add(BLOCK)];
        let written = self.cipher.update(clear, &mut encrypted).map_err(cipher)?.written().len();
        encrypted.truncate(written);
        Ok(encrypted)
    }

    /// The last block, behind which nothing follows.
    ///
    /// # Errors
    /// [`ProtectError::Cipher`].
    pub fn end(self) -> Result<Vec<u8>, ProtectError> {
        let mut encrypted = vec![0; BLOCK];
        let (_context, update) = self.cipher.finish(&mut encrypted).map_err(cipher)?;
        let written = update.written().len();
        encrypted.truncate(written);
        Ok(encrypted)
    }
}

fn cipher(_nothing_is_said: Unspecified) -> ProtectError {
    ProtectError::Cipher
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of a segment at once.
    fn aes128(segment: &[u8], key: &Key, iv: Iv) -> Vec<u8> {
        in_pieces(segment, segment.len().max(1), key, iv)
    }

    fn in_pieces(segment: &[u8], len: usize, key: &Key, iv: Iv) -> Vec<u8> {
        let mut cipher = Aes128::new(key, iv).unwrap();
        let mut encrypted: Vec<u8> = segment.chunks(len).flat_map(|piece| cipher.next(piece).unwrap()).collect();
        encrypted.extend(cipher.end().unwrap());
        encrypted
    }

    /// NIST SP 800-38A, F.2.1.
    #[test]
    fn blocks_are_chained_as_the_standard_has_it() {
        let key = Key::new(*b"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c");
        let iv = Iv::new(core::array::from_fn(|at| u8::try_from(at).unwrap()));
        let plain = b"\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a\
                      \xae\x2d\x8a\x57\x1e\x03\xac\x9c\x9e\xb7\x6f\xac\x45\xaf\x8e\x51";
        let expected = b"\x76\x49\xab\xac\x81\x19\xb2\x46\xce\xe9\x8e\x9b\x12\xe9\x19\x7d\
                         \x50\x86\xcb\x9b\x50\x72\x19\xee\x95\xdb\x11\x3a\x91\x76\x78\xb2";
        let encrypted = aes128(plain, &key, iv);
        assert_eq!(encrypted[..32], expected[..]);
        assert_eq!(encrypted.len(), 48);
    }

    #[test]
    fn lengths_are_known_beforehand() {
        for (len, expected) in [(0, 16), (1, 16), (15, 16), (16, 32), (17, 32), (1_000, 1_008)] {
            assert_eq!(aes128_len(len), expected);
            let plain = vec![7; usize::try_from(len).unwrap()];
            let encrypted = aes128(&plain, &Key::new([1; 16]), Iv::new([2; 16]));
            assert_eq!(u64::try_from(encrypted.len()).unwrap(), expected, "{len}");
        }
    }

    #[test]
    fn pieces_of_any_length_give_the_same_bytes() {
        let plain: Vec<u8> = (0..1_000).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let (key, iv) = (Key::new([1; 16]), Iv::new([2; 16]));
        let expected = aes128(&plain, &key, iv);
        for len in [1, 15, 16, 17, 100, 999] {
            assert_eq!(in_pieces(&plain, len, &key, iv), expected, "{len}");
        }
    }

    #[test]
    fn vectors_name_the_track_and_the_segment() {
        let iv = |salt: u8, n| segment_iv(TrackSalt([salt; 8]), n);
        assert_eq!(*iv(0xab, 0x0102_0304).bytes(), *b"\xab\xab\xab\xab\xab\xab\xab\xab\0\0\0\0\x01\x02\x03\x04");
        let all: std::collections::HashSet<_> =
            (0..4).flat_map(|salt| [0, 1, 255, 256, u32::MAX].map(|n| iv(salt, n))).collect();
        assert_eq!(all.len(), 20);
    }
}
