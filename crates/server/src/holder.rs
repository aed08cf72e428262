//! Who holds leases, and whether it is still there: each process that does jobs keeps a lock on a file
//! of its own, `workers/<holder>.lock`, which the kernel lets go of when the process ends, however it
//! ends. So the jobs of a process that was killed need not wait for the end of their leases.

use crate::command::Failure;
use kinora_app::App;
use kinora_app::work::{other_holders, release_holder};
use kinora_domain::HolderId;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// This process as a holder of leases. The file stays behind when the process ends without handing its
/// jobs over: by it others know that they may take them.
#[derive(Debug)]
pub(crate) struct Holder {
    folder: PathBuf,
    id: HolderId,
    _lock: File,
}

impl Holder {
    /// Makes the file and locks it; before the first lease is taken.
    pub(crate) fn register(data: &Path, id: HolderId) -> io::Result<Self> {
        let folder = data.join("workers");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let path = file(&folder, id);
        loop {
            let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            lock.lock()?;
            // Another process that found the file before it was locked may have taken it for a dead one's.
            if lock.metadata()?.nlink() > 0 {
                return Ok(Self { folder, id, _lock: lock });
            }
        }
    }

    /// Gives what this process still has to others, at its end.
    pub(crate) async fn hand_over(&self, app: &App) -> Result<(), Failure> {
        release_holder(app, self.id).await?;
        Ok(fs::remove_file(file(&self.folder, self.id))?)
    }

    /// Ends the leases of processes that are gone, and removes their files. Gives the number of leases.
    pub(crate) async fn release_the_dead(&self, app: &App) -> Result<u64, Failure> {
        let mut released = 0;
        for holder in other_holders(app).await? {
            // Where there is no file we cannot know: the leases end by themselves.
            let Some(_proof) = dead(&file(&self.folder, holder))? else { continue };
            released += release_holder(app, holder).await?;
        }
        self.remove_the_dead()?;
        Ok(released)
    }

    /// Removes the files of processes that are gone; their leases are released by now, or end by themselves.
    fn remove_the_dead(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path == file(&self.folder, self.id) || path.extension().is_none_or(|extension| extension != "lock") {
                continue;
            }
            if let Some(_proof) = dead(&path)? {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

fn file(folder: &Path, holder: HolderId) -> PathBuf {
    folder.join(format!("{holder}.lock"))
}

/// The lock on the file of a process that is gone, which proves it; `None` where the process runs, or
/// where there is no file.
fn dead(path: &Path) -> io::Result<Option<File>> {
    let lock = match OpenOptions::new().write(true).open(path) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> HolderId {
        text.parse().unwrap()
    }

    #[test]
    fn a_process_is_dead_when_its_file_is_there_and_nobody_locks_it() {
        let data = tempfile::tempdir().unwrap();
        let first = Holder::register(data.path(), id("01890a5d-ac96-774b-bcce-b302099a8057")).unwrap();
        let path = file(&first.folder, first.id);
        assert!(dead(&path).unwrap().is_none(), "it runs");
        let killed = file(&first.folder, id("01890a5d-ac96-774b-bcce-b302099a8058"));
        assert!(dead(&killed).unwrap().is_none(), "nothing is known of it");
        fs::write(&killed, "").unwrap();
        fs::write(first.folder.join("note"), "of somebody else").unwrap();
        assert!(dead(&killed).unwrap().is_some());
        first.remove_the_dead().unwrap();
        assert!(!killed.exists() && path.exists() && first.folder.join("note").exists());
        drop(first);
        assert!(dead(&path).unwrap().is_some());
    }
}
