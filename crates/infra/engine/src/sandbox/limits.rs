//! Memory, time, files, descriptors, threads.

use super::order::LimitSpec;
use super::raw;
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Puts the limits on this process. `alone`: it is in a user namespace of its own.
pub(super) fn put_on(limits: &LimitSpec, alone: bool) -> Result<(), (&'static str, Errno)> {
    // A file that grows too large is an error that ffmpeg tells, and not a silent end.
    raw::ignore_file_size_signal().map_err(|errno| ("files", errno))?;
    let threads = alone.then_some(("threads", Resource::Nproc, limits.threads, limits.threads));
    let others = [
        // The soft limit's signal ends the program and says why; the hard one is for who ignores it.
        ("time", Resource::Cpu, limits.cpu_seconds, limits.cpu_seconds.saturating_add(1)),
        ("files", Resource::Fsize, limits.file_bytes, limits.file_bytes),
        ("descriptors", Resource::Nofile, limits.open_files, limits.open_files),
        ("dumps", Resource::Core, 0, 0),
        ("memory", Resource::As, limits.memory_bytes, limits.memory_bytes),
    ];
    for (what, resource, soft, hard) in others.into_iter().chain(threads) {
        // A limit that we live under ourselves may be lower still, and only root may raise it.
        let ours = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        setrlimit(resource, Rlimit { current: Some(soft.min(ours)), maximum: Some(hard.min(ours)) })
            .map_err(|errno| (what, errno))?;
    }
    Ok(())
}
