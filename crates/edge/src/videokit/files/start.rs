//! `POST /files/start`.

use super::file_key;
use crate::http::state::Edge;
use crate::upload;
use crate::videokit::acting::Acting;
use crate::videokit::creation::{self, Creation, Shown};
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::metadata::{self, Metadata};
use axum::extract::State;
use axum::response::Response;
use kinora_app::upload::{NewUpload, StartedUpload, start_upload};
use kinora_domain::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is going to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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

impl Shown for StartedFile {}

impl StartedFile {
    fn of(edge: &Edge, StartedUpload { file, layout, links }: &StartedUpload) -> Self {
        Self {
            file_id: file.id.to_string(),
            multipart_urls: links.iter().map(|link| upload::url(edge, link)).collect(),
            file_key: file_key(file.organization, file.id),
            part_size: layout.part_size(),
            last_part_size: layout.last_part_size(),
            parts_count: layout.count(),
        }
    }
}

/// Starts an upload.
#[utoipa::path(
    post, path = "/vod/v1/files/start", operation_id = "startFile", tag = "Files",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key is served once.")),
    request_body = StartFile,
    responses(
        (status = 200, description = "The upload is open.", body = StartedFile),
        (status = 400, description = "A field is missing or wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 409, description = "The same request is being served.", body = ServiceStatus),
        (status = 413, description = "The file is larger than this server takes.", body = ServiceStatus),
        (status = 422, description = "The idempotency key stands for another request.", body = ServiceStatus),
        (status = 507, description = "There is no space for the file.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn start_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Creation { body, repeat }: Creation<StartFile>,
) -> Result<Response, Failure> {
    let size = u64::try_from(body.file_size)
        .map_err(|_negative| Problem::invalid("fileSize", "The size must be at least 1 byte."))?;
    let new = NewUpload {
        name: body.name,
        friendly_name: body.friendly_name,
        metadata: metadata::store(body.metadata),
        size,
    };
    let show = |started: &StartedUpload| StartedFile::of(&edge, started);
    creation::once(&edge, &caller, repeat, &show, |once| start_upload(&edge.app, &caller, new, once)).await
}
