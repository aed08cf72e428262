//! The two calls that have no safe form. This is the only unsafe code of the crate.

use rustix::io::Errno;
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// Moves this process, which must have one thread, into new namespaces.
pub(super) fn unshare_namespaces(namespaces: UnshareFlags) -> Result<(), Errno> {
    // Tables that threads share are the unsafe part of this call, and are never among the flags.
    let namespaces = namespaces.difference(UnshareFlags::FILES | UnshareFlags::FS);
    #[expect(unsafe_code, reason = "the call has no safe form")]
    // SAFETY: the condition is that no thread sees descriptors of a table that is not its own. The table of
    // descriptors is not unshared.
    unsafe {
        unshare_unsafe(namespaces)
    }
}

/// From now on, and in what this process becomes, a write beyond the limit of file size fails with
/// "File too large" instead of ending the process.
pub(super) fn ignore_file_size_signal() -> Result<(), Errno> {
    #[expect(unsafe_code, reason = "the call has no safe form")]
    // SAFETY: no handler of ours is installed: `SIG_IGN` runs no code. The number is that of a signal.
    let before = unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    if before == libc::SIG_ERR { Err(Errno::INVAL) } else { Ok(()) }
}
