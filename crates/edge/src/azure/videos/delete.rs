//! `DELETE /api/Videos/{id}`.

use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// Deletes a video with all of it.
#[utoipa::path(
    delete, path = "/api/Videos/{id}", operation_id = "deleteVideo", tag = "Videos",
    params(("id" = String, Path, description = "The video.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 403, description = "The key's role does not allow it.", body = ErrorBody),
        (status = 404, description = "There is no such video."),
    ),
)]
pub(in crate::azure) async fn delete_video(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    kinora_app::video::delete_video(&edge.app, &caller, video_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
