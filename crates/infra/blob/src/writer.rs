//! The way of uploaded bytes onto the disk.

use crate::fault::{blocking, fault};
use crate::lane::{Lane, Turn};
use async_trait::async_trait;
use bytes::Bytes;
use core::mem;
use core::num::NonZeroU64;
use core::ops::Range;
use kinora_app::port::{BlobError, RangeWriter};
use kinora_domain::ObjectId;
use rustix::fs::{Advice, fadvise};
use rustix::io::{pwritev, retry_on_intr};
use std::fs::File;
use std::io::{self, IoSlice};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Bytes gathered before they go to the disk together.
const BATCH: usize = 1024 * 1024;

/// Frames of one batch; the kernel takes 1024 slices.
const FRAMES: usize = 512;

/// Writes one range of an object. Frames are kept as they come, without a copy, until they make a
/// batch, which a blocking thread writes while the next one gathers: two batches are held at most, and
/// [`write`](RangeWriter::write) waits when the disk is slower than the network.
///
/// A writer of an overlapping range that is opened later takes the range over (see [`Lane`]): what this
/// one writes then fails with `ResourceBusy`, and nothing of it reaches the disk after the other's first
/// byte. Dropped in the middle, the object stays usable: the bytes before the last batches are there,
/// the rest is what it was.
pub(crate) struct LocalWriter {
    object: ObjectId,
    file: Arc<File>,
    lane: Arc<Lane>,
    range: Range<u64>,
    /// Where the first gathered frame goes.
    offset: u64,
    frames: Vec<Bytes>,
    gathered: usize,
    under_way: Option<JoinHandle<Result<(), BlobError>>>,
}

impl LocalWriter {
    pub(crate) fn new(object: ObjectId, file: File, lane: Arc<Lane>, range: Range<u64>) -> Self {
        let offset = range.start;
        Self { object, file: Arc::new(file), lane, range, offset, frames: Vec::new(), gathered: 0, under_way: None }
    }

    /// Waits for the batch before, then starts writing what is gathered.
    async fn send(&mut self) -> Result<(), BlobError> {
        self.settle().await?;
        let Some(turn) = self.lane.turn().await else {
            return Err(taken_over(self.object));
        };
        let batch = self.batch();
        let (object, file) = (self.object, Arc::clone(&self.file));
        self.under_way = Some(tokio::task::spawn_blocking(move || batch.write(object, &file, &turn)));
        Ok(())
    }

    /// Takes over what is gathered.
    fn batch(&mut self) -> Batch {
        let batch = Batch { offset: self.offset, frames: mem::take(&mut self.frames) };
        self.offset += self.gathered as u64;
        self.gathered = 0;
        batch
    }

    /// Waits for the batch under way. After an error nothing more is written.
    async fn settle(&mut self) -> Result<(), BlobError> {
        let Some(under_way) = self.under_way.as_mut() else {
            return Ok(());
        };
        // Taken out once it has ended, so that a canceled wait can be taken up again.
        let ended = under_way.await;
        self.under_way = None;
        let result = ended.unwrap_or_else(|broken| Err(fault("writing", self.object, io::Error::other(broken))));
        if result.is_err() {
            self.lane.close();
        }
        result
    }
}

#[async_trait]
impl RangeWriter for LocalWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        let start = self.offset + self.gathered as u64;
        let end = start.saturating_add(bytes.len() as u64);
        if end > self.range.end {
            return Err(BlobError::OutOfRange { object: self.object, range: start..end });
        }
        // Before the bytes are taken: a caller that gives up while this waits has written none of them.
        if self.gathered >= BATCH || self.frames.len() >= FRAMES {
            self.send().await?;
        }
        if !bytes.is_empty() {
            self.gathered += bytes.len();
            self.frames.push(bytes);
        }
        if self.under_way.as_ref().is_none_or(JoinHandle::is_finished) && self.gathered >= BATCH {
            self.send().await?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<u64, BlobError> {
        self.settle().await?;
        let object = self.object;
        let Some(turn) = self.lane.turn().await else {
            return Err(taken_over(object));
        };
        let batch = self.batch();
        let written = self.offset - self.range.start;
        let file = Arc::clone(&self.file);
        blocking("syncing", object, move || {
            batch.write(object, &file, &turn)?;
            file.sync_data().map_err(|error| fault("syncing", object, error))?;
            // Whoever takes over waits for this turn: its bytes come after ours, and ours are not to
            // be acknowledged.
            if turn.is_open() { Ok(written) } else { Err(taken_over(object)) }
        })
        .await
    }
}

impl Drop for LocalWriter {
    fn drop(&mut self) {
        self.lane.close();
    }
}

/// Frames that go to the disk together.
struct Batch {
    offset: u64,
    frames: Vec<Bytes>,
}

impl Batch {
    fn write(&self, object: ObjectId, file: &File, turn: &Turn) -> Result<(), BlobError> {
        if !turn.is_open() {
            return Err(taken_over(object));
        }
        let mut slices: Vec<_> = self.frames.iter().map(|frame| IoSlice::new(frame)).collect();
        let mut left = slices.as_mut_slice();
        let mut offset = self.offset;
        while !left.is_empty() {
            match retry_on_intr(|| pwritev(file, left, offset)).map_err(io::Error::from) {
                Ok(0) => return Err(fault("writing", object, io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    IoSlice::advance_slices(&mut left, written);
                    offset += written as u64;
                }
                Err(error) => return Err(fault("writing", object, error)),
            }
        }
        self.start_writeback(file, offset);
        Ok(())
    }

    /// Has the kernel begin to put the batch on the disk, so that the sync at the end finds little left
    /// to do. The advice does so as its first step (`mm/fadvise.c`); what it drops after it are clean
    /// pages only, and these are dirty or on their way. Advice that is not taken costs time, nothing else.
    fn start_writeback(&self, file: &File, end: u64) {
        let length = NonZeroU64::new(end.saturating_sub(self.offset));
        if let Err(error) = fadvise(file, self.offset, length, Advice::DontNeed) {
            tracing::debug!(%error, "the kernel takes no advice about an upload");
        }
    }
}

fn taken_over(object: ObjectId) -> BlobError {
    BlobError::Io {
        doing: "writing",
        object,
        source: io::Error::new(io::ErrorKind::ResourceBusy, "the range has another writer, or an earlier write failed"),
    }
}
