//! `DELETE /files/{id}`.

use super::file_key;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

/// A file that is gone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedFile {
    /// The key that its bytes had.
    pub deleted_file_key: String,
}

/// Deletes a file, or an upload that is going on. Assets made of it go on.
#[utoipa::path(
    delete, path = "/vod/v1/files/{id}", operation_id = "deleteFile", tag = "Files",
    params(("id" = String, Path, description = "The file.")),
    responses(
        (status = 200, description = "It is gone.", body = DeletedFile),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn delete_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<DeletedFile>, Failure> {
    let file = kinora_app::file::delete_file(&edge.app, &caller, path_id(&id, "file")?).await?;
    Ok(Json(DeletedFile { deleted_file_key: file_key(file.organization, file.id) }))
}
