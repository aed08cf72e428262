//! What the kernel knows of a process.

use crate::failure::{Context as _, Outcome};
use core::time::Duration;

/// Ticks of user space a second, on every architecture that we run on.
const TICKS: u32 = 100;

/// Where the process's own times stand behind its name, and where those of its children.
const UTIME: usize = 11;
const CUTIME: usize = 13;

/// Processor time of all threads of a process, those that have ended included.
pub(crate) fn cpu(pid: u32) -> Outcome<Duration> {
    times(pid, UTIME)
}

/// Processor time of the programs that a process has started and that have ended, and of theirs.
pub(crate) fn cpu_of_children(pid: u32) -> Outcome<Duration> {
    times(pid, CUTIME)
}

/// Two fields of what the kernel knows: a time in user space and one in the kernel.
fn times(pid: u32, first: usize) -> Outcome<Duration> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).context(&path)?;
    // The name, in parentheses, may hold anything; behind it come fields from the third on.
    let (_, fields) = text.rsplit_once(')').context(&path)?;
    let mut times = fields.split_ascii_whitespace().skip(first).map_while(|field| field.parse::<u32>().ok());
    let (user, system) = times.next().zip(times.next()).context(&path)?;
    Ok(Duration::from_secs(1) * (user + system) / TICKS)
}

/// Bytes that a process has caused to be written to storage.
pub(crate) fn written(pid: u32) -> Outcome<u64> {
    field(&format!("/proc/{pid}/io"), "write_bytes:")
}

/// Anonymous memory of a process, in bytes.
pub(crate) fn anonymous(pid: u32) -> Outcome<u64> {
    field(&format!("/proc/{pid}/smaps_rollup"), "Anonymous:").map(|kilobytes| kilobytes * 1024)
}

/// The processes that a process has started.
pub(crate) fn children(parent: u32) -> Outcome<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").context("/proc")? {
        let Some(pid) = entry.context("/proc")?.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has ended in between is nobody's child.
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state_and_parent = text.rsplit_once(')').map(|(_, fields)| fields.split_ascii_whitespace());
        if state_and_parent.and_then(|mut fields| fields.nth(1)?.parse().ok()) == Some(parent) {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The number of the calling thread, as `taskset` takes it.
pub(crate) fn this_thread() -> Outcome<String> {
    let link = std::fs::read_link("/proc/thread-self").context("/proc/thread-self")?;
    let name = link.file_name().and_then(|name| name.to_str()).context("/proc/thread-self")?;
    Ok(name.to_owned())
}

fn field(path: &str, name: &str) -> Outcome<u64> {
    let text = std::fs::read_to_string(path).context(path)?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_ascii_whitespace().next()?.parse().ok());
    value.context(format!("{path} has no {name}"))
}
