//! The programs and the rules under which they run.

use crate::child::{self, Ended, Request, Urgency};
use crate::sandbox::{Confinement, LimitSpec};
use crate::scratch::{self, Scratch};
use core::time::Duration;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tokio::sync::{OnceCell, Semaphore};

/// Where the programs are: absolute paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// ffmpeg.
    pub ffmpeg: PathBuf,
    /// ffprobe.
    pub ffprobe: PathBuf,
}

impl Programs {
    /// Looks for them in the folders of `search_path` (the form of `PATH`). One that is not there gets a
    /// path at which it is missing, for [`Engine::examine`](crate::Engine::examine) to tell.
    pub fn find(search_path: &OsStr) -> Self {
        let find = |name: &str| {
            std::env::split_paths(search_path)
                .filter(|folder| folder.is_absolute())
                .map(|folder| folder.join(name))
                .find(|path| is_program(path))
                .unwrap_or_else(|| Path::new("/usr/bin").join(name))
        };
        Self { ffmpeg: find("ffmpeg"), ffprobe: find("ffprobe") }
    }
}

/// Whether a file is there that somebody may run.
pub(crate) fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// What a look inside a file may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineLimits {
    /// Time on the clock.
    pub wall: Duration,
    /// Time of the processor.
    pub cpu: Duration,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Pixels of the largest picture.
    pub max_pixels: u32,
    /// Pictures of one track.
    pub max_pictures: usize,
    /// Bytes of the report.
    pub output_bytes: usize,
    /// Bytes of the file read at most to find its tracks.
    pub probe_bytes: u64,
    /// Time of media looked at, at most, to find the tracks.
    pub probe_duration: Duration,
    /// Looks at a time; others wait.
    pub parallel: usize,
    /// Time on the clock of one encoding run.
    pub encode_wall: Duration,
    /// Time of the processor of one encoding run.
    pub encode_cpu: Duration,
    /// Bytes of address space of one encoding run.
    pub encode_memory_bytes: u64,
    /// Bytes of the largest file that one encoding run may write.
    pub encode_file_bytes: u64,
    /// The layers around every program.
    pub confinement: Confinement,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self {
            wall: Duration::from_mins(1),
            cpu: Duration::from_secs(30),
            memory_bytes: 2 << 30,
            max_pixels: 8192 * 4320,
            max_pictures: 12_000_000,
            output_bytes: 4 << 20,
            probe_bytes: 20_000_000,
            probe_duration: Duration::from_secs(20),
            parallel: 4,
            encode_wall: Duration::from_hours(24),
            encode_cpu: Duration::from_hours(96),
            // A ladder from 4320 lines takes about three of them.
            encode_memory_bytes: 8 << 30,
            encode_file_bytes: 64 << 30,
            confinement: Confinement::Best,
        }
    }
}

/// Starts programs.
#[derive(Debug)]
pub struct Engine {
    pub(crate) programs: Programs,
    pub(crate) limits: EngineLimits,
    pub(crate) helper: PathBuf,
    pub(crate) scratch: PathBuf,
    places: Semaphore,
    /// Whether ffmpeg writes AVIF, once it was asked.
    pub(crate) avif: OnceCell<bool>,
}

impl Engine {
    /// An engine of these programs. `helper` is an executable that calls
    /// [`sandbox_main`](crate::sandbox_main) (in the server `/proc/self/exe`), `scratch` a folder for the
    /// programs to stand in.
    pub fn new(programs: Programs, helper: PathBuf, scratch: PathBuf, limits: EngineLimits) -> Self {
        let places = Semaphore::new(limits.parallel.clamp(1, Semaphore::MAX_PERMITS));
        Self { programs, limits, helper, scratch, places, avif: OnceCell::new() }
    }

    /// The executable that limits itself and becomes a program.
    pub(crate) fn helper(&self) -> PathBuf {
        self.helper.clone()
    }

    /// Where programs get their folders.
    pub(crate) fn scratch_folder(&self) -> PathBuf {
        self.scratch.clone()
    }

    /// Removes what programs of processes that are gone left behind; others may use the place meanwhile.
    /// Gives how many folders there were.
    ///
    /// # Errors
    /// The place cannot be read, or what was left not be removed.
    pub async fn sweep_scratch(&self) -> io::Result<usize> {
        let place = self.scratch.clone();
        tokio::task::spawn_blocking(move || scratch::sweep(&place)).await.map_err(io::Error::other)?
    }

    /// Runs a program to its end under the limits, in an empty folder, with `input` as its descriptor 0.
    pub(crate) async fn run(&self, program: &Path, args: Vec<OsString>, input: Option<File>) -> io::Result<Ended> {
        let _place = self.places.acquire().await.map_err(io::Error::other)?;
        let parent = self.scratch.clone();
        let folder = tokio::task::spawn_blocking(move || Scratch::new(&parent)).await.map_err(io::Error::other)??;
        let request = Request {
            program: program.to_path_buf(),
            args,
            input,
            folder: folder.path().to_path_buf(),
            limits: self.limit_spec(),
            urgency: Urgency::First,
            wall: self.limits.wall,
            output_bytes: self.limits.output_bytes,
        };
        child::run(self.helper.clone(), request).await
    }

    /// What a long run may take: writing its outputs.
    pub(crate) fn encode_spec(&self) -> LimitSpec {
        LimitSpec {
            memory_bytes: self.limits.encode_memory_bytes,
            cpu_seconds: self.limits.encode_cpu.as_secs().max(1),
            file_bytes: self.limits.encode_file_bytes,
            ..self.limit_spec()
        }
    }

    /// What a look inside a file may take.
    pub(crate) fn limit_spec(&self) -> LimitSpec {
        LimitSpec {
            memory_bytes: self.limits.memory_bytes,
            cpu_seconds: self.limits.cpu.as_secs().max(1),
            file_bytes: 0,
            open_files: 64,
            threads: 256,
            confinement: self.limits.confinement,
        }
    }
}
