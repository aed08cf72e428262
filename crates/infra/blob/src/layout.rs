//! Where things lie under the root folder.

use crate::temp::{Temp, sync_folder};
use kinora_domain::ObjectId;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {}", path.display())]
pub struct OpenError {
    /// What was being done, such as `making the folder`.
    pub doing: &'static str,
    /// To which path.
    pub path: PathBuf,
    /// Why not.
    #[source]
    pub source: io::Error,
}

/// The folders of a store.
#[derive(Debug)]
pub(crate) struct Layout {
    root: PathBuf,
    objects: PathBuf,
    scratch: PathBuf,
    temps: AtomicU64,
    /// Held while the store is open: says that what lies in `scratch` is being worked on.
    _lock: File,
}

impl Layout {
    /// Makes the folders that are missing, and empties `scratch` unless another process uses it.
    pub(crate) fn open(root: PathBuf) -> Result<Self, OpenError> {
        let objects = root.join("objects");
        let scratch = root.join("scratch");
        fs::create_dir_all(&root).map_err(at("making the folder", &root))?;
        let mut made = make_folder(&scratch)? | make_folder(&objects)?;
        for last in 0..=u8::MAX {
            made |= make_folder(&objects.join(format!("{last:02x}")))?;
        }
        if made {
            for folder in [objects.as_path(), root.as_path()].into_iter().chain(root.parent()) {
                // A relative root of one name has the empty path as its parent.
                if !folder.as_os_str().is_empty() {
                    sync_folder(folder).map_err(at("syncing the folder", folder))?;
                }
            }
        }
        let lock = root.join("lock");
        let held = File::create(&lock).map_err(at("making the file", &lock))?;
        match held.try_lock() {
            Ok(()) => empty(&scratch).map_err(at("emptying", &scratch))?,
            Err(TryLockError::WouldBlock) => tracing::debug!("the object store is open in another process as well"),
            Err(TryLockError::Error(error)) => return Err(at("locking", &lock)(error)),
        }
        // Shared by all that have the store open, so that who comes is alone only when all have gone.
        held.lock_shared().map_err(at("locking", &lock))?;
        Ok(Self { root, objects, scratch, temps: AtomicU64::new(0), _lock: held })
    }

    /// The folder of everything.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where an object lies. The last byte of a UUID is random in every version that we make; the
    /// first ones are the time, and would put everything of one day into one folder.
    pub(crate) fn object(&self, id: ObjectId) -> PathBuf {
        let last = id.uuid().into_bytes()[15];
        self.objects.join(format!("{last:02x}")).join(id.to_string())
    }

    /// A new file in `scratch`, on the file system of the objects.
    pub(crate) fn temp(&self, id: ObjectId) -> io::Result<Temp> {
        let number = self.temps.fetch_add(1, Ordering::Relaxed);
        Temp::new(self.scratch.join(format!("{id}.{}.{number}", std::process::id())))
    }

    /// The ids of everything stored. Files that are not objects are passed over.
    pub(crate) fn list(&self) -> io::Result<Vec<ObjectId>> {
        let mut ids = Vec::new();
        for last in 0..=u8::MAX {
            for entry in fs::read_dir(self.objects.join(format!("{last:02x}")))? {
                if let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
                    ids.push(id);
                }
            }
        }
        Ok(ids)
    }
}

/// Makes a folder for our user alone; whether it was missing.
fn make_folder(path: &Path) -> Result<bool, OpenError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(at("making the folder", path)(error)),
    }
}

fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn leftovers_are_removed_at_the_start_unless_they_are_somebody_elses() {
        let root = tempfile::tempdir().unwrap();
        let first = Layout::open(root.path().to_path_buf()).unwrap();
        let left = root.path().join("scratch/left");
        fs::write(&left, "x").unwrap();
        let second = Layout::open(root.path().to_path_buf()).unwrap();
        assert!(left.exists(), "the first store is still open");
        drop(first);
        drop(Layout::open(root.path().to_path_buf()).unwrap());
        assert!(left.exists(), "the second store is still open");
        drop(second);
        drop(Layout::open(root.path().to_path_buf()).unwrap());
        assert!(!left.exists());
    }

    #[test]
    fn objects_spread_by_the_random_end_of_their_id() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::open(root.path().to_path_buf()).unwrap();
        let id = ObjectId::new(Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057));
        assert_eq!(layout.object(id), root.path().join("objects/57/01890a5d-ac96-774b-bcce-b302099a8057"));
    }

    #[test]
    fn a_root_that_cannot_be_a_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        let error = Layout::open(file.join("under")).unwrap_err();
        assert!(error.to_string().contains("file/under"), "{error}");
    }
}
