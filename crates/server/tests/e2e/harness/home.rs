//! A folder of a test's own, in which the program finds its settings file and keeps its data.

use super::program::{Ended, command, finish};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// The program under test.
const BINARY: &str = env!("CARGO_BIN_EXE_kinora");

/// A script that waits until it is killed, and starts nothing, which it could not: it reads the pipe of its
/// own output, in which nothing comes.
pub(crate) const IDLE: &str = "read word < /proc/self/fd/1";

/// The folder; removed when dropped.
pub(crate) struct Home(TempDir);

impl Home {
    /// A folder with an empty settings file, so that none of the machine's own is looked for.
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.write("kinora.toml", "");
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Puts a program there that stands in for another; gives its path.
    pub(crate) fn script(&self, name: &str, text: &str) -> String {
        let path = self.write(name, format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The program with these arguments and settings.
    pub(crate) fn kinora(&self, args: &[&str], settings: &[(&str, &str)]) -> Command {
        self.kinora_within(&[], args, settings)
    }

    /// The same, started by a wrapper that ends by becoming what its last arguments say.
    pub(crate) fn kinora_within(&self, wrapper: &[String], args: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut words = wrapper.iter().map(String::as_str).chain([BINARY]).chain(args.iter().copied());
        let mut command = command(words.next().unwrap_or(BINARY));
        command.args(words).current_dir(&self.0).env("KINORA_DATA_DIR", self.path("data"));
        command.envs(settings.iter().copied());
        command
    }

    /// Runs the program to its end.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str], settings: &[(&str, &str)]) -> Ended {
        finish(&mut self.kinora(args, settings))
    }
}
