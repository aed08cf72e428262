//! The registry of ids: one type per kind of thing, so that one can never be passed for another.
//!
//! Inside they are UUIDs (version 7 when we make them: they sort by creation). Their text form here
//! is the hyphenated lower-case UUID; a dialect with another text form converts at its edge.

use core::fmt;
use core::str::FromStr;
use uuid::Uuid;

/// A text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct MalformedId;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that names a thing of this kind.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside, for storage.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            /// Reads the hyphenated form only: one thing has one spelling (letter case aside).
            fn from_str(text: &str) -> Result<Self, MalformedId> {
                if text.len() != 36 {
                    return Err(MalformedId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_malformed| MalformedId)
            }
        }
    )+};
}

ids! {
    /// The tenant that owns everything below it.
    OrganizationId;
    /// A folder of assets in an organization.
    ProjectId;
    /// An API key (its record, never its secret).
    KeyId;
    /// What a key may do, as a thing that clients name.
    RoleId;
    /// Immutable stored bytes.
    ObjectId;
    /// A handle on uploaded bytes.
    FileId;
    /// A playable thing.
    AssetId;
    /// One elementary stream of an asset.
    TrackId;
    /// Something that an asset is made into.
    OutputId;
    /// One track in the making.
    RenditionId;
    /// One piece of a picture track that is encoded apart.
    ChunkId;
    /// A key that playback tokens are checked with.
    PlaybackKeyId;
    /// What the keys of an encrypted output are derived from.
    ContentKeyId;
    /// A web site that may show an organization's assets.
    SiteId;
    /// A durable unit of work.
    JobId;
    /// The random token of one lease on a job; fences every write of its holder.
    LeaseToken;
    /// A process that holds leases, from its start to its end.
    HolderId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(text.parse::<FileId>().unwrap().to_string(), text);
        for other in ["", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}", "../etc/passwd"]
        {
            assert_eq!(other.parse::<FileId>(), Err(MalformedId), "{other}");
        }
    }
}
