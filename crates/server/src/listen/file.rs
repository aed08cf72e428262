//! Files that the kernel sends.

use core::ops::Range;
use rustix::fs::sendfile;
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use tokio::net::TcpStream;

/// Bytes that are looked after at once: others get their turn behind them.
const PART: u64 = 1 << 20;
/// Bytes read at once of what is not in memory.
const READ: usize = 256 << 10;

/// The first part of a run.
pub(super) fn part(run: &Range<u64>) -> Range<u64> {
    run.start..run.end.min(run.start.saturating_add(PART))
}

/// Sends bytes from `offset` on, as many as the connection takes, of at most `len`.
pub(super) fn send(stream: &TcpStream, file: &File, mut offset: u64, len: u64) -> io::Result<usize> {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    match sendfile(stream, file, Some(&mut offset), len)? {
        // The file is shorter than it was when it was opened.
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        sent => Ok(sent),
    }
}

/// Sees to it that a part can be sent without waiting for the disk: a call that waits would hold up everybody whom this
/// thread serves. What is not in memory is read on another one.
pub(super) async fn warm(file: &Arc<File>, part: &Range<u64>) -> io::Result<()> {
    // Who read to its end before read what is in front of it, too.
    if is_there(file, part.end.saturating_sub(1)) {
        return Ok(());
    }
    let (file, mut part) = (Arc::clone(file), part.clone());
    let read = move || {
        let mut scratch = vec![0; READ];
        while part.start < part.end {
            let len = usize::try_from(part.end - part.start).unwrap_or(READ).min(READ);
            match file.read_at(scratch.get_mut(..len).unwrap_or_default(), part.start)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => part.start = part.start.saturating_add(read as u64),
            }
        }
        Ok(())
    };
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}

/// Whether a byte is in memory, as far as the file system can tell.
fn is_there(file: &File, offset: u64) -> bool {
    let mut byte = [0];
    match preadv2(file, &mut [IoSliceMut::new(&mut byte)], offset, ReadWriteFlags::NOWAIT) {
        Ok(_) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => true,
        Err(_) => false,
    }
}
