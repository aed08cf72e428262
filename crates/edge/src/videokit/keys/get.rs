//! `GET /api-key/{id}`.

use super::ApiKeyDetail;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::access::see_key;

/// One key.
#[utoipa::path(
    get, path = "/core/v1/api-key/{id}", operation_id = "getApiKey", tag = "Core",
    params(("id" = String, Path, description = "The key. Every key may see itself.")),
    responses(
        (status = 200, description = "The key.", body = ApiKeyDetail),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such key.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn get_api_key(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<ApiKeyDetail>, Failure> {
    let key = see_key(&edge.app, &caller, path_id(&id, "API key")?).await?;
    Ok(Json(key.into()))
}
