//! A file that a program writes, to be read while it grows. It lasts as long as somebody holds it.

use crate::scratch::Scratch;
use async_trait::async_trait;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kinora_app::port::{BlobError, Object};
use kinora_domain::ObjectId;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// The object named in errors: it is none of the store's.
const NOBODY: ObjectId = ObjectId::new(Uuid::nil());

/// Bytes of a piece of a stream.
const PIECE: u64 = 256 * 1024;

pub(crate) struct Output {
    path: PathBuf,
    /// The folder is removed with its last output.
    _folder: Arc<Scratch>,
}

impl Output {
    pub(crate) fn shared(folder: &Arc<Scratch>, name: &str) -> Arc<dyn Object> {
        Arc::new(Self { path: folder.path().join(name), _folder: Arc::clone(folder) })
    }
}

fn fault(source: io::Error) -> BlobError {
    BlobError::Io { doing: "reading", object: NOBODY, source }
}

#[async_trait]
impl Object for Output {
    /// That of the moment; zero before the program made the file.
    fn size(&self) -> u64 {
        self.path.metadata().map_or(0, |meta| meta.len())
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, BlobError> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || {
            let len = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
            let mut bytes = vec![0; len];
            File::open(path)?.read_exact_at(&mut bytes, range.start)?;
            Ok(Bytes::from(bytes))
        });
        read.await.map_err(io::Error::other).flatten().map_err(fault)
    }

    fn stream(self: Arc<Self>, ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        let pieces = ranges.into_iter().flat_map(|range| {
            (range.start..range.end)
                .step_by(usize::try_from(PIECE).unwrap_or(usize::MAX))
                .map(move |start| start..start.saturating_add(PIECE).min(range.end))
        });
        stream::iter(pieces)
            .then(move |piece| {
                let output = Arc::clone(&self);
                async move { output.read(piece).await }
            })
            .boxed()
    }

    fn local_path(&self) -> Option<PathBuf> {
        Some(self.path.clone())
    }

    fn local_file(&self) -> Option<Arc<File>> {
        None
    }
}
