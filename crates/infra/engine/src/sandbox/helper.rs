//! The helper: puts everything on itself, in order, and becomes the program.

use super::layers::Layer;
use super::order::Order;
use super::{calls, files, limits, namespaces, trial};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};
use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The hidden first argument of our executable that means: call [`sandbox_main`] with the rest.
pub const SANDBOX: &str = "__sandbox";

/// The exit code of the helper where it could not become the program; ffmpeg's own are 0, 1 and 255.
pub const NOT_STARTED: u8 = 125;

/// The helper: takes the arguments behind [`SANDBOX`], confines itself and becomes the program. Comes back
/// only when that fails, with [`NOT_STARTED`] and a line on the standard error.
pub fn sandbox_main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let mut args = args.peekable();
    if args.next_if(|first| first == trial::TRIAL).is_some() {
        return trial::main(args);
    }
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
    #[error("{0}: {1}")]
    Layer(Layer, #[source] Refused),
    #[error("starting {}: {source}", program.display())]
    Exec { program: PathBuf, source: std::io::Error },
}

/// Why a layer could not be put on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// By a call of the kernel.
    #[error("{0}")]
    Kernel(#[from] Errno),
    /// By landlock.
    #[error("{0}")]
    Landlock(#[from] landlock::RulesetError),
    /// The kernel is built or started without landlock, or has one that is too old.
    #[error("the kernel has no landlock for this")]
    NoLandlock,
    /// By seccomp.
    #[error("{0}")]
    Seccomp(#[from] seccompiler::Error),
    /// Not a processor that the list of calls is made for.
    #[error("{0}")]
    Processor(#[from] seccompiler::BackendError),
}

fn become_program(order: &Order) -> Failure {
    match confine(order) {
        Ok(()) => Failure::Exec { program: order.program.clone(), source: exec(&order.program, &order.args) },
        Err(failure) => failure,
    }
}

fn confine(order: &Order) -> Result<(), Failure> {
    die_with(order.parent)?;
    set_no_new_privs(true).map_err(|errno| Failure::Limit("privileges", errno))?;
    // Ours are closed by themselves; those that we were started with are not.
    close_fds::set_fds_cloexec(3, &[]);
    let alone = put_on(order, Layer::Namespaces, namespaces::put_on)?;
    // New credentials may have taken the signal away.
    die_with(order.parent)?;
    put_on(order, Layer::Files, || files::put_on_files(&order.program))?;
    put_on(order, Layer::Ports, files::put_on_ports)?;
    drop_capabilities().map_err(|errno| Failure::Limit("capabilities", errno))?;
    limits::put_on(&order.limits, alone).map_err(|(what, errno)| Failure::Limit(what, errno))?;
    put_on(order, Layer::Calls, calls::put_on)?;
    Ok(())
}

/// Puts on a layer where it is wanted; whether it holds.
fn put_on(order: &Order, layer: Layer, put_on: impl FnOnce() -> Result<(), Refused>) -> Result<bool, Failure> {
    let confinement = order.limits.confinement;
    if !confinement.wants(layer) {
        return Ok(false);
    }
    match put_on() {
        Ok(()) => Ok(true),
        Err(refused) if confinement.requires(layer) => Err(Failure::Layer(layer, refused)),
        Err(_) => Ok(false),
    }
}

fn die_with(parent: i32) -> Result<(), Failure> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|errno| Failure::Limit("life", errno))?;
    // The parent may have died before that call, and then no signal comes.
    if getppid().map(Pid::as_raw_pid) == Some(parent) { Ok(()) } else { Err(Failure::Orphan) }
}

/// Root without capabilities is a user like any other; they do not come back, since no privileges are
/// gained any more.
fn drop_capabilities() -> Result<(), Errno> {
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
}

#[expect(clippy::disallowed_methods, reason = "this crate starts the programs")]
fn exec(program: &Path, args: &[OsString]) -> std::io::Error {
    Command::new(program).args(args).exec()
}
