//! Limits that a program puts on itself before it becomes another.
//!
//! Between `fork` and `exec` of a process with threads almost nothing may be done, so the limits are not
//! set there: we start our own executable with [`SANDBOX`] as its first argument, and that short-lived
//! process sets the limits on itself and then becomes the program.

use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};
use rustix::thread::set_no_new_privs;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The hidden first argument of our executable that means: call [`sandbox_main`] with the rest.
pub const SANDBOX: &str = "__sandbox";

/// The exit code of the helper where it could not become the program; ffmpeg's own are 0, 1 and 255.
pub const NOT_STARTED: u8 = 125;

/// What a program may take. The helper puts all of it on itself, and dies with its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSpec {
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Seconds of processor time, of all its threads together.
    pub cpu_seconds: u64,
    /// Bytes of the largest file that it may write; pipes do not count.
    pub file_bytes: u64,
    /// Open descriptors.
    pub open_files: u64,
}

/// Arguments that are not those of the helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed arguments")]
pub struct Malformed;

/// Everything that the helper is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Process id of whoever gives the order: when it is gone there is nobody to work for.
    pub parent: i32,
    /// The limits.
    pub limits: LimitSpec,
    /// What to become, with an absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

impl Order {
    /// The arguments of the helper, [`SANDBOX`] first.
    pub fn encode(&self) -> Vec<OsString> {
        let LimitSpec { memory_bytes, cpu_seconds, file_bytes, open_files } = self.limits;
        let mut words: Vec<OsString> = vec![SANDBOX.into(), self.parent.to_string().into()];
        words.extend([memory_bytes, cpu_seconds, file_bytes, open_files].map(|limit| limit.to_string().into()));
        words.push(self.program.clone().into());
        words.extend(self.args.iter().cloned());
        words
    }

    /// Reads what [`encode`](Self::encode) wrote behind [`SANDBOX`].
    pub fn decode(mut words: impl Iterator<Item = OsString>) -> Result<Self, Malformed> {
        let parent = words.next().as_deref().and_then(number).ok_or(Malformed)?;
        let mut limit = || words.next().as_deref().and_then(number).ok_or(Malformed);
        let limits =
            LimitSpec { memory_bytes: limit()?, cpu_seconds: limit()?, file_bytes: limit()?, open_files: limit()? };
        let program = words.next().map(PathBuf::from).filter(|path| path.is_absolute()).ok_or(Malformed)?;
        Ok(Self { parent, limits, program, args: words.collect() })
    }
}

fn number<N: core::str::FromStr>(word: &OsStr) -> Option<N> {
    word.to_str()?.parse().ok()
}

/// The helper: takes the arguments behind [`SANDBOX`], limits itself and becomes the program. Comes back
/// only when that fails, with [`NOT_STARTED`] and a line on the standard error.
pub fn sandbox_main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let failure = match Order::decode(args) {
        Ok(order) => become_program(&order).to_string(),
        Err(malformed) => malformed.to_string(),
    };
    // Where nobody listens any more the exit code says it.
    drop(writeln!(std::io::stderr(), "sandbox: {failure}"));
    ExitCode::from(NOT_STARTED)
}

/// Why the program was not started.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("limiting {0}: {1}")]
    Limit(&'static str, #[source] Errno),
    #[error("the parent is gone")]
    Orphan,
    #[error("starting {}: {source}", program.display())]
    Exec { program: PathBuf, source: std::io::Error },
}

fn become_program(order: &Order) -> Failure {
    match confine(order) {
        Ok(()) => Failure::Exec { program: order.program.clone(), source: exec(&order.program, &order.args) },
        Err(failure) => failure,
    }
}

fn confine(order: &Order) -> Result<(), Failure> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|errno| Failure::Limit("life", errno))?;
    // The parent may have died before that call, and then no signal comes.
    if getppid().map(Pid::as_raw_pid) != Some(order.parent) {
        return Err(Failure::Orphan);
    }
    set_no_new_privs(true).map_err(|errno| Failure::Limit("privileges", errno))?;
    // Ours are closed by themselves; those that we were started with are not.
    close_fds::set_fds_cloexec(3, &[]);
    let limits = order.limits;
    for (what, resource, soft, hard) in [
        // The soft limit's signal ends the program and says why; the hard one is for who ignores it.
        ("time", Resource::Cpu, limits.cpu_seconds, limits.cpu_seconds.saturating_add(1)),
        ("files", Resource::Fsize, limits.file_bytes, limits.file_bytes),
        ("descriptors", Resource::Nofile, limits.open_files, limits.open_files),
        ("dumps", Resource::Core, 0, 0),
        ("memory", Resource::As, limits.memory_bytes, limits.memory_bytes),
    ] {
        // A limit that we live under ourselves may be lower still, and only root may raise it.
        let ours = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        setrlimit(resource, Rlimit { current: Some(soft.min(ours)), maximum: Some(hard.min(ours)) })
            .map_err(|errno| Failure::Limit(what, errno))?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this crate starts the programs")]
fn exec(program: &Path, args: &[OsString]) -> std::io::Error {
    Command::new(program).args(args).exec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStringExt as _;

    proptest! {
        #[test]
        fn an_order_survives_the_way_through_the_arguments(
            parent in any::<i32>(),
            limits in any::<[u64; 4]>(),
            args in prop::collection::vec(prop::collection::vec(1_u8..=255, 0..20), 0..5),
        ) {
            let order = Order {
                parent,
                limits: LimitSpec {
                    memory_bytes: limits[0],
                    cpu_seconds: limits[1],
                    file_bytes: limits[2],
                    open_files: limits[3],
                },
                program: "/usr/bin/ffprobe".into(),
                args: args.into_iter().map(OsString::from_vec).collect(),
            };
            let mut words = order.encode().into_iter();
            prop_assert_eq!(words.next(), Some(OsString::from(SANDBOX)));
            prop_assert_eq!(Order::decode(words), Ok(order));
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for words in ["", "1", "1 2 3 4", "1 2 3 4 5", "x 2 3 4 5 /bin/true", "1 2 3 4 -5 /bin/true", "1 2 3 4 5 true"]
        {
            let decoded = Order::decode(words.split_whitespace().map(OsString::from));
            assert_eq!(decoded, Err(Malformed), "{words}");
        }
    }
}
