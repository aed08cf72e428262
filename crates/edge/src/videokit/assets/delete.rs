//! `DELETE /assets/{id}`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// Deletes an asset; its files stay.
#[utoipa::path(
    delete, path = "/vod/v1/assets/{id}", operation_id = "deleteAsset", tag = "Assets",
    params(("id" = String, Path, description = "The asset.")),
    responses(
        (status = 200, description = "It is gone."),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such asset.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn delete_asset(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    kinora_app::asset::delete_asset(&edge.app, &caller, path_id(&id, "asset")?).await?;
    Ok(StatusCode::OK)
}
