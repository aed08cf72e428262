//! The program under test, started as an operator starts it.

use crate::failure::{Context as _, Failure, Outcome};
use crate::http::Client;
use crate::process::{Running, command};
use crate::{Bench, say, wait};
use core::time::Duration;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// How long a start may take before it counts as failed.
const STARTING: Duration = Duration::from_secs(30);

/// An end that takes longer is worth a word: nothing is under way when a server is stopped here.
const PROMPTLY: Duration = Duration::from_secs(2);

/// The key of the administrator. It guards a store of test films for minutes.
pub(crate) const KEY: &str = "bench-key-that-guards-nothing-of-worth-0123456789";

/// A server that answers.
pub(crate) struct Server<'a> {
    running: Running<'a>,
    address: SocketAddr,
    log: PathBuf,
    /// From the start of the process to the first `/readyz` that was answered 200.
    pub(crate) ready_after: Duration,
}

impl<'a> Server<'a> {
    /// Starts the server on `data`, on one core where one is given, and waits until it is ready.
    pub(crate) fn start(bench: &'a Bench, data: &Path, core: Option<usize>) -> Outcome<Self> {
        Self::start_as(bench, data, core, &["serve"])
    }

    /// The same with these words of the command line.
    pub(crate) fn start_as(bench: &'a Bench, data: &Path, core: Option<usize>, words: &[&str]) -> Outcome<Self> {
        let address = free_address()?;
        let log = data.with_extension("log");
        let out = File::create(&log).context(log.display())?;
        let mut command = match core {
            Some(core) => {
                let mut pinned = command("taskset");
                pinned.arg("-c").arg(core.to_string()).arg(&bench.binary);
                pinned
            }
            None => command(&bench.binary),
        };
        settle_settings(&mut command, data)
            .args(words)
            .env("KINORA_LISTEN", address.to_string())
            .env("KINORA_BOOTSTRAP_API_KEY", KEY)
            .stdout(out.try_clone()?)
            .stderr(out);
        let begin = Instant::now();
        let mut running = Running::start(&mut command, &bench.scratch)?;
        wait::until("the server is ready", STARTING, || match running.ended()? {
            Some(status) => Err(Failure::new(format!("the server ended: {status}\n{}", tail(&log)))),
            None => Ok(ready(address).then_some(())),
        })?;
        Ok(Self { running, address, log, ready_after: begin.elapsed() })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.pid()
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection of its own.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Ends it as an operator does.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        let begin = Instant::now();
        self.running.end().context(format!("the server said\n{}\n", tail(&self.log)))?;
        if begin.elapsed() > PROMPTLY {
            say(&format!(
                "the server took {:.1} s to end; it said\n{}",
                begin.elapsed().as_secs_f64(),
                tail(&self.log)
            ));
        }
        Ok(())
    }
}

/// A process that does the jobs of a server, one encoding at a time; killed when this is dropped.
pub(crate) struct Worker<'a> {
    running: Running<'a>,
}

impl<'a> Worker<'a> {
    /// Starts worker `number` of the server on `data`.
    pub(crate) fn start(bench: &'a Bench, data: &Path, number: usize) -> Outcome<Self> {
        let log = data.with_extension(format!("worker{number}.log"));
        let out = File::create(&log).context(log.display())?;
        let mut command = command(&bench.binary);
        settle_settings(&mut command, data)
            .arg("worker")
            .env("KINORA_ENCODE_CONCURRENCY", "1")
            .stdout(out.try_clone()?)
            .stderr(out);
        Ok(Self { running: Running::start(&mut command, &bench.scratch)? })
    }

    /// Ends it as an operator does.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        self.running.end()
    }
}

/// Nothing of the settings that whoever runs this has, and a folder where no file of settings lies about.
fn settle_settings<'a>(command: &'a mut Command, data: &Path) -> &'a mut Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KINORA_")) {
        command.env_remove(name);
    }
    // What is measured is the work, not the limit.
    command.current_dir(data).env("KINORA_DATA_DIR", data).env("KINORA_LOG", "warn").env("KINORA_RATE_LIMIT", "0")
}

/// An address where nobody listened a moment ago.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    listener.local_addr().context("looking for a free port")
}

fn ready(address: SocketAddr) -> bool {
    Client::new(address).send("GET", "/readyz", "", &[]).is_ok_and(|answer| answer.status == 200)
}

fn tail(log: &PathBuf) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n")
}
