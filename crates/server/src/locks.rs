//! Who may do what on a data folder: one server, any number of workers, and sweeping by the server while
//! there is no worker.

use crate::command::Failure;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held by the one server of a data folder: two would take each other's uploads for abandoned.
pub(crate) fn server(data: &Path) -> Result<File, Failure> {
    std::fs::create_dir_all(data)
        .map_err(|error| format!("the data folder {} cannot be made: {error}", data.display()))?;
    match exclusive(&data.join("server.lock"))? {
        Some(lock) => Ok(lock),
        None => Err(format!("another server runs on the data folder {}", data.display()).into()),
    }
}

/// Held while objects without a row are swept; `None` while a worker may be making some.
pub(crate) fn sweeping(data: &Path) -> Result<Option<File>, Failure> {
    exclusive(&data.join("sweep.lock"))
}

/// Held by a worker: nobody sweeps. Waits until a sweep under way has ended.
pub(crate) fn working(data: &Path) -> Result<File, Failure> {
    std::fs::create_dir_all(data)
        .map_err(|error| format!("the data folder {} cannot be made: {error}", data.display()))?;
    let file = File::create(data.join("sweep.lock"))?;
    file.lock_shared()?;
    Ok(file)
}

fn exclusive(path: &Path) -> Result<Option<File>, Failure> {
    let file = File::create(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_and_any_number_of_workers_that_keep_sweeping_away() {
        let data = tempfile::tempdir().unwrap();
        let held = server(data.path()).unwrap();
        assert!(server(data.path()).unwrap_err().to_string().contains("another server"));
        assert!(sweeping(data.path()).unwrap().is_some());
        let workers = [working(data.path()).unwrap(), working(data.path()).unwrap()];
        assert!(sweeping(data.path()).unwrap().is_none());
        drop((held, workers));
        assert!(server(data.path()).is_ok() && sweeping(data.path()).unwrap().is_some());
    }
}
