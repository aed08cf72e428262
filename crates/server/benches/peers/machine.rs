//! Where it was measured.

use crate::failure::Outcome;
use crate::process::{command, run};
use std::path::Path;

/// Names of facts, and the facts.
pub(crate) type Machine = Vec<(&'static str, String)>;

/// The machine, and the peers that it has.
///
/// # Errors
/// A peer is not installed.
pub(crate) fn describe(disk: &Path) -> Outcome<Machine> {
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = read("/proc/meminfo");
    let kilobytes = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_ascii_whitespace().next());
    let gibibytes = kilobytes.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default() / 1024 / 1024;
    let file_system = run(command("findmnt").args(["-n", "-o", "FSTYPE", "-T"]).arg(disk));
    let ffmpeg = run(command("ffmpeg").arg("-version"))?;
    let nginx = run(command("sh").args(["-c", "nginx -v 2>&1"]))?;
    Ok(vec![
        ("processor", model.map_or("unknown", |(_, name)| name.trim()).to_owned()),
        ("cores", cores.to_string()),
        ("memory", format!("{gibibytes} GiB")),
        ("kernel", read("/proc/sys/kernel/osrelease").trim().to_owned()),
        ("TCP", read("/proc/sys/net/ipv4/tcp_congestion_control").trim().to_owned()),
        ("file system", file_system.map_or_else(|_unknown| "unknown".to_owned(), |name| name.trim().to_owned())),
        // What else the machine was doing.
        ("load", read("/proc/loadavg").split(' ').next().unwrap_or("unknown").to_owned()),
        ("ffmpeg", ffmpeg.split_ascii_whitespace().nth(2).unwrap_or("unknown").to_owned()),
        ("nginx", nginx.trim().rsplit_once('/').map_or("unknown", |(_, version)| version).to_owned()),
    ])
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
