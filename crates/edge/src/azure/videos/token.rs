//! `GET /api/Videos/{id}/AuthorizationToken`.

use super::model::invalid_request;
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::http::query::Query;
use crate::http::state::Edge;
use axum::Json;
use axum::extract::{Path, State};
use form_urlencoded::byte_serialize;
use kinora_app::video::authorize;
use serde::Serialize;
use utoipa::ToSchema;

/// What opens the key of a video, for a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthorizationToken {
    /// `Bearer=` and a simple web token, escaped as one word.
    pub value: String,
}

/// A token that the address of the key takes, as `Authorization` or as `token` in its query.
#[utoipa::path(
    get, path = "/api/Videos/{id}/AuthorizationToken", operation_id = "getAuthorizationToken", tag = "Playback",
    params(
        ("id" = String, Path, description = "The video."),
        ("KeyId" = String, Query, description = "Its `ContentProtectionKeyId`."),
    ),
    responses(
        (status = 200, description = "The token.", body = AuthorizationToken),
        (status = 400, description = "`KeyId` is missing, or no id.", body = ErrorBody),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 404, description = "There is no such video, or it has another key."),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
        (status = 409, description = "The video is not encrypted.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn get_authorization_token(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<AuthorizationToken>, Failure> {
    let key = query.one("KeyId").and_then(|key| key.parse().ok()).ok_or_else(invalid_request)?;
    let (token, _) = authorize(&edge.app, &caller, video_id(&id)?, key, &edge.settings.public_url).await?;
    let word: String = byte_serialize(token.as_bytes()).collect();
    Ok(Json(AuthorizationToken { value: format!("Bearer={word}") }))
}
