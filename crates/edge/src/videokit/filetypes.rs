//! `GET /vod/v1/filetypes`.

use super::acting::Acting;
use super::error::{Failure, ServiceStatus};
use axum::Json;
use kinora_app::file::types::endings;
use kinora_domain::access::Permission;
use kinora_domain::track::TrackKind;
use serde::Serialize;
use utoipa::ToSchema;

/// What can be uploaded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileTypes {
    /// By what such files mostly hold.
    pub file_types: Endings,
}

/// Endings of names, with the dot. Bytes decide, not names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Endings {
    /// Sound alone.
    #[schema(example = json!([".mp3", ".wav"]))]
    pub audio: Vec<&'static str>,
    /// Timed text.
    #[schema(example = json!([".srt", ".vtt"]))]
    pub caption: Vec<&'static str>,
    /// Pictures, mostly with sound.
    #[schema(example = json!([".mov", ".mp4"]))]
    pub video: Vec<&'static str>,
}

/// The types of files that are taken.
#[utoipa::path(
    get, path = "/vod/v1/filetypes", operation_id = "listFileTypes", tag = "Files",
    responses(
        (status = 200, description = "All of them.", body = FileTypes),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
    ),
)]
pub(super) async fn list(Acting(caller): Acting) -> Result<Json<FileTypes>, Failure> {
    caller.require(Permission::ReadMedia)?;
    let file_types = Endings {
        audio: endings(TrackKind::Audio),
        caption: endings(TrackKind::Captions),
        video: endings(TrackKind::Video),
    };
    Ok(Json(FileTypes { file_types }))
}
