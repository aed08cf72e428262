//! Objects: immutable stored bytes under keys of ours.

use async_trait::async_trait;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::BoxStream;
use kinora_domain::ObjectId;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

/// What can go wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No object of this id.
    #[error("object {0} is not there")]
    Missing(ObjectId),
    /// The disk or its quota is full. Nothing that was acknowledged is lost.
    #[error("the object store is full")]
    Full,
    /// A range outside the object.
    #[error("bytes {start}..{end} are outside object {object}", start = .range.start, end = .range.end)]
    OutOfRange {
        /// The object.
        object: ObjectId,
        /// What was asked for.
        range: Range<u64>,
    },
    /// The operating system refused.
    #[error("{doing} object {object}")]
    Io {
        /// What was being done, such as `writing`.
        doing: &'static str,
        /// To which object.
        object: ObjectId,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
}

/// Ranges of one object, in the order in which they are wanted.
pub struct Piece {
    /// The object.
    pub from: Arc<dyn Object>,
    /// The ranges.
    pub ranges: Vec<Range<u64>>,
}

/// Space of the store, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// All of it.
    pub total: u64,
    /// What is left for us.
    pub free: u64,
}

/// The object store.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Makes an object of `size` bytes and reserves its space on the disk; what it holds is undefined
    /// until written. Durable (name included) when this returns. Nothing is left behind on failure.
    async fn create(&self, id: ObjectId, size: u64) -> Result<(), BlobError>;

    /// A writer of `range` of an object made by [`create`](Self::create).
    async fn writer(&self, id: ObjectId, range: Range<u64>) -> Result<Box<dyn RangeWriter>, BlobError>;

    /// Stores a whole small object at once: after a crash it is there whole or not at all. Durable
    /// when this returns.
    async fn put(&self, id: ObjectId, bytes: Vec<u8>) -> Result<(), BlobError>;

    /// Makes object `to` of the given ranges of open objects, one after the other, whole or not at all
    /// and durable when this returns. The objects may be of another store. Gives its size.
    async fn gather(&self, pieces: Vec<Piece>, to: ObjectId) -> Result<u64, BlobError>;

    /// Opens an object for reading. Reading goes on to work after a [`delete`](Self::delete).
    async fn open(&self, id: ObjectId) -> Result<Arc<dyn Object>, BlobError>;

    /// Removes an object; no error when it is not there.
    async fn delete(&self, id: ObjectId) -> Result<(), BlobError>;

    /// The ids of all objects that are stored, to find those that nobody refers to.
    async fn list(&self) -> Result<Vec<ObjectId>, BlobError>;

    /// How much space there is.
    async fn space(&self) -> Result<Space, BlobError>;
}

/// Writes one range of an object, front to back.
#[async_trait]
pub trait RangeWriter: Send {
    /// Writes the next bytes; more than the range holds is [`BlobError::OutOfRange`] and writes nothing.
    /// Returns once more can be taken, which may be before the bytes are on the disk.
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError>;

    /// Makes everything written durable (fdatasync) and gives the number of bytes written.
    async fn finish(self: Box<Self>) -> Result<u64, BlobError>;
}

/// An open object.
#[async_trait]
pub trait Object: Send + Sync + 'static {
    /// Its size in bytes.
    fn size(&self) -> u64;

    /// Reads exactly `range`.
    async fn read(&self, range: Range<u64>) -> Result<Bytes, BlobError>;

    /// The bytes of `ranges`, one after the other, in pieces of a few hundred KiB at most. Ranges
    /// ascend; small gaps between them cost little. The stream ends early with an error only.
    fn stream(self: Arc<Self>, ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>>;

    /// Where it lies on a local disk, for programs that read it; `None` where it does not.
    fn local_path(&self) -> Option<PathBuf>;

    /// The open file that it is, for the kernel to send from; `None` where it is none.
    fn local_file(&self) -> Option<Arc<File>>;
}
