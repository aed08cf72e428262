//! `kinora doctor`: what is wrong with this machine and its settings, and what to do.

use super::sandbox::is_missing;
use super::{Failure, say};
use crate::settings::Settings;
use crate::world;
use kinora_engine::doctor::Finding;
use kinora_engine::sandbox::{Attempt, Outcome};
use kinora_engine::{Confinement, Engine};
use kinora_store::{Location, SqlStore};
use rustix::fs::{StatVfs, statfs, statvfs};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Kernel names of file systems that are reached through a network (`man 2 statfs`), on which neither
/// SQLite's locks nor our durability hold: NFS, SMB, SMB2, CIFS, AFS, Ceph.
const NETWORK: [(u32, &str); 6] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFE53_4D42, "SMB2"),
    (0xFF53_4D42, "CIFS"),
    (0x5346_414F, "AFS"),
    (0x00C3_6400, "Ceph"),
];

struct Check {
    what: &'static str,
    outcome: Result<String, String>,
    /// What is worth knowing and no fault.
    note: bool,
}

impl Check {
    const fn of(what: &'static str, outcome: Result<String, String>) -> Self {
        Self { what, outcome, note: false }
    }

    const fn note(what: &'static str, words: String) -> Self {
        Self { what, outcome: Ok(words), note: true }
    }
}

/// Runs every check and prints a line each; fails when one does.
pub(super) async fn run(settings: Settings) -> Result<ExitCode, Failure> {
    let mut checks = vec![folder(&settings), space(&settings), file_system(&settings), database(&settings).await];
    checks.push(port(&settings).await);
    checks.push(links(&settings));
    let engine = world::engine(&settings);
    for finding in engine.examine().await {
        let outcome = if finding.is_ready() { Ok(finding.to_string()) } else { Err(finding.to_string()) };
        checks.push(Check::of("programs", outcome));
        checks.extend(known_holes(&finding));
    }
    checks.extend(sandbox(&engine, settings.sandbox).await);
    let mut text = String::new();
    let mut healthy = true;
    for Check { what, outcome, note } in &checks {
        let (mark, words) = match outcome {
            Ok(words) if *note => ("note ", words),
            Ok(words) => ("ok   ", words),
            Err(words) => ("WRONG", words),
        };
        healthy &= outcome.is_ok();
        writeln!(text, "{mark}  {what:12} {words}")?;
    }
    say(&text)?;
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn known_holes(finding: &Finding) -> Option<Check> {
    let Finding::Ready { program, version: Some(version), .. } = finding else {
        return None;
    };
    let words = || format!("{program} {version} has known holes; upgrade, unless your packager mended them");
    version.has_known_holes().then(|| Check::note("programs", words()))
}

/// A line for each layer, and one for each thing that a program can do here all the same.
async fn sandbox(engine: &Engine, asked: Confinement) -> Vec<Check> {
    const WHAT: &str = "sandbox";
    let report = match engine.examine_sandbox().await {
        Ok(report) => report,
        Err(error) => return vec![Check::of(WHAT, Err(format!("it cannot be tried: {error}")))],
    };
    let mut checks: Vec<_> = report
        .layers
        .iter()
        .map(|layer| {
            let words = layer.to_string();
            if layer.holds() {
                Check::of(WHAT, Ok(words))
            } else if is_missing(asked, layer) {
                let advice = "a server does not start without it, because `sandbox` requires it";
                Check::of(WHAT, Err(format!("{words}; {advice}")))
            } else {
                Check::note(WHAT, words)
            }
        })
        .collect();
    if let Err(words) = &report.together {
        // Where a layer that is required is missing, its line has said so.
        if checks.iter().all(|check| check.outcome.is_ok()) {
            checks.push(Check::of(WHAT, Err(format!("programs cannot be started in it: {words}"))));
        }
        return checks;
    }
    let before = checks.len();
    checks.extend(report.possible().map(|outcome| Check::of(WHAT, Err(escape(outcome)))));
    if checks.len() == before {
        checks.push(Check::of(WHAT, Ok("limits hold, and what was tried against all layers failed".to_owned())));
    }
    checks
}

fn escape(outcome: &Outcome) -> String {
    let what = match outcome.attempt {
        Attempt::Connect(_) => "connect to this machine",
        Attempt::Listen => "listen on a port",
        Attempt::Read(_) => "read files of others in the data folder",
        Attempt::Write(_) => "write outside its own folder",
        Attempt::Start => "start other programs",
        Attempt::Become => "become another program",
        Attempt::Memory(_) => "take more memory than it may",
        Attempt::Threads(_) => "run more threads than it may",
        Attempt::Large(_) => "write files larger than it may",
    };
    format!(
        "a program that a hostile file has taken over can {what}: give it a kernel or a container that allows the missing layers"
    )
}

fn folder(settings: &Settings) -> Check {
    let folder = &settings.data_dir;
    let probe = folder.join(".doctor");
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"?"))
        .and_then(|()| std::fs::remove_file(&probe));
    let outcome = match tried {
        Ok(()) => Ok(format!("{} can be written", folder.display())),
        Err(error) => Err(format!(
            "{} cannot be written ({error}): make it, give it to the user that runs the server, or set `data_dir`",
            folder.display()
        )),
    };
    Check::of("data folder", outcome)
}

fn space(settings: &Settings) -> Check {
    let outcome = match statvfs(&settings.data_dir) {
        Err(error) => Err(format!("the space of {} cannot be asked: {error}", settings.data_dir.display())),
        Ok(StatVfs { f_bavail, f_frsize, .. }) => {
            let free = f_bavail.saturating_mul(f_frsize);
            if free > settings.reserve_bytes {
                Ok(format!("{} MiB are free for uploads", (free - settings.reserve_bytes) >> 20))
            } else {
                Err(format!(
                    "{} MiB are free, and {} MiB are reserved for the database: uploads are refused; make space, or lower `reserve_bytes`",
                    free >> 20,
                    settings.reserve_bytes >> 20
                ))
            }
        }
    };
    Check::of("disk", outcome)
}

fn file_system(settings: &Settings) -> Check {
    let outcome = match statfs(&settings.data_dir) {
        Err(error) => Err(format!("the file system of {} cannot be asked: {error}", settings.data_dir.display())),
        Ok(stat) => match NETWORK.iter().find(|(number, _)| i64::from(*number) == stat.f_type & 0xFFFF_FFFF) {
            None => Ok("the data folder is on a local file system".to_owned()),
            Some((_, name)) => Err(format!(
                "the data folder is on {name}: the database's locks do not hold there; move it to a local disk"
            )),
        },
    };
    Check::of("file system", outcome)
}

async fn database(settings: &Settings) -> Check {
    let path = world::database(settings);
    let outcome = if path.exists() { look(&path).await } else { Ok("none yet: the first start makes it".to_owned()) };
    Check::of("database", outcome)
}

async fn look(path: &std::path::Path) -> Result<String, String> {
    let advice = "restore it from a backup";
    let store = SqlStore::open(&Location::Sqlite(path.to_owned())).await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{} cannot be opened ({error}{cause})", path.display())
    })?;
    store.check().await.map_err(|error| format!("{} does not answer ({error}): {advice}", path.display()))?;
    let wounds = store.integrity().await.map_err(|error| format!("{} cannot be checked ({error})", path.display()))?;
    match wounds.first() {
        None => Ok(format!("{} is sound", path.display())),
        Some(first) => Err(format!("{} is damaged ({first}; {} findings): {advice}", path.display(), wounds.len())),
    }
}

async fn port(settings: &Settings) -> Check {
    let outcome = match tokio::net::TcpListener::bind(settings.listen).await {
        Ok(_listener) => Ok(format!("{} is free", settings.listen)),
        Err(error) => Err(format!(
            "cannot listen on {} ({error}): if that is this server running, all is well; if not, end what has the port or set `listen`",
            settings.listen
        )),
    };
    Check::of("port", outcome)
}

fn links(settings: &Settings) -> Check {
    let local = settings.public_url.contains("//127.0.0.1")
        || settings.public_url.contains("//localhost")
        || settings.public_url.contains("//[::1]");
    let outcome = if local && !settings.listen.ip().is_loopback() {
        Err(format!(
            "the server listens for other machines, but the links that it hands out begin with {}: set `public_url` to the address that clients use",
            settings.public_url
        ))
    } else {
        Ok(format!("links begin with {}", settings.public_url))
    };
    Check::of("links", outcome)
}
