//! A file to a server, in parts, and on after an interruption.

use super::api::Api;
use super::bars;
use super::error::RemoteError;
use super::model::{FileState, PartLink, PartTag, Started};
use super::resume::{Memory, Underway};
use futures_util::TryStreamExt as _;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// How often one part is tried, with growing pauses between.
const TRIES: u32 = 6;
/// The first pause; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// Bytes that are read from the disk at a time.
const PIECE: usize = 256 * 1024;

/// Why a file did not get there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error("{} cannot be read", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is empty", .0.display())]
    Empty(PathBuf),
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

/// Uploads a file; gives its id. What an earlier attempt sent is not sent again.
pub(crate) async fn upload(api: &Api, path: &Path) -> Result<String, UploadError> {
    let unreadable = |source| UploadError::Unreadable { path: path.to_owned(), source };
    let size = path.metadata().map_err(unreadable)?.len();
    if size == 0 {
        return Err(UploadError::Empty(path.to_owned()));
    }
    let memory = Memory::of(api.server(), path).map_err(unreadable)?;
    let (mut upload, mut links) = begin(api, path, size, memory.as_ref()).await?;
    let sent = upload.parts.iter().map(|part| part_len(size, upload.part_size, part.part_number)).sum();
    let bar = bars::bytes(size, sent);
    for number in 1..=upload.parts_count {
        if upload.parts.iter().any(|part| part.part_number == number) {
            continue;
        }
        let place = Place {
            path,
            number,
            start: (number - 1) * upload.part_size,
            len: part_len(size, upload.part_size, number),
        };
        let link = links.get_mut(usize::try_from(number - 1).unwrap_or(usize::MAX)).map(core::mem::take);
        let e_tag = send(api, &upload.file_id, link.filter(|link| !link.is_empty()), &place, &bar).await?;
        upload.parts.push(PartTag { part_number: number, e_tag });
        // Without a memory an interruption costs time, nothing else.
        memory.as_ref().map_or(Ok(()), |memory| memory.keep(&upload)).unwrap_or_default();
    }
    bar.finish_and_clear();
    upload.parts.sort_by_key(|part| part.part_number);
    let body = json!({ "fileId": upload.file_id, "parts": upload.parts });
    let completed: Result<Value, _> = api.post("vod/v1/files/complete", &body).await;
    // Refused, the same parts would be refused again: the next attempt begins anew.
    if !matches!(&completed, Err(error) if error.passes()) {
        memory.map_or(Ok(()), |memory| memory.forget()).unwrap_or_default();
    }
    completed?;
    Ok(upload.file_id)
}

/// The upload to go on with, or a new one, with the links of its parts as far as they are known.
async fn begin(
    api: &Api,
    path: &Path,
    size: u64,
    memory: Option<&Memory>,
) -> Result<(Underway, Vec<String>), UploadError> {
    if let Some(upload) = memory.and_then(Memory::recall) {
        match api.get::<FileState>(&format!("vod/v1/files/{}", upload.file_id), &[]).await {
            Ok(file) if file.status == "Uploading" => return Ok((upload, Vec::new())),
            Ok(_) => {}
            Err(error) if error.is_missing() => {}
            Err(error) => return Err(error.into()),
        }
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let body = json!({ "name": name, "friendlyName": name, "fileSize": size });
    let Started { file_id, multipart_urls, part_size, parts_count } = api.post("vod/v1/files/start", &body).await?;
    if part_size == 0 || size.div_ceil(part_size) != parts_count {
        return Err(RemoteError::Strange(format!("{parts_count} parts of {part_size} bytes")).into());
    }
    let upload = Underway { file_id, part_size, parts_count, parts: Vec::new() };
    memory.map_or(Ok(()), |memory| memory.keep(&upload)).unwrap_or_default();
    Ok((upload, multipart_urls))
}

/// Where a part lies in the file.
struct Place<'a> {
    path: &'a Path,
    /// From 1.
    number: u64,
    start: u64,
    len: u64,
}

/// Bytes of part `number`.
const fn part_len(size: u64, part_size: u64, number: u64) -> u64 {
    let start = (number - 1).saturating_mul(part_size);
    let rest = size.saturating_sub(start);
    if rest < part_size { rest } else { part_size }
}

/// Sends one part, again where the way there is bad. `link` is used once: a later try asks for a fresh one.
async fn send(
    api: &Api,
    file: &str,
    mut link: Option<String>,
    place: &Place<'_>,
    bar: &ProgressBar,
) -> Result<String, UploadError> {
    let mut pause = PAUSE;
    let before = bar.position();
    let mut tries = 1;
    loop {
        let done = try_send(api, file, link.take(), place, bar).await;
        match done {
            Err(UploadError::Remote(error)) if error.passes() && tries < TRIES => {}
            done => return done,
        }
        bar.set_position(before);
        tokio::time::sleep(pause).await;
        pause *= 2;
        tries += 1;
    }
}

async fn try_send(
    api: &Api,
    file: &str,
    link: Option<String>,
    place: &Place<'_>,
    bar: &ProgressBar,
) -> Result<String, UploadError> {
    let link = match link {
        Some(link) => link,
        None => api.get::<PartLink>(&format!("vod/v1/files/{file}/part/{}", place.number), &[]).await?.url,
    };
    let unreadable = |source| UploadError::Unreadable { path: place.path.to_owned(), source };
    let mut film = tokio::fs::File::open(place.path).await.map_err(unreadable)?;
    film.seek(SeekFrom::Start(place.start)).await.map_err(unreadable)?;
    let counted = bar.clone();
    let pieces = ReaderStream::with_capacity(film.take(place.len), PIECE)
        .inspect_ok(move |piece| counted.inc(piece.len() as u64));
    Ok(api.put_part(&link, reqwest::Body::wrap_stream(pieces), place.len).await?)
}

#[cfg(test)]
mod tests {
    use super::part_len;

    #[test]
    fn the_last_part_is_what_is_left() {
        let parts = |size| (1..=3).map(|number| part_len(size, 10, number)).collect::<Vec<_>>();
        assert_eq!(parts(30), [10, 10, 10]);
        assert_eq!(parts(21), [10, 10, 1]);
        assert_eq!(parts(7), [7, 0, 0]);
    }
}
