//! An object in the making: a file that is gone again unless it is published.

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file in `scratch`, removed when dropped.
#[derive(Debug)]
pub(crate) struct Temp {
    file: File,
    path: PathBuf,
    published: bool,
}

impl Temp {
    /// Makes an empty one, for reading and writing by our user alone.
    pub(crate) fn new(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Self { file, path, published: false })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Makes the bytes durable, then moves the file to `target`, then makes the name durable. A file
    /// that is already there is never replaced.
    pub(crate) fn publish(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        match renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
            Ok(()) => {}
            // The file system does not know the flag. Ids are random, so nobody makes `target` meanwhile.
            Err(Errno::INVAL | Errno::NOSYS) if !target.try_exists()? => {
                fs::rename(&self.path, target)?;
            }
            Err(Errno::INVAL | Errno::NOSYS) => return Err(Errno::EXIST.into()),
            Err(errno) => return Err(errno.into()),
        }
        // From here on the name to take back is the new one.
        self.path = target.to_path_buf();
        if let Some(folder) = target.parent() {
            sync_folder(folder)?;
        }
        self.published = true;
        Ok(())
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        if !self.published
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "an unfinished object could not be removed");
        }
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn what_is_not_published_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let temp = Temp::new(path.clone()).unwrap();
        assert!(path.exists());
        drop(temp);
        assert!(!path.exists());
    }

    #[test]
    fn publishing_never_replaces_and_leaves_nothing_behind_when_refused() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("there");
        fs::write(&target, "first").unwrap();
        let temp = Temp::new(folder.path().join("a")).unwrap();
        temp.file().write_all(b"second").unwrap();
        assert_eq!(temp.publish(&target).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
