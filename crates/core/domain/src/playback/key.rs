//! Keys that playback tokens are checked with.

use crate::id::{OrganizationId, PlaybackKeyId};
use crate::time::Timestamp;

/// How tokens of a key are signed (RFC 7518 clause 3.1, RFC 8037). The key says it, never the token (RFC 8725 clause 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenAlgorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl TokenAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// What a token is checked with, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenKey {
    /// A secret that both sides know, sealed under the master key.
    Sealed(Vec<u8>),
    /// A public key in PEM.
    Public {
        /// Of which kind.
        algorithm: TokenAlgorithm,
        /// The text.
        pem: String,
    },
}

impl core::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.algorithm().name())
    }
}

impl TokenKey {
    /// How its tokens are signed.
    pub const fn algorithm(&self) -> TokenAlgorithm {
        match self {
            Self::Sealed(_) => TokenAlgorithm::Hs256,
            Self::Public { algorithm, .. } => *algorithm,
        }
    }
}

/// The life of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyLife {
    /// Tokens are made and checked with it.
    Active,
    /// Nothing new is signed with it, and its tokens count until then: who watches is not interrupted.
    Retiring {
        /// By the wall clock.
        until: Timestamp,
    },
}

/// A key that playback tokens of an organization are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybackKey {
    /// Its id, which tokens name as `kid`.
    pub id: PlaybackKeyId,
    /// Whose tokens they are.
    pub organization: OrganizationId,
    /// The key itself.
    pub key: TokenKey,
    /// Whether it counts.
    pub life: KeyLife,
    /// When it was made.
    pub created: Timestamp,
}

impl PlaybackKey {
    /// Whether its tokens count at this moment.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        match self.life {
            KeyLife::Active => true,
            KeyLife::Retiring { until } => now < until,
        }
    }
}
