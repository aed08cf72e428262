//! Places that tests look into, and that fail when they are told to.

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use futures_util::stream::TryStreamExt as _;
use kinora_app::port::{Depot, DepotError, Parcel};
use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

/// What was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Put {
    pub(super) path: String,
    pub(super) content_type: &'static str,
    pub(super) cache: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// What comes instead of a put, by how many came before.
type Fault = Box<dyn Fn(usize) -> BoxFuture<'static, bool> + Send + Sync>;

/// A place in memory that remembers what was put, in which order.
pub(super) struct Shelf {
    puts: Mutex<Vec<Put>>,
    fault: Fault,
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self::with(|_before| Box::pin(async { false }))
    }

    /// One that fails when this says so.
    pub(super) fn with(fault: impl Fn(usize) -> BoxFuture<'static, bool> + Send + Sync + 'static) -> Self {
        Self { puts: Mutex::default(), fault: Box::new(fault) }
    }

    /// One on which lies what was put elsewhere.
    pub(super) fn holding(puts: Vec<Put>) -> Self {
        Self { puts: Mutex::new(puts), ..Self::new() }
    }

    pub(super) fn puts(&self) -> Vec<Put> {
        self.puts.lock().unwrap().clone()
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.puts().into_iter().map(|put| put.path).collect()
    }
}

#[async_trait]
impl Depot for Shelf {
    async fn sizes(&self, folder: &str) -> Result<HashMap<String, u64>, DepotError> {
        let puts = self.puts();
        let below =
            puts.into_iter().filter(|put| put.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        Ok(below.map(|put| (put.path, put.bytes.len() as u64)).collect())
    }

    async fn put(&self, path: &str, parcel: Parcel) -> Result<(), DepotError> {
        let before = self.puts.lock().unwrap().len();
        if (self.fault)(before).await {
            let source = Box::new(io::Error::other("it is away"));
            return Err(DepotError::Store { doing: "writing", path: path.to_owned(), source });
        }
        let pieces: Vec<_> = parcel.bytes.try_collect().await.unwrap();
        let bytes = pieces.concat();
        assert_eq!(bytes.len() as u64, parcel.length, "{path}");
        let Parcel { content_type, cache, .. } = parcel;
        self.puts.lock().unwrap().push(Put { path: path.to_owned(), content_type, cache, bytes });
        Ok(())
    }
}
