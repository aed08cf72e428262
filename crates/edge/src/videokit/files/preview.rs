//! `GET /files/{id}/preview`.

use crate::http::state::Edge;
use crate::preview;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use crate::videokit::moment;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::file::preview_link;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a file can be looked at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FilePreview {
    /// Its bytes, with ranges; no key is asked for.
    pub link: String,
    /// Until when.
    #[schema(format = DateTime)]
    pub expiration_date: String,
}

/// A link to the bytes of a completed file, which works for a day.
#[utoipa::path(
    get, path = "/vod/v1/files/{id}/preview", operation_id = "previewFile", tag = "Files",
    params(("id" = String, Path, description = "The file.")),
    responses(
        (status = 200, description = "The link.", body = FilePreview),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
        (status = 409, description = "The file is not complete.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn preview_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<FilePreview>, Failure> {
    let link = preview_link(&edge.app, &caller, path_id(&id, "file")?).await?;
    Ok(Json(FilePreview { link: preview::url(&edge, &link), expiration_date: moment::show(link.expires) }))
}
