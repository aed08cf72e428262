//! `POST /api/Videos/{id}/MarkComplete`.

use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kinora_app::Error;
use kinora_app::video::complete_video;
use std::sync::Arc;

/// Tells that all bytes were sent: the video becomes an asset, and plays as soon as it can.
#[utoipa::path(
    post, path = "/api/Videos/{id}/MarkComplete", operation_id = "markVideoComplete", tag = "Videos",
    params(("id" = String, Path, description = "The video.")),
    responses(
        (status = 200, description = "The upload is complete; the status tells what becomes of it."),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 403, description = "The key's role does not allow it.", body = ErrorBody),
        (status = 404, description = "There is no such video."),
        (status = 409, description = "It was complete before, is being completed, or nothing was uploaded.", body = ErrorBody),
        (status = 414, description = "The address is too long.", body = ErrorBody),
        (status = 503, description = "It cannot be looked into now; ask again.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn mark_complete(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id = video_id(&id)?;
    let app = Arc::clone(&edge.app);
    // A copy of a large upload takes its time: it goes on when the client does not wait for it.
    let completion = tokio::spawn(async move { complete_video(&app, &caller, id).await });
    completion.await.map_err(Error::internal)??;
    Ok(StatusCode::OK)
}
