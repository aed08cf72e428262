//! Empty folders for programs to stand in. Each is locked while it is used, by a lock that the kernel lets
//! go of when the process ends, however it ends: what lies there without one was left by a crash.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How the names of the folders begin, among other things in the same place.
const PREFIX: &str = "run-";

/// A folder for our user alone; removed with what is in it when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes one in `parent`, which is made where it is missing.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(parent)?;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    if let Some(lock) = claim(&path)? {
                        return Ok(Self { path, _lock: lock });
                    }
                }
                // Left by a process of the same number, before a crash.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The lock on a folder that was just made; `None` where a sweep took it for an abandoned one before it was
/// locked.
fn claim(path: &Path) -> io::Result<Option<File>> {
    match open(path) {
        Ok(folder) => lock(folder, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Locks what was opened as `path`, unless that is not its name any more.
fn lock(folder: File, path: &Path) -> io::Result<Option<File>> {
    folder.lock_shared()?;
    let held = folder.metadata()?;
    let named = fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (held.dev(), held.ino()));
    Ok(named.then_some(folder))
}

fn open(folder: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::NOFOLLOW;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(folder)
}

/// Removes the folders in `parent` whose processes are gone. Gives how many there were.
///
/// # Errors
/// `parent` cannot be read, or an abandoned folder not be removed.
pub(crate) fn sweep(parent: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(parent) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let path = entry.path();
        // What cannot be opened or locked is used, or gone by now.
        let Ok(folder) = open(&path) else { continue };
        if folder.try_lock().is_err() {
            continue;
        }
        match fs::remove_dir_all(&path) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, "a folder of a program could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_its_own_and_gone_with_what_is_in_it() {
        let parent = tempfile::tempdir().unwrap();
        let of_ours = parent.path().join("scratch");
        let (one, other) = (Scratch::new(&of_ours).unwrap(), Scratch::new(&of_ours).unwrap());
        assert_ne!(one.path(), other.path());
        fs::write(one.path().join("left"), "x").unwrap();
        drop((one, other));
        assert_eq!(fs::read_dir(of_ours).unwrap().count(), 0);
    }

    #[test]
    fn what_processes_that_are_gone_left_is_swept_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let used = Scratch::new(parent.path()).unwrap();
        fs::write(used.path().join("0.mp4"), "in the making").unwrap();
        // A process of the same number in another container may run: numbers say nothing.
        let abandoned = parent.path().join(format!("run-{}-1000000", std::process::id()));
        fs::create_dir(&abandoned).unwrap();
        fs::write(abandoned.join("0.mp4"), "left").unwrap();
        fs::write(parent.path().join("01890a5d.7.1"), "an object in the making").unwrap();
        std::os::unix::fs::symlink(used.path(), parent.path().join("run-link")).unwrap();
        assert_eq!(sweep(parent.path()).unwrap(), 1);
        assert!(!abandoned.exists() && used.path().join("0.mp4").exists());
        assert!(parent.path().join("01890a5d.7.1").exists());
        assert_eq!(sweep(parent.path()).unwrap(), 0);
        assert_eq!(sweep(&parent.path().join("missing")).unwrap(), 0);
    }

    #[test]
    fn a_folder_that_was_swept_before_it_was_locked_is_not_used() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("run-1-1");
        assert!(claim(&path).unwrap().is_none(), "swept before it was opened");
        fs::create_dir(&path).unwrap();
        let opened = open(&path).unwrap();
        assert_eq!(sweep(parent.path()).unwrap(), 1);
        assert!(lock(opened.try_clone().unwrap(), &path).unwrap().is_none(), "swept between opening and locking");
        fs::create_dir(&path).unwrap();
        assert!(lock(opened, &path).unwrap().is_none(), "another of the same name is there");
        let claimed = claim(&path).unwrap();
        assert_eq!((claimed.is_some(), sweep(parent.path()).unwrap()), (true, 0));
    }
}
