//! `POST /files/{id}/cancel`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::{OptionalInput, path_id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kinora_app::upload::{Afterwards, cancel_upload};
use serde::Deserialize;
use utoipa::ToSchema;

/// What becomes of the file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelFile {
    /// Remove it now; otherwise it stays with the status `Error`.
    pub delete: Option<bool>,
}

/// Cancels an upload.
#[utoipa::path(
    post, path = "/vod/v1/files/{id}/cancel", operation_id = "cancelFile", tag = "Files",
    params(("id" = String, Path, description = "The file.")),
    request_body = Option<CancelFile>,
    responses(
        (status = 200, description = "The upload is cancelled."),
        (status = 400, description = "A field is wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
        (status = 409, description = "The upload is over.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn cancel_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    OptionalInput(body): OptionalInput<CancelFile>,
) -> Result<StatusCode, Failure> {
    let delete = body.and_then(|body| body.delete).unwrap_or(false);
    let afterwards = if delete { Afterwards::Delete } else { Afterwards::Keep };
    cancel_upload(&edge.app, &caller, path_id(&id, "file")?, afterwards).await?;
    Ok(StatusCode::OK)
}
