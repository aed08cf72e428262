//! What is remembered of uploads under way, so that an interrupted one goes on where it was.
//!
//! One small file for each, named after the server, the path, the size and the time of the last change of
//! what is uploaded: a film that was changed since is another film.

use super::model::PartTag;
use crate::command::variable;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// An upload under way.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Underway {
    pub(super) file_id: String,
    pub(super) part_size: u64,
    pub(super) parts_count: u64,
    /// What the server has.
    pub(super) parts: Vec<PartTag>,
}

/// Where one upload is remembered.
pub(super) struct Memory(PathBuf);

impl Memory {
    /// The memory of an upload of `film` to `server`; `None` where this machine has no place for it.
    pub(super) fn of(server: &str, film: &Path) -> io::Result<Option<Self>> {
        let Some(folder) = folder() else { return Ok(None) };
        let path = film.canonicalize()?;
        let meta = path.metadata()?;
        let mut hash = Sha256::new();
        hash.update(server.as_bytes());
        hash.update([0]);
        hash.update(path.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(format!("{} {} {}", meta.len(), meta.mtime(), meta.mtime_nsec()));
        // A name without secrets; half of the digest is more than enough.
        let digest = hash.finalize();
        let (head, _) = digest.split_at(16);
        let name = u128::from_be_bytes(head.try_into().unwrap_or_default());
        Ok(Some(Self(folder.join(format!("{name:032x}.json")))))
    }

    /// What is remembered; nothing where the memory is unreadable.
    pub(super) fn recall(&self) -> Option<Underway> {
        serde_json::from_slice(&std::fs::read(&self.0).ok()?).ok()
    }

    /// Remembers, in one step.
    pub(super) fn keep(&self, upload: &Underway) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let beside = self.0.with_extension("new");
        let mut file = std::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec(upload)?)?;
        std::fs::rename(beside, &self.0)
    }

    /// Forgets.
    pub(super) fn forget(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// `kinora/uploads` in the folder that the XDG base directory specification gives for state.
fn folder() -> Option<PathBuf> {
    let state = variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || Some(PathBuf::from(variable("HOME")?).join(".local/state")).filter(|path| path.is_absolute());
    Some(state.or_else(home)?.join("kinora/uploads"))
}
