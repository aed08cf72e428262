//! The port.

use crate::disk;
use crate::fault::{blocking, fault, opening};
use crate::gather::gather;
use crate::lane::Lanes;
use crate::layout::{Layout, OpenError};
use crate::object::LocalObject;
use crate::pool::Pool;
use crate::runs::Runs;
use crate::writer::LocalWriter;
use async_trait::async_trait;
use core::ops::Range;
use kinora_app::port::{BlobError, Blobs, Object, Piece, RangeWriter, Space};
use kinora_domain::ObjectId;
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// The object named in errors of calls that are about no object.
const NOBODY: ObjectId = ObjectId::new(Uuid::nil());

/// Objects in a folder of a local disk.
#[derive(Debug, Clone)]
pub struct LocalBlobs {
    layout: Arc<Layout>,
    lanes: Arc<Lanes>,
    pool: Arc<Pool>,
    kept: u64,
}

impl LocalBlobs {
    /// Opens the store in `root`, making the folders that are missing and removing what an earlier
    /// run left unfinished. The last `reserve_bytes` of the disk are never taken, so that the database
    /// beside us can go on.
    pub fn open(root: PathBuf, reserve_bytes: u64) -> Result<Self, OpenError> {
        let layout = Arc::new(Layout::open(root)?);
        Ok(Self { layout, lanes: Arc::default(), pool: Arc::default(), kept: reserve_bytes })
    }

    /// Opens an object for reading. Blocks.
    fn open_now(&self, id: ObjectId) -> Result<LocalObject, BlobError> {
        let path = self.layout.object(id);
        let file = File::open(&path).map_err(|error| opening(id, error))?;
        LocalObject::new(id, file, path, Arc::clone(&self.pool)).map_err(|error| fault("opening", id, error))
    }

    /// Makes object `id` of what `write` puts into an empty file. Blocks.
    fn make<T>(
        &self,
        id: ObjectId,
        doing: &'static str,
        write: impl FnOnce(&File) -> io::Result<T>,
    ) -> Result<T, BlobError> {
        let temp = self.layout.temp(id).map_err(|error| fault(doing, id, error))?;
        let made = write(temp.file()).map_err(|error| fault(doing, id, error))?;
        temp.publish(&self.layout.object(id)).map_err(|error| fault(doing, id, error))?;
        Ok(made)
    }
}

#[async_trait]
impl Blobs for LocalBlobs {
    async fn create(&self, id: ObjectId, size: u64) -> Result<(), BlobError> {
        let store = self.clone();
        blocking("making", id, move || store.make(id, "making", |file| disk::take(file, size, store.kept))).await
    }

    async fn writer(&self, id: ObjectId, range: Range<u64>) -> Result<Box<dyn RangeWriter>, BlobError> {
        let path = self.layout.object(id);
        let within = range.clone();
        let file = blocking("opening", id, move || {
            let file = OpenOptions::new().write(true).open(&path).map_err(|error| opening(id, error))?;
            let size = file.metadata().map_err(|error| fault("opening", id, error))?.len();
            if within.start > within.end || within.end > size {
                return Err(BlobError::OutOfRange { object: id, range: within });
            }
            Ok(file)
        })
        .await?;
        let lane = self.lanes.enter(id, range.clone()).await;
        Ok(Box::new(LocalWriter::new(id, file, lane, range)))
    }

    async fn put(&self, id: ObjectId, bytes: Vec<u8>) -> Result<(), BlobError> {
        let store = self.clone();
        blocking("storing", id, move || {
            store.make(id, "storing", |mut file| {
                disk::has_room(file, bytes.len() as u64, store.kept)?;
                file.write_all(&bytes)
            })
        })
        .await
    }

    async fn gather(&self, pieces: Vec<Piece>, to: ObjectId) -> Result<u64, BlobError> {
        let store = self.clone();
        blocking("gathering", to, move || {
            let failed = |error| fault("gathering", to, error);
            let mut sources = Vec::with_capacity(pieces.len());
            let mut size = 0_u64;
            for Piece { from, ranges } in pieces {
                let path = from.local_path().ok_or_else(|| failed(io::ErrorKind::Unsupported.into()))?;
                let runs =
                    Runs::new(ranges, from.size()).map_err(|range| BlobError::OutOfRange { object: to, range })?;
                let sum = runs.len().and_then(|len| size.checked_add(len));
                size = sum.ok_or_else(|| failed(Errno::FBIG.into()))?;
                sources.push((File::open(path).map_err(failed)?, runs));
            }
            store.make(to, "gathering", |file| {
                disk::take(file, size, store.kept)?;
                sources.into_iter().try_fold(0, |total, (source, runs)| Ok(total + gather(&source, runs, file)?))
            })
        })
        .await
    }

    async fn open(&self, id: ObjectId) -> Result<Arc<dyn Object>, BlobError> {
        let store = self.clone();
        let object = blocking("opening", id, move || store.open_now(id)).await?;
        Ok(Arc::new(object))
    }

    /// After a crash a removed object may be there again, as one that nobody refers to.
    async fn delete(&self, id: ObjectId) -> Result<(), BlobError> {
        let path = self.layout.object(id);
        blocking("removing", id, move || match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault("removing", id, error)),
            _ => Ok(()),
        })
        .await
    }

    async fn list(&self) -> Result<Vec<ObjectId>, BlobError> {
        let layout = Arc::clone(&self.layout);
        blocking("listing", NOBODY, move || layout.list().map_err(|error| fault("listing", NOBODY, error))).await
    }

    async fn space(&self) -> Result<Space, BlobError> {
        let store = self.clone();
        blocking("measuring", NOBODY, move || {
            disk::space(store.layout.root(), store.kept).map_err(|error| fault("measuring", NOBODY, error))
        })
        .await
    }
}
