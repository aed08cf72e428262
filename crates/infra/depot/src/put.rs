//! Writes one object: at once where it is small, and else in parts.

use super::failed;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _};
use kinora_app::port::{DepotError, Fault, Parcel};
use object_store::path::Path;
use object_store::{Attributes, MultipartUpload, ObjectStore, PutMultipartOptions, PutOptions, PutPayload};

/// Bytes of a part, and of an object that is written at once. What holds them in memory is multiplied by how many objects are
/// written at a time; a part of S3 has 5 MiB at least.
pub(crate) const PART: u64 = 8 << 20;

/// Writes a parcel to a place, which is called `path`.
pub(crate) async fn put(
    store: &dyn ObjectStore,
    (path, place): (&str, &Path),
    attributes: Attributes,
    parcel: Parcel,
) -> Result<(), DepotError> {
    let mut source = Source { path, expected: parcel.length, found: 0, bytes: parcel.bytes, rest: None };
    if parcel.length <= PART {
        let payload = source.part().await?;
        source.end().await?;
        let options = PutOptions { attributes, ..PutOptions::default() };
        return store.put_opts(place, payload, options).await.map(drop).map_err(failed("writing", path));
    }
    let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
    let mut upload = store.put_multipart_opts(place, options).await.map_err(failed("beginning", path))?;
    let written = parts(&mut *upload, &mut source).await;
    if written.is_err() {
        // What went wrong is said already; what cannot be taken back the store removes by its own rules.
        drop(upload.abort().await);
    }
    written
}

async fn parts(upload: &mut dyn MultipartUpload, source: &mut Source<'_>) -> Result<(), DepotError> {
    while source.found < source.expected {
        let part = source.part().await?;
        upload.put_part(part).await.map_err(failed("writing", source.path))?;
    }
    source.end().await?;
    upload.complete().await.map(drop).map_err(failed("completing", source.path))
}

/// Bytes on their way, counted.
struct Source<'a> {
    path: &'a str,
    expected: u64,
    found: u64,
    bytes: BoxStream<'static, Result<Bytes, Fault>>,
    /// What came beyond the end of the last part.
    rest: Option<Bytes>,
}

impl Source<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, DepotError> {
        if let Some(rest) = self.rest.take() {
            return Ok(Some(rest));
        }
        let next = self.bytes.next().await.transpose();
        next.map_err(|source| DepotError::Source { path: self.path.to_owned(), source })
    }

    /// The next part, which is as long as parts are unless it is the last.
    async fn part(&mut self) -> Result<PutPayload, DepotError> {
        let mut pieces: Vec<Bytes> = Vec::new();
        let mut left = self.expected.saturating_sub(self.found).min(PART);
        while left > 0 {
            let Some(mut piece) = self.next().await? else { return Err(self.wrong()) };
            if piece.len() as u64 > left {
                self.rest = Some(piece.split_off(usize::try_from(left).unwrap_or(usize::MAX)));
            }
            left -= piece.len() as u64;
            self.found += piece.len() as u64;
            pieces.push(piece);
        }
        Ok(pieces.into_iter().collect())
    }

    /// Passes when nothing follows.
    async fn end(&mut self) -> Result<(), DepotError> {
        while let Some(piece) = self.next().await? {
            self.found += piece.len() as u64;
        }
        if self.found == self.expected { Ok(()) } else { Err(self.wrong()) }
    }

    fn wrong(&self) -> DepotError {
        DepotError::Length { path: self.path.to_owned(), expected: self.expected, found: self.found }
    }
}
