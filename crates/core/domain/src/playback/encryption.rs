//! Encryption of what an output plays.

use crate::id::{ContentKeyId, OutputId};
use crate::time::Timestamp;

/// How the media of an output is encrypted on its way to viewers. What is stored never is: any form is made on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encryption {
    /// Not at all.
    #[default]
    None,
    /// Whole segments by AES-128 in CBC (RFC 8216 clause 4.3.2.4).
    Aes128,
    /// Samples by Common Encryption (ISO/IEC 23001-7), with keys from a licence server.
    Drm,
}

impl Encryption {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::None, Self::Aes128, Self::Drm];

    /// The stable lower-case name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Aes128 => "aes128",
            Self::Drm => "drm",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// What the keys of an output are derived from, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKeys {
    /// Names the key of AES-128, which is one for the output.
    pub id: ContentKeyId,
    /// What it is for.
    pub output: OutputId,
    /// 32 random bytes, sealed under the master key.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
}

impl core::fmt::Debug for ContentKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ContentKeys").field("id", &self.id).field("output", &self.output).finish_non_exhaustive()
    }
}
