//! The object store that an export goes to: somebody else's, reached through a network or a folder of this machine.

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use std::collections::HashMap;

/// Why something failed, whoever it was.
pub type Fault = Box<dyn core::error::Error + Send + Sync>;

/// What a depot reports.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// What was to be put there cannot be read.
    #[error("the bytes of `{path}` cannot be read")]
    Source {
        /// Of which object.
        path: String,
        /// Why not.
        #[source]
        source: Fault,
    },
    /// What was to be put there ended early, or did not end.
    #[error("`{path}` has {found} bytes and not {expected}")]
    Length {
        /// Which object.
        path: String,
        /// Bytes that were announced.
        expected: u64,
        /// Bytes that came.
        found: u64,
    },
    /// The store refuses, or cannot be reached, after all attempts.
    #[error("{doing} `{path}` failed")]
    Store {
        /// What was being done, such as `writing`.
        doing: &'static str,
        /// To which object or folder.
        path: String,
        /// What it said.
        #[source]
        source: Fault,
    },
}

/// An object on its way, with the headers that it is to be given out with.
pub struct Parcel {
    /// Its media type.
    pub content_type: &'static str,
    /// How caches keep it: a value of `Cache-Control`.
    pub cache: &'static str,
    /// How many bytes it has.
    pub length: u64,
    /// The bytes, in pieces of a few hundred KiB, or in one that is in memory anyway.
    pub bytes: BoxStream<'static, Result<Bytes, Fault>>,
}

/// A place for exported objects. Paths are of names with slashes between them, relative to that place; names are of letters,
/// digits, `-`, `_` and `.`.
#[async_trait]
pub trait Depot: Send + Sync {
    /// The sizes in bytes of all objects below a folder, by their paths; none where there is no such folder.
    async fn sizes(&self, folder: &str) -> Result<HashMap<String, u64>, DepotError>;

    /// Puts an object there in place of one that may be there: whole, or not at all. What fails for a moment is tried again
    /// before this gives up. A parcel is in memory in parts of some MiB at most.
    async fn put(&self, path: &str, parcel: Parcel) -> Result<(), DepotError>;
}
