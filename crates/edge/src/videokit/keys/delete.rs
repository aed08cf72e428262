//! `DELETE /api-key/{id}`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kinora_app::access::remove_key;

/// Takes a key away, at once.
#[utoipa::path(
    delete, path = "/core/v1/api-key/{id}", operation_id = "deleteApiKey", tag = "Core",
    params(("id" = String, Path, description = "The key.")),
    responses(
        (status = 200, description = "It opens nothing any more."),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such key.", body = ServiceStatus),
        (status = 409, description = "It is the last admin key.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn delete_api_key(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    remove_key(&edge.app, &caller, path_id(&id, "API key")?).await?;
    Ok(StatusCode::OK)
}
