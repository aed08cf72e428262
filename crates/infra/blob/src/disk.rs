//! Space: how much there is, and taking some of it.

use kinora_app::port::Space;
use rustix::fs::{FallocateFlags, StatVfs, fallocate, fstatvfs, statvfs};
use rustix::io::{Errno, retry_on_intr};
use std::fs::File;
use std::io;
use std::path::Path;

/// The space of the file system at `root`, of which the last `kept` bytes are not ours.
pub(crate) fn space(root: &Path, kept: u64) -> io::Result<Space> {
    let stat = statvfs(root)?;
    Ok(Space { total: stat.f_blocks.saturating_mul(stat.f_frsize), free: available(&stat).saturating_sub(kept) })
}

/// Refuses with `ENOSPC` where `size` more bytes would leave less than `kept`.
pub(crate) fn has_room(file: &File, size: u64, kept: u64) -> io::Result<()> {
    match available(&fstatvfs(file)?).checked_sub(size) {
        Some(left) if left >= kept => Ok(()),
        _ => Err(Errno::NOSPC.into()),
    }
}

/// Makes `file` `size` bytes long with its space taken, so that writing into it later cannot meet a
/// full disk, and leaves at least `kept` bytes to others. Where the file system cannot take space
/// in advance the file gets its length only.
pub(crate) fn take(file: &File, size: u64, kept: u64) -> io::Result<()> {
    if i64::try_from(size).is_err() {
        return Err(Errno::FBIG.into());
    }
    has_room(file, size, kept)?;
    if size == 0 {
        return Ok(());
    }
    match retry_on_intr(|| fallocate(file, FallocateFlags::empty(), 0, size)) {
        // Asked again, since others may have taken space at the same time.
        Ok(()) => has_room(file, 0, kept),
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => file.set_len(size),
        Err(errno) => Err(errno.into()),
    }
}

fn available(stat: &StatVfs) -> u64 {
    stat.f_bavail.saturating_mul(stat.f_frsize)
}
