//! `PUT /api-key/{id}`.

use super::{ApiKeyDetail, ApiKeyInput};
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::{Input, path_id};
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::access::change_key;

/// Gives a key another name or role; its secret stays.
#[utoipa::path(
    put, path = "/core/v1/api-key/{id}", operation_id = "updateApiKey", tag = "Core",
    params(("id" = String, Path, description = "The key.")),
    request_body = ApiKeyInput,
    responses(
        (status = 200, description = "The key as it is now.", body = ApiKeyDetail),
        (status = 400, description = "A field is missing or wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such key.", body = ServiceStatus),
        (status = 409, description = "It is the last admin key, or acts for others as well.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn update_api_key(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    Input(body): Input<ApiKeyInput>,
) -> Result<Json<ApiKeyDetail>, Failure> {
    let role = body.role()?;
    let key = change_key(&edge.app, &caller, path_id(&id, "API key")?, (&body.name, role)).await?;
    Ok(Json(key.into()))
}
