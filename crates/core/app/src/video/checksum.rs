//! Checksums that clients send with bytes.

use kinora_domain::{Kind, Problem};
use md5::{Digest as _, Md5};

/// What the bytes of a request must add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// MD5 (RFC 1321).
    Md5([u8; 16]),
    /// CRC-64/NVME, its lowest byte first.
    Crc64([u8; 8]),
}

impl Checksum {
    /// Passes bytes that are at hand.
    ///
    /// # Errors
    /// They are others.
    pub fn check(self, bytes: &[u8]) -> Result<(), Problem> {
        let mut sum = Sum::new(self);
        sum.update(bytes);
        sum.check()
    }
}

/// A checksum in the making, and what it must become.
pub(super) enum Sum {
    Md5(Box<Md5>, [u8; 16]),
    Crc64(u64, [u8; 8]),
}

impl Sum {
    pub(super) fn new(expected: Checksum) -> Self {
        match expected {
            Checksum::Md5(expected) => Self::Md5(Box::default(), expected),
            Checksum::Crc64(expected) => Self::Crc64(u64::MAX, expected),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(sum, _) => sum.update(bytes),
            Self::Crc64(sum, _) => *sum = bytes.iter().fold(*sum, |sum, byte| step(sum, *byte)),
        }
    }

    /// Passes what was expected.
    ///
    /// # Errors
    /// The bytes were damaged on their way.
    pub(super) fn check(self) -> Result<(), Problem> {
        let wrong = |reason, name: &str| {
            let message = format!("The {name} of the body is not the one that was sent with it: send it again.");
            Err(Problem::new(Kind::Invalid, reason, message))
        };
        match self {
            Self::Md5(sum, expected) if sum.clone().finalize().as_slice() != expected => wrong("md5_mismatch", "MD5"),
            Self::Crc64(sum, expected) if (!sum).to_le_bytes() != expected => wrong("crc64_mismatch", "CRC-64"),
            Self::Md5(..) | Self::Crc64(..) => Ok(()),
        }
    }
}

/// The polynomial, its bits in reverse.
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;

/// What each byte does to a sum.
static TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    let mut index = 0;
    while index < table.len() {
        let mut sum: u64 = byte;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ POLYNOMIAL } else { sum >> 1 };
            bit += 1;
        }
        table[index] = sum;
        byte += 1;
        index += 1;
    }
    table
};

fn step(sum: u64, byte: u8) -> u64 {
    let [low, ..] = sum.to_le_bytes();
    TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default() ^ (sum >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_known_texts() {
        // The check value of the catalogue of CRCs, and of RFC 1321, A.5.
        let crc = 0xae8b_1486_0a79_9888_u64.to_le_bytes();
        Checksum::Crc64(crc).check(b"123456789").unwrap();
        Checksum::Crc64([0; 8]).check(b"").unwrap();
        let md5 = 0x57ed_f4a2_2be3_c955_ac49_da2e_2107_b67a_u128.to_be_bytes();
        let digits = b"1234567890".repeat(8);
        Checksum::Md5(md5).check(&digits).unwrap();
        assert_eq!(Checksum::Md5(md5).check(b"").unwrap_err().reason, "md5_mismatch");
        assert_eq!(Checksum::Crc64(crc).check(b"12345678").unwrap_err().reason, "crc64_mismatch");
    }

    #[test]
    fn the_cut_of_the_bytes_says_nothing() {
        let mut sum = Sum::new(Checksum::Crc64(0xae8b_1486_0a79_9888_u64.to_le_bytes()));
        for piece in [&b"1"[..], b"", b"2345678", b"9"] {
            sum.update(piece);
        }
        sum.check().unwrap();
    }
}
