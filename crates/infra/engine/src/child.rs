//! Starts a program, watches it, and ends it with everything that it started.
//!
//! One thread does it all: it starts the program, waits for its output, its end, the time limit and a
//! cancellation in one `poll`, and reaps it. The death signal of [`sandbox`](crate::sandbox) comes when
//! the *thread* that started a program ends; here that thread is the one that stays until the program is
//! reaped, so the signal means what it should: that our process is gone.

use crate::keep::Kept;
use crate::sandbox::{LimitSpec, NOT_STARTED, Order};
use core::time::Duration;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio, retry_on_intr};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, setpriority_pgrp};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, PipeReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Instant;

/// A program to run.
#[derive(Debug)]
pub struct Request {
    /// Absolute path.
    pub program: PathBuf,
    /// Arguments.
    pub args: Vec<OsString>,
    /// Its descriptor 0; nothing can be read from it otherwise.
    pub input: Option<File>,
    /// The folder that it stands in.
    pub folder: PathBuf,
    /// What it may take.
    pub limits: LimitSpec,
    /// How long it may take.
    pub wall: Duration,
    /// Which programs it gives way to.
    pub urgency: Urgency,
    /// Bytes of standard output, at most; where somebody listens, the listener decides.
    pub output_bytes: usize,
}

/// How programs share the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody waits for it now.
    First,
    /// It is waited for too, but is done long before the first of those is: a third of the time is enough.
    Next,
    /// It gives way to all others, and to us: a tenth.
    Background,
}

impl Urgency {
    /// As the kernel counts it; each step is a fourth less of the processor.
    const fn niceness(self) -> Option<i32> {
        match self {
            Self::First => None,
            Self::Next => Some(5),
            Self::Background => Some(10),
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal, not of ours.
    Signaled(i32),
    /// By us: it took too long.
    TooLong,
    /// By us: it wrote too much.
    TooMuchOutput,
    /// By us: nobody waits for it any more.
    Canceled,
    /// It never began; the standard error says why.
    NotStarted,
}

/// What is left of it.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote, whole unless it was ended by us.
    pub output: Vec<u8>,
    /// What it complained about.
    pub complaints: Kept,
}

/// Runs a program to its end on a blocking thread. When the returned future is dropped, the program and
/// everything that it started is killed.
///
/// # Errors
/// The helper cannot be started or watched.
pub async fn run(helper: PathBuf, request: Request) -> io::Result<Ended> {
    let (canceled, alive) = io::pipe()?;
    let watched = tokio::task::spawn_blocking(move || watch(&helper, request, &canceled)).await;
    // Dropped here, or with this future: that is what the other end sees.
    drop(alive);
    watched.map_err(io::Error::other)?
}

/// As [`run`], but what the program writes goes to `listener` as it comes, on the thread that watches it.
/// A listener that gives `false` has heard enough, and the program is ended.
///
/// # Errors
/// The helper cannot be started or watched.
pub async fn run_heard(
    helper: PathBuf,
    request: Request,
    mut listener: impl FnMut(&[u8]) -> bool + Send + 'static,
) -> io::Result<Ended> {
    let (canceled, alive) = io::pipe()?;
    let watched = tokio::task::spawn_blocking(move || watch_heard(&helper, request, &canceled, &mut listener)).await;
    drop(alive);
    watched.map_err(io::Error::other)?
}

/// [`run`] on this thread, until the other end of `canceled` is closed.
pub fn watch(helper: &Path, request: Request, canceled: &PipeReader) -> io::Result<Ended> {
    let mut output = Vec::new();
    let most = request.output_bytes;
    let ended = watch_heard(helper, request, canceled, &mut |bytes| {
        let fits = output.len().saturating_add(bytes.len()) <= most;
        if fits {
            output.extend_from_slice(bytes);
        }
        fits
    })?;
    Ok(Ended { output, ..ended })
}

/// [`run_heard`] on this thread, until the other end of `canceled` is closed.
fn watch_heard(
    helper: &Path,
    request: Request,
    canceled: &PipeReader,
    listener: &mut dyn FnMut(&[u8]) -> bool,
) -> io::Result<Ended> {
    let deadline = Instant::now().checked_add(request.wall);
    let mut running = Running::start(helper, &request)?;
    drop(request.input);
    let mut complaints = Kept::default();
    let stopped = loop {
        let woken = running.wait(canceled, deadline)?;
        let enough = running.read(listener, &mut complaints)?;
        match woken {
            _ if enough => break Some(Ending::TooMuchOutput),
            Woken::Ended => break None,
            Woken::Canceled => break Some(Ending::Canceled),
            Woken::Late => break Some(Ending::TooLong),
            Woken::Output => {}
        }
    };
    let status = running.end()?;
    // What was written between the last look and the end. Nobody of the group is left to write more,
    // and a process that left the group is not waited for.
    let enough = running.read(listener, &mut complaints)?;
    let ending = match stopped {
        Some(stopped) => stopped,
        None if enough => Ending::TooMuchOutput,
        None => ending(status),
    };
    Ok(Ended { ending, output: Vec::new(), complaints })
}

fn ending(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) if code == i32::from(NOT_STARTED) => Ending::NotStarted,
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Signaled(signal.unwrap_or_default()),
    }
}

enum Woken {
    Output,
    Ended,
    Canceled,
    Late,
}

/// A program that is not reaped yet; killed with its group when dropped.
struct Running {
    child: Child,
    group: Pid,
    handle: OwnedFd,
    output: Option<ChildStdout>,
    complaints: Option<ChildStderr>,
    reaped: bool,
}

impl Running {
    #[expect(clippy::disallowed_methods, reason = "this crate starts the programs")]
    fn start(helper: &Path, request: &Request) -> io::Result<Self> {
        let order = Order {
            parent: i32::try_from(std::process::id()).map_err(io::Error::other)?,
            limits: request.limits,
            program: request.program.clone(),
            args: request.args.clone(),
        };
        let input = match &request.input {
            Some(file) => file.try_clone()?.into(),
            None => Stdio::null(),
        };
        let mut child = Command::new(helper)
            .args(order.encode())
            .env_clear()
            // Messages that we read are to be the English ones.
            .env("LC_ALL", "C")
            .current_dir(&request.folder)
            .process_group(0)
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let group = Pid::from_child(&child);
        if let Some(niceness) = request.urgency.niceness() {
            // What it starts, threads too, takes after it. Where it cannot be told, it works all the same.
            setpriority_pgrp(Some(group), niceness).unwrap_or_default();
        }
        let (output, complaints) = (child.stdout.take(), child.stderr.take());
        match pidfd_open(group, PidfdFlags::empty()) {
            Ok(handle) => {
                let running = Self { child, group, handle, output, complaints, reaped: false };
                running.output.as_ref().map_or(Ok(()), |pipe| ioctl_fionbio(pipe, true))?;
                running.complaints.as_ref().map_or(Ok(()), |pipe| ioctl_fionbio(pipe, true))?;
                Ok(running)
            }
            Err(errno) => {
                kill(group);
                child.wait()?;
                Err(errno.into())
            }
        }
    }

    /// Waits until there is something to do.
    fn wait(&self, canceled: &PipeReader, deadline: Option<Instant>) -> io::Result<Woken> {
        let mut ready = vec![PollFd::new(&self.handle, PollFlags::IN), PollFd::new(canceled, PollFlags::IN)];
        ready.extend(self.output.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        ready.extend(self.complaints.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(Woken::Late);
        }
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut ready, timeout.as_ref()) {
            Ok(0) => Ok(Woken::Late),
            Ok(_) => {
                let is_ready = |at: usize| ready.get(at).is_some_and(|fd| !fd.revents().is_empty());
                Ok(if is_ready(1) {
                    Woken::Canceled
                } else if is_ready(0) {
                    Woken::Ended
                } else {
                    Woken::Output
                })
            }
            Err(Errno::INTR) => Ok(Woken::Output),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Reads what is there; whether the listener has heard enough.
    fn read(&mut self, listener: &mut dyn FnMut(&[u8]) -> bool, complaints: &mut Kept) -> io::Result<bool> {
        drain(&mut self.complaints, |bytes| {
            complaints.push(bytes);
            true
        })?;
        let mut enough = false;
        drain(&mut self.output, |bytes| {
            enough = !listener(bytes);
            !enough
        })?;
        Ok(enough)
    }

    /// Kills what is left of the group, then reaps the program. In that order: until it is reaped, its
    /// number names nobody else.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if !self.reaped {
            kill(self.group);
        }
        let status = self.child.wait();
        self.reaped = true;
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped
            && let Err(error) = self.end()
        {
            tracing::warn!(%error, "a program could not be reaped");
        }
    }
}

fn kill(group: Pid) {
    match retry_on_intr(|| kill_process_group(group, Signal::KILL)) {
        Ok(()) | Err(Errno::SRCH) => {}
        Err(error) => tracing::warn!(%error, "a program could not be killed"),
    }
}

/// Largest number of reads at a time, so that a program that writes without end does not keep the other
/// duties waiting.
const READS: usize = 64;

/// Gives what a pipe holds to `take` until it is empty, closed or `take` has enough.
fn drain<P: Read>(pipe: &mut Option<P>, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    for _ in 0..READS {
        let Some(open) = pipe else {
            return Ok(());
        };
        match open.read(&mut buffer) {
            Ok(0) => *pipe = None,
            Ok(len) => {
                if !take(buffer.get(..len).unwrap_or_default()) {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
