//! A folder, and processes, that do not outlive the benchmark however it ends.

use crate::failure::{Context as _, Outcome};
use crate::process::command;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};

/// Waits until this end of the pipe is closed, which the kernel does even for a killed process; then
/// ends the processes that are left and removes the folder. `+` and `-` lines tell of processes.
const WATCHMAN: &str = r#"
trap '' INT TERM HUP
left=
while read -r sign pid; do
    others=
    for other in $left; do [ "$other" = "$pid" ] || others="$others $other"; done
    left=$others
    [ "$sign" = + ] && left="$left $pid"
done
for pid in $left; do kill -9 "$pid"; done
rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
"#;

/// The folder.
pub(crate) struct Scratch {
    folder: PathBuf,
    watchman: Child,
    /// Taken when the watchman is to begin.
    pipe: Option<ChildStdin>,
}

impl Scratch {
    /// Makes a folder in `parent`.
    pub(crate) fn new(parent: &Path) -> Outcome<Self> {
        let folder = parent.join(format!("peers-{}", std::process::id()));
        std::fs::create_dir_all(&folder).context(folder.display())?;
        let mut watchman = command("sh")
            .args(["-c", WATCHMAN, "watchman"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .context("starting sh")?;
        let pipe = watchman.stdin.take();
        Ok(Self { folder, watchman, pipe })
    }

    /// A new, empty folder.
    pub(crate) fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.folder.join(name);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context(folder.display());
            }
            _ => std::fs::create_dir_all(&folder).context(folder.display())?,
        }
        Ok(folder)
    }

    /// A process to end with the benchmark.
    pub(crate) fn watch(&self, pid: u32) -> Outcome<()> {
        self.tell(&format!("+ {pid}\n"))
    }

    /// A process that has ended: its number may become that of another.
    pub(crate) fn forget(&self, pid: u32) -> Outcome<()> {
        self.tell(&format!("- {pid}\n"))
    }

    fn tell(&self, line: &str) -> Outcome<()> {
        let mut pipe = self.pipe.as_ref().context("the watchman is gone")?;
        pipe.write_all(line.as_bytes()).context("telling the watchman")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(self.pipe.take());
        if let Err(error) = self.watchman.wait() {
            crate::say(&format!("waiting for the watchman: {error}"));
        }
    }
}
