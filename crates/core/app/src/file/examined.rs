//! What the outside program found in stored files, in memory: objects never change, and several jobs ask
//! about the same one within a second.

use super::container::container;
use crate::app::App;
use crate::error::Error;
use crate::port::{BlobError, Examination, Object, ProbeError};
use kinora_domain::ObjectId;
use kinora_media::sniff::Container;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Files remembered; each takes a few kilobytes.
const FILES: usize = 256;

/// The memory.
pub(crate) struct Examined(Cache<ObjectId, Arc<Examination>>);

impl Default for Examined {
    fn default() -> Self {
        Self(Cache::new(FILES))
    }
}

/// A stored file and what is in it.
pub(crate) struct Looked {
    pub(crate) object: Arc<dyn Object>,
    pub(crate) container: Container,
    pub(crate) examination: Arc<Examination>,
}

/// Why it could not be looked into.
pub(crate) enum LookError {
    /// The program refused or could not be run.
    Probe(ProbeError),
    /// The bytes cannot be reached.
    Other(Error),
}

impl From<LookError> for Error {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Probe(error) => error.into(),
            LookError::Other(error) => error,
        }
    }
}

impl From<BlobError> for LookError {
    fn from(error: BlobError) -> Self {
        Self::Other(error.into())
    }
}

/// Looks into a stored file: once, however many ask at the same time.
pub(crate) async fn look(app: &App, id: ObjectId) -> Result<Looked, LookError> {
    let object = app.blobs.open(id).await?;
    let container = container(&*object).await.map_err(LookError::Other)?;
    let examination = examine(app, Some(id), &object, container).await.map_err(LookError::Probe)?;
    Ok(Looked { object, container, examination })
}

/// Looks into a file: once where it stands for an object that never changes, be it that object or made of what that says.
pub(crate) async fn examine(
    app: &App,
    stands_for: Option<ObjectId>,
    file: &Arc<dyn Object>,
    container: Container,
) -> Result<Arc<Examination>, ProbeError> {
    let ask = async { app.prober.look(Arc::clone(file), container).await.map(Arc::new) };
    match stands_for {
        Some(id) => app.examined.0.get_or_insert_async(&id, ask).await,
        None => ask.await,
    }
}
