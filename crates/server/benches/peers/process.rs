//! Programs that are started, and their end.

use crate::failure::{Context as _, Failure, Outcome};
use crate::scratch::Scratch;
use crate::wait;
use core::time::Duration;
use std::ffi::OsStr;
use std::process::{Child, Command, ExitStatus, Stdio};

/// How long a program may take to end once it is asked to.
const ENDING: Duration = Duration::from_mins(1);

/// A command of this name, without input.
#[expect(clippy::disallowed_methods, reason = "the peers are programs, and so is what is measured")]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

/// Runs a program to its end.
///
/// # Errors
/// It cannot be started, or does not succeed: then with what it said.
pub(crate) fn run(command: &mut Command) -> Outcome<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().context(format!("starting {name}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(format!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
}

/// A program under way; ended when this is dropped.
pub(crate) struct Running<'a> {
    child: Child,
    scratch: &'a Scratch,
}

impl<'a> Running<'a> {
    /// Starts it. Its output goes where the command says.
    pub(crate) fn start(command: &mut Command, scratch: &'a Scratch) -> Outcome<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().context(format!("starting {name}"))?;
        let running = Self { child, scratch };
        scratch.watch(running.pid())?;
        Ok(running)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended, and how.
    pub(crate) fn ended(&mut self) -> Outcome<Option<ExitStatus>> {
        self.child.try_wait().context("asking for the state of a program")
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> Outcome<ExitStatus> {
        self.child.wait().context("waiting for a program")
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn end(&mut self) -> Outcome<()> {
        if self.ended()?.is_none() {
            run(command("sh").args(["-c", "kill -TERM \"$1\"", "end", &self.pid().to_string()]))?;
            wait::until("a program ends", ENDING, || self.ended())?;
        }
        Ok(())
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Both fail only for a program that has ended, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(self.scratch.forget(self.pid()));
    }
}
