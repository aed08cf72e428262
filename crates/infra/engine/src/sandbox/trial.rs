//! What a program that has been taken over would try.
//!
//! Our own executable, started through the helper like any program, tries it and says how it went.

use super::helper::{NOT_STARTED, SANDBOX};
use core::fmt;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};

/// The first argument behind [`SANDBOX`] that means: try the rest.
pub(super) const TRIAL: &str = "try";

/// A program that does nothing, for trials to start.
const IDLE: &str = "/bin/true";

/// Something that no program of ours needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Connect to this TCP port of this machine.
    Connect(u16),
    /// Listen on any TCP port.
    Listen,
    /// Read this file.
    Read(PathBuf),
    /// Write this file, which is not in its own folder.
    Write(PathBuf),
    /// Start a process.
    Start,
    /// Take this many bytes of memory.
    Memory(u64),
    /// Run this many threads at a time.
    Threads(u64),
    /// Make a file in its own folder as large as this.
    Large(u64),
    /// Become another program. The last attempt of an order: whoever succeeds says nothing more.
    Become,
}

impl Attempt {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Listen => "listen",
            Self::Read(_) => "read",
            Self::Write(_) => "write",
            Self::Start => "start",
            Self::Memory(_) => "memory",
            Self::Threads(_) => "threads",
            Self::Large(_) => "large",
            Self::Become => "become",
        }
    }

    fn value(&self) -> OsString {
        match self {
            Self::Connect(port) => port.to_string().into(),
            Self::Memory(number) | Self::Threads(number) | Self::Large(number) => number.to_string().into(),
            Self::Read(path) | Self::Write(path) => path.clone().into(),
            Self::Listen | Self::Start | Self::Become => OsString::new(),
        }
    }

    fn decode(name: &OsStr, value: OsString) -> Option<Self> {
        let number = || value.to_str()?.parse().ok();
        Some(match name.to_str()? {
            "connect" => Self::Connect(value.to_str()?.parse().ok()?),
            "listen" => Self::Listen,
            "read" => Self::Read(value.into()),
            "write" => Self::Write(value.into()),
            "start" => Self::Start,
            "memory" => Self::Memory(number()?),
            "threads" => Self::Threads(number()?),
            "large" => Self::Large(number()?),
            "become" => Self::Become,
            _ => return None,
        })
    }

    fn dare(&self) -> io::Result<()> {
        match self {
            Self::Connect(port) => TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).map(drop),
            Self::Listen => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(drop),
            Self::Read(path) => io::copy(&mut File::open(path)?, &mut io::sink()).map(drop),
            Self::Write(path) => File::create(path)?.write_all(b"?"),
            Self::Start => idle().spawn()?.wait().map(drop),
            Self::Memory(bytes) => {
                let bytes = usize::try_from(*bytes).map_err(io::Error::other)?;
                Vec::<u8>::new().try_reserve_exact(bytes).map_err(io::Error::other)
            }
            Self::Threads(count) => threads(*count),
            Self::Large(bytes) => File::create("large")?.set_len(*bytes),
            Self::Become => Err(idle().exec()),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this crate starts the programs")]
fn idle() -> Command {
    Command::new(IDLE)
}

/// So many threads at the same moment, or the error of the first that is too many.
fn threads(count: u64) -> io::Result<()> {
    const STACK: usize = 64 * 1024;
    let (held, mut started) = (Arc::new(Mutex::new(())), Vec::new());
    let closed = held.lock();
    let mut outcome = Ok(());
    for _ in 0..count {
        let held = Arc::clone(&held);
        match std::thread::Builder::new().stack_size(STACK).spawn(move || drop(held.lock())) {
            Ok(thread) => started.push(thread),
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    drop(closed);
    for thread in started {
        drop(thread.join());
    }
    outcome
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was tried.
    pub attempt: Attempt,
    /// What the kernel said to it; `None` where it succeeded.
    pub prevented: Option<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prevented {
            Some(words) => write!(f, "{}: {words}", self.attempt.name()),
            None => write!(f, "{}: possible", self.attempt.name()),
        }
    }
}

/// The arguments of our executable for these attempts.
pub(super) fn args(attempts: &[Attempt]) -> Vec<OsString> {
    let words = attempts.iter().flat_map(|attempt| [attempt.name().into(), attempt.value()]);
    [SANDBOX.into(), TRIAL.into()].into_iter().chain(words).collect()
}

/// Tries what the arguments behind [`TRIAL`] name, and writes a line for each that is prevented or possible.
pub(super) fn main(mut args: impl Iterator<Item = OsString>) -> ExitCode {
    let mut out = io::stdout();
    while let (Some(name), Some(value)) = (args.next(), args.next()) {
        let Some(attempt) = Attempt::decode(&name, value) else {
            return ExitCode::from(NOT_STARTED);
        };
        let line = match attempt.dare() {
            Ok(()) => format!("{} possible\n", attempt.name()),
            Err(error) => format!("{} prevented {}\n", attempt.name(), error.to_string().replace('\n', " ")),
        };
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            return ExitCode::from(NOT_STARTED);
        }
    }
    ExitCode::SUCCESS
}

/// What [`main`] wrote about these attempts. One without a line succeeded: it ended whoever tried.
pub(super) fn outcomes(attempts: Vec<Attempt>, written: &str) -> Vec<Outcome> {
    let told = |attempt: &Attempt| {
        let mut lines = written.lines().filter_map(|line| line.strip_prefix(attempt.name()));
        lines.find_map(|rest| rest.strip_prefix(" prevented ")).map(str::to_owned)
    };
    attempts.into_iter().map(|attempt| Outcome { prevented: told(&attempt), attempt }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_survive_the_way_through_the_arguments() {
        let all = [
            Attempt::Connect(80),
            Attempt::Listen,
            Attempt::Read("/etc/passwd".into()),
            Attempt::Write("/tmp/x y".into()),
            Attempt::Start,
            Attempt::Memory(1 << 40),
            Attempt::Threads(9),
            Attempt::Large(7),
            Attempt::Become,
        ];
        let args = args(&all);
        let decoded: Vec<_> =
            args[2..].chunks(2).map(|pair| Attempt::decode(&pair[0], pair[1].clone()).unwrap()).collect();
        assert_eq!(decoded, all);
        assert_eq!(Attempt::decode("fly".as_ref(), OsString::new()), None);
        assert_eq!(Attempt::decode("memory".as_ref(), "much".into()), None);
    }

    #[test]
    fn what_was_not_told_was_possible() {
        let told = outcomes(
            vec![Attempt::Listen, Attempt::Start, Attempt::Become],
            "listen prevented Permission denied\nstart possible\n",
        );
        let shown: Vec<_> = told.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["listen: Permission denied", "start: possible", "become: possible"]);
    }
}
