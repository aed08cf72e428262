//! Content protection: segments that only those can show who hold a key.
//!
//! Two ways, of which players take one or the other:
//!
//! - Samples are encrypted in their segments (ISO/IEC 23001-7, "common encryption"): [`init_segment`] and [`media_segment`]
//!   are what [`cmaf`](crate::cmaf) renders, with the boxes that say what is encrypted and how. Browsers decrypt them by
//!   Encrypted Media Extensions.
//! - Whole segments are encrypted by AES-128 (RFC 8216): [`Aes128`] takes any segment. Only HLS has it.
//!
//! How a manifest names either is [`Protection`](crate::presentation::Protection).
//!
//! What of a sample is encrypted depends on its codec. A sample of sound is encrypted as a whole; of a picture everything is
//! that shows something of it, and what a player must read before it decrypts stays in the clear: headers of units, slices and
//! frames, parameter sets, and what tells about the picture without showing it. Where nobody says how that is done, the
//! track is refused ([`takes`]) or the segment is ([`ProtectError::Unprotectable`]), and nothing is given away in the clear.

mod av1;
pub(crate) mod avc;
mod cipher;
mod error;
mod hevc;
mod hevc_sets;
mod information;
mod init;
mod key;
mod ranges;
mod rbsp;
mod segment;
mod units;
mod vp9;
mod walk;
mod whole;

pub use error::ProtectError;
pub use init::init_segment;
pub(crate) use init::pssh;
pub(crate) use key::Hex;
pub use key::{ContentKey, Iv, Key, KeyId};
pub use segment::{ProtectedSegment, media_segment};
pub use whole::{Aes128, TrackSalt, aes128_len, segment_iv};

use crate::map::TrackHeader;

/// How samples are encrypted (ISO/IEC 23001-7:2016, clause 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// AES-128 in counter mode, every protected byte; a vector for each sample.
    Cenc,
    /// AES-128 with cipher block chaining, of pictures one block in ten; one vector for all samples. What players of Apple
    /// take.
    Cbcs,
}

impl Scheme {
    /// The name in boxes and manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cenc => "cenc",
            Self::Cbcs => "cbcs",
        }
    }

    fn fourcc(self) -> [u8; 4] {
        match self {
            Self::Cenc => *b"cenc",
            Self::Cbcs => *b"cbcs",
        }
    }
}

/// Whether the samples of a track can be encrypted so: sound of any codec, H.264, HEVC and AV1 by both schemes, VP9 by
/// [`Scheme::Cenc`] only, since nobody says how by the other.
///
/// Not so HEVC in the profiles of screen content, and tracks whose decoder configuration cannot be read.
pub fn takes(header: &TrackHeader, scheme: Scheme) -> bool {
    walk::Walk::new(header, scheme).is_some()
}
