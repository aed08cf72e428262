//! `POST /files/start`.

use super::file_key;
use crate::http::state::Edge;
use crate::upload;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::Input;
use crate::videokit::metadata::{self, Metadata};
use axum::Json;
use axum::extract::State;
use kinora_app::upload::{NewUpload, start_upload};
use kinora_domain::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is going to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartFile {
    /// Its name, 1 to 1024 characters.
    #[schema(example = "holiday.mp4")]
    pub name: String,
    /// Its display name, 1 to 1024 characters.
    #[schema(example = "Our holiday")]
    pub friendly_name: String,
    /// Anything, kept as given.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Metadata>,
    /// Its size in bytes, at least 1.
    #[schema(example = 76_251_798)]
    pub file_size: i64,
}

/// Where its parts go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedFile {
    /// The file.
    pub file_id: String,
    /// URLs for the parts, in order: `PUT` each part's bytes to its URL and keep the `ETag` answered.
    /// Beyond the first 1,000 parts, ask for each.
    pub multipart_urls: Vec<String>,
    /// Key of the file's bytes.
    pub file_key: String,
    /// Bytes of every part but the last.
    pub part_size: u64,
    /// Bytes of the last part.
    pub last_part_size: u64,
    /// Number of parts.
    pub parts_count: u64,
}

/// Starts an upload.
#[utoipa::path(
    post, path = "/vod/v1/files/start", operation_id = "startFile", tag = "Files",
    request_body = StartFile,
    responses(
        (status = 200, description = "The upload is open.", body = StartedFile),
        (status = 400, description = "A field is missing or wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 413, description = "The file is larger than this server takes.", body = ServiceStatus),
        (status = 507, description = "There is no space for the file.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn start_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Input(body): Input<StartFile>,
) -> Result<Json<StartedFile>, Failure> {
    let size = u64::try_from(body.file_size)
        .map_err(|_negative| Problem::invalid("fileSize", "The size must be at least 1 byte."))?;
    let new = NewUpload {
        name: body.name,
        friendly_name: body.friendly_name,
        metadata: metadata::store(body.metadata),
        size,
    };
    let started = start_upload(&edge.app, &caller, new).await?;
    Ok(Json(StartedFile {
        file_id: started.file.id.to_string(),
        multipart_urls: started.links.iter().map(|link| upload::url(&edge, link)).collect(),
        file_key: file_key(started.file.organization, started.file.id),
        part_size: started.layout.part_size(),
        last_part_size: started.layout.last_part_size(),
        parts_count: started.layout.count(),
    }))
}
