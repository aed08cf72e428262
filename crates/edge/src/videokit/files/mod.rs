//! Files: uploads and what they became.

pub(super) mod cancel;
pub(super) mod complete;
pub(super) mod delete;
pub(super) mod delete_many;
pub(super) mod detect;
pub(super) mod get;
pub(super) mod list;
pub(super) mod part;
pub(super) mod preview;
pub(super) mod start;
pub(super) mod update;

use kinora_domain::FileId;
use kinora_domain::OrganizationId;
use kinora_domain::file::FileStatus;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a file's upload.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) enum UploadFileStatus {
    /// Parts are arriving.
    Uploading,
    /// All bytes are here.
    Completed,
    /// The upload was given up, or its bytes cannot be used.
    Error,
}

fn show_status(status: FileStatus) -> UploadFileStatus {
    match status {
        FileStatus::Uploading => UploadFileStatus::Uploading,
        FileStatus::Completed => UploadFileStatus::Completed,
        FileStatus::Failed => UploadFileStatus::Error,
    }
}

fn read_status(text: &str) -> Option<FileStatus> {
    FileStatus::ALL.into_iter().find(|status| format!("{:?}", show_status(*status)).eq_ignore_ascii_case(text))
}

/// The key that this dialect shows for a file's bytes. It names nothing outside this server.
fn file_key(organization: OrganizationId, file: FileId) -> String {
    format!("{organization}/sources/{file}")
}
