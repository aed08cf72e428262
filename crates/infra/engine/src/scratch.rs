//! Empty folders for programs to stand in.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder for our user alone; removed with what is in it when dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one in `parent`, which is made where it is missing.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(parent)?;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("run-{}-{number}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                // Left by a process of the same number, before a crash.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
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
}
