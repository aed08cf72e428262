//! Files that the kernel sends.

use bytes::BytesMut;
use core::cell::RefCell;
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
/// Bytes that the kernel reads ahead, unless it is told otherwise.
const AHEAD: u64 = 128 << 10;
/// Bytes of a page: the kernel sends files in pages, and parts of pages.
const PAGE: usize = 4_096;

/// The first part of a run.
pub(super) fn part(run: &Range<u64>) -> Range<u64> {
    run.start..run.end.min(run.start.saturating_add(PART))
}

/// The bytes in front of the first whole page of a run. They are copied: a packet has room for 17 pieces, the head and 16 pages
/// fill it, and with part of a page more there would be a small packet behind it, which waits for its turn by a timer and
/// wakes the client a second time.
pub(super) fn front(run: &Range<u64>) -> Range<u64> {
    run.start..run.end.min(run.start.next_multiple_of(PAGE as u64))
}

/// Reads bytes behind others, a page at most.
///
/// # Errors
/// The file cannot be read.
pub(super) async fn read(file: &Arc<File>, range: &Range<u64>, into: &mut BytesMut) -> io::Result<()> {
    if read_now(file, range, into, ReadWriteFlags::NOWAIT).is_ok() {
        return Ok(());
    }
    warm(file, range).await?;
    read_now(file, range, into, ReadWriteFlags::empty())
}

fn read_now(file: &File, range: &Range<u64>, into: &mut BytesMut, flags: ReadWriteFlags) -> io::Result<()> {
    thread_local! {
        /// The kernel reads into bytes that have a value.
        static PAGE_READ: RefCell<[u8; PAGE]> = const { RefCell::new([0; PAGE]) };
    }
    let len = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
    PAGE_READ.with_borrow_mut(|page| {
        let bytes = page.get_mut(..len).ok_or(io::ErrorKind::InvalidInput)?;
        if preadv2(file, &mut [IoSliceMut::new(bytes)], range.start, flags)? < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        into.extend_from_slice(bytes);
        Ok(())
    })
}

/// Whether what follows bytes that are in memory is there too, for all that one can know without asking: the kernel reads so
/// much ahead at once, and lets go of it in the order in which it was read.
pub(super) fn goes_along(run: &Range<u64>) -> bool {
    run.end.saturating_sub(run.start) <= AHEAD
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn what_stands_in_front_of_a_whole_page_is_copied() {
        for (run, expected) in [
            (0..70_000, 0..0),
            (4_096..70_000, 4_096..4_096),
            (4_097..70_000, 4_097..8_192),
            (63_119..127_453, 63_119..65_536),
            (5_000..6_000, 5_000..6_000),
        ] {
            assert_eq!(front(&run), expected, "{run:?}");
        }
        assert!(goes_along(&(10..10 + (128 << 10))));
        assert!(!goes_along(&(10..11 + (128 << 10))));
    }

    #[tokio::test]
    async fn a_front_is_read_behind_a_head() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let file = Arc::new(file);
        let mut head = BytesMut::from("head ");
        read(&file, &(2..5), &mut head).await.unwrap();
        assert_eq!(head, "head 234");
        // A file that became shorter in the meantime.
        let error = read(&file, &(8..12), &mut head).await.unwrap_err();
        assert_eq!((error.kind(), &head[..]), (io::ErrorKind::UnexpectedEof, &b"head 234"[..]));
    }
}
