//! What lies in runs too short to be worth a call each: read into a buffer that all connections of a thread share, and sent
//! from there. What the client does not take is read again when it does, so that nobody holds memory who waits.

use core::cell::RefCell;
use core::ops::Range;
use kinora_blob::{SCRATCH, Scattered, read_scattered};
use rustix::net::{SendFlags, send as send_with};
use std::fs::File;
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;

/// Bytes read at once: with what is thrown away beside them they fit the second-level cache.
pub(super) const CHUNK: u64 = 128 << 10;

/// What came of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// So many bytes, one at least.
    Bytes(usize),
    /// Nothing: they are on the disk.
    Nothing,
}

struct Buffers {
    chunk: Vec<u8>,
    scratch: Vec<u8>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::new(Buffers {
        chunk: vec![0; usize::try_from(CHUNK).unwrap_or(0)],
        scratch: vec![0; SCRATCH],
    });
}

/// Sends runs of a file, [`CHUNK`] bytes together at most: as many as the connection takes.
///
/// # Errors
/// Those of the connection, `WouldBlock` among them; the file cannot be read.
pub(super) fn send(
    stream: &TcpStream,
    file: &File,
    runs: &[Range<u64>],
    (is_last, may_wait): (bool, bool),
) -> io::Result<Sent> {
    read(file, runs, may_wait, |found| {
        let Some(bytes) = found else { return Ok(Sent::Nothing) };
        let flags = if is_last { SendFlags::empty() } else { SendFlags::MORE };
        match send_with(stream, bytes, flags)? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            sent => Ok(Sent::Bytes(sent)),
        }
    })
}

/// Reads runs into the thread's buffer and shows them; nothing where they are on the disk and waiting is not wanted.
fn read<T>(
    file: &File,
    runs: &[Range<u64>],
    may_wait: bool,
    show: impl FnOnce(Option<&[u8]>) -> io::Result<T>,
) -> io::Result<T> {
    BUFFERS.with_borrow_mut(|Buffers { chunk, scratch }| {
        let len: u64 = runs.iter().map(|run| run.end.saturating_sub(run.start)).sum();
        let len = usize::try_from(len).map_err(io::Error::other)?;
        let chunk = chunk.get_mut(..len).ok_or(io::ErrorKind::InvalidInput)?;
        match read_scattered(file, runs, (&mut *chunk, scratch), may_wait)? {
            Scattered::Read => show(Some(chunk)),
            Scattered::OnDisk => show(None),
        }
    })
}

/// Has runs read from the disk, so that they can be sent without a wait.
///
/// # Errors
/// The file cannot be read.
pub(super) async fn warm(file: &Arc<File>, runs: &[Range<u64>]) -> io::Result<()> {
    let (file, runs) = (Arc::clone(file), runs.to_vec());
    let read = move || read(&file, &runs, true, |_bytes| Ok(()));
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
