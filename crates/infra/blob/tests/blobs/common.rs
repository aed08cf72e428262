//! A store in a folder of its own.

use kinora_app::port::{BlobError, Blobs, Object, Piece};
use kinora_blob::LocalBlobs;
use kinora_domain::ObjectId;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

pub(crate) struct Fixture {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) blobs: LocalBlobs,
}

pub(crate) fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let blobs = LocalBlobs::open(folder.path().to_path_buf(), 0).unwrap();
    Fixture { folder, blobs }
}

pub(crate) fn id(number: u128) -> ObjectId {
    ObjectId::new(Uuid::from_u128(number))
}

/// Bytes in which every place is told apart from its neighbors.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    (0_u64..).flat_map(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()).take(len).collect()
}

pub(crate) async fn content(blobs: &LocalBlobs, id: ObjectId) -> Vec<u8> {
    let object: Arc<dyn Object> = blobs.open(id).await.unwrap();
    object.read(0..object.size()).await.unwrap().to_vec()
}

/// Names of all files under a folder, the lock aside.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            names.extend(files(&entry.path()));
        } else if entry.file_name() != "lock" {
            names.push(entry.file_name().into_string().unwrap());
        }
    }
    names.sort();
    names
}

/// Gathers ranges of one object into another.
pub(crate) async fn gather(
    blobs: &LocalBlobs,
    from: ObjectId,
    ranges: Vec<core::ops::Range<u64>>,
    to: ObjectId,
) -> Result<u64, BlobError> {
    blobs.gather(vec![Piece { from: blobs.open(from).await?, ranges }], to).await
}
