//! Reading: the hot path of delivery.

use crate::fault::{blocking, fault};
use crate::fill::{Filling, Outcome, Patience, SCRATCH};
use crate::pool::{Buffer, PIECE, Pool};
use crate::runs::{Run, Runs};
use async_trait::async_trait;
use bytes::Bytes;
use core::num::NonZeroU64;
use core::ops::Range;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kinora_app::port::{BlobError, Object};
use kinora_domain::ObjectId;
use rustix::fs::{Advice, fadvise};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest read that is tried on the spot: copying more would hold up the other tasks.
const ON_THE_SPOT: usize = 1024 * 1024;

/// How far behind a piece that had to wait the disk is asked for more.
const AHEAD: u64 = 1024 * 1024;

/// Asks the disk for a range. A hint: where it is refused the reads are slower and no less right.
fn ask(file: &File, range: &Range<u64>) {
    let len = NonZeroU64::new(range.end.saturating_sub(range.start));
    if let Some(Err(error)) = len.map(|len| fadvise(file, range.start, Some(len), Advice::WillNeed)) {
        tracing::trace!(%error, "reading ahead was refused");
    }
}

/// An open object. It holds the file, so a deletion does not disturb it.
#[derive(Debug)]
pub(crate) struct LocalObject {
    id: ObjectId,
    file: Arc<File>,
    size: u64,
    path: PathBuf,
    pool: Arc<Pool>,
    /// Whether the file system can read without waiting; found out at the first read.
    can_tell: AtomicBool,
}

/// A reading that may move to another thread.
struct Reading {
    filling: Filling,
    buffer: Buffer,
    scratch: Buffer,
}

impl Reading {
    fn fill(&mut self, file: &File, patience: Patience) -> io::Result<Outcome> {
        self.filling.fill(file, self.buffer.as_mut(), self.scratch.as_mut(), patience)
    }
}

impl LocalObject {
    pub(crate) fn new(id: ObjectId, file: File, path: PathBuf, pool: Arc<Pool>) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self { id, file: Arc::new(file), size, path, pool, can_tell: AtomicBool::new(true) })
    }

    /// The bytes of `runs`: on the spot where the page cache has them, else on a blocking thread,
    /// which then also asks the disk for `next`.
    async fn fetch(&self, runs: Vec<Run>, next: Option<Range<u64>>) -> Result<Bytes, BlobError> {
        let filling = Filling::new(runs);
        let buffer = self.pool.take(filling.len());
        let scratch = self.pool.take(if filling.has_gaps() { SCRATCH } else { 0 });
        let mut reading = Reading { filling, buffer, scratch };
        if self.can_tell.load(Ordering::Relaxed) && reading.filling.len() <= ON_THE_SPOT {
            match reading.fill(&self.file, Patience::None) {
                Ok(Outcome::Done) => return Ok(reading.buffer.freeze()),
                Ok(Outcome::OnDisk) => {}
                Ok(Outcome::CannotTell) => self.can_tell.store(false, Ordering::Relaxed),
                Err(error) => return Err(fault("reading", self.id, error)),
            }
        }
        let (id, file) = (self.id, Arc::clone(&self.file));
        blocking("reading", id, move || {
            for range in reading.filling.ahead(AHEAD, AHEAD).into_iter().chain(next) {
                ask(&file, &range);
            }
            reading.fill(&file, Patience::Disk).map_err(|error| fault("reading", id, error))?;
            Ok(reading.buffer.freeze())
        })
        .await
    }

    fn outside(&self, range: Range<u64>) -> BlobError {
        BlobError::OutOfRange { object: self.id, range }
    }

    /// The file, and the given ranges of it.
    pub(crate) fn runs(&self, ranges: Vec<Range<u64>>) -> Result<(Arc<File>, Runs), BlobError> {
        let runs = Runs::new(ranges, self.size).map_err(|wrong| self.outside(wrong))?;
        Ok((Arc::clone(&self.file), runs))
    }
}

#[async_trait]
impl Object for LocalObject {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, BlobError> {
        let (_file, mut runs) = self.runs(vec![range.clone()])?;
        let max = usize::try_from(self.size).unwrap_or(usize::MAX);
        match runs.next_piece(max) {
            Some(piece) => self.fetch(piece, None).await,
            None => Ok(Bytes::new()),
        }
    }

    fn stream(self: Arc<Self>, ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        let runs = match self.runs(ranges) {
            Ok((_file, runs)) => runs,
            Err(error) => return stream::iter([Err(error)]).boxed(),
        };
        stream::try_unfold((self, runs), async |(object, mut runs)| {
            let Some(piece) = runs.next_piece(PIECE) else {
                return Ok(None);
            };
            let bytes = object.fetch(piece, runs.ahead(AHEAD)).await?;
            Ok(Some((bytes, (object, runs))))
        })
        .boxed()
    }

    fn local_path(&self) -> Option<PathBuf> {
        Some(self.path.clone())
    }

    fn local_file(&self) -> Option<Arc<File>> {
        Some(Arc::clone(&self.file))
    }
}

#[cfg(test)]
#[path = "object_test.rs"]
mod tests;
