//! `DELETE /assets/{id}/outputs/{outputId}`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// Deletes an output of an asset; the files that it was made of stay.
#[utoipa::path(
    delete, path = "/vod/v1/assets/{id}/outputs/{outputId}", operation_id = "deleteOutput", tag = "Assets",
    params(
        ("id" = String, Path, description = "The asset."),
        ("outputId" = String, Path, description = "The output's id in the asset."),
    ),
    responses(
        (status = 200, description = "It is gone."),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such asset or output.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn delete_output(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path((id, output)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    kinora_app::asset::delete_output(&edge.app, &caller, path_id(&id, "asset")?, &output).await?;
    Ok(StatusCode::OK)
}
