//! Errors of the operating system in the words of the port.

use kinora_app::port::BlobError;
use kinora_domain::ObjectId;
use rustix::io::Errno;
use std::io;

/// Whether an error says that there is no room: the disk, the quota, or the largest file allowed.
pub(crate) fn is_full(error: &io::Error) -> bool {
    [Errno::NOSPC, Errno::DQUOT, Errno::FBIG].iter().any(|full| error.raw_os_error() == Some(full.raw_os_error()))
}

/// Names what was being done to which object when `source` came.
pub(crate) fn fault(doing: &'static str, object: ObjectId, source: io::Error) -> BlobError {
    if is_full(&source) { BlobError::Full } else { BlobError::Io { doing, object, source } }
}

/// As [`fault`], where a missing file means a missing object.
pub(crate) fn opening(object: ObjectId, source: io::Error) -> BlobError {
    if source.kind() == io::ErrorKind::NotFound { BlobError::Missing(object) } else { fault("opening", object, source) }
}

/// Runs `work`, which may wait for the disk, on a blocking thread. It goes on to its end when the
/// caller is canceled.
pub(crate) async fn blocking<T: Send + 'static>(
    doing: &'static str,
    object: ObjectId,
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(broken) => Err(fault(doing, object, io::Error::other(broken))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_full_disk_a_full_quota_and_a_file_too_big_are_one_thing_to_the_caller() {
        let object = ObjectId::new(Uuid::from_u128(7));
        for (errno, full) in [(Errno::NOSPC, true), (Errno::DQUOT, true), (Errno::FBIG, true), (Errno::IO, false)] {
            let told = fault("writing", object, errno.into());
            assert_eq!(matches!(told, BlobError::Full), full, "{errno:?}");
        }
        assert!(matches!(opening(object, Errno::NOENT.into()), BlobError::Missing(id) if id == object));
        assert!(matches!(opening(object, Errno::ACCESS.into()), BlobError::Io { doing: "opening", .. }));
    }
}
