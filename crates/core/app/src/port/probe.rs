//! A look inside a file by an outside program.

use async_trait::async_trait;
use kinora_domain::track::FoundTrack;
use kinora_media::sniff::Container;
use std::sync::Arc;

use super::Object;

/// What can go wrong while looking.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The container is not one that is handed to outside programs.
    #[error("files of type {0} are not taken")]
    Unsupported(&'static str),
    /// The bytes cannot be read as their container. `words` is what the program said, shortened.
    #[error("the file cannot be read: {words}")]
    Unreadable {
        /// The program's own words; may hold nothing that names our paths.
        words: String,
    },
    /// A limit of time, memory or output was met.
    #[error("the file takes more {0} to read than is allowed")]
    Limit(&'static str),
    /// The program could not be run; another attempt may succeed.
    #[error("starting the prober")]
    Run(#[source] std::io::Error),
}

/// Looks inside files that we do not read ourselves.
#[async_trait]
pub trait Prober: Send + Sync + 'static {
    /// The tracks of an object, read as `container` and as nothing else.
    async fn probe(&self, object: Arc<dyn Object>, container: Container) -> Result<Vec<FoundTrack>, ProbeError>;
}
