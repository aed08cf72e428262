//! `PUT /api/Videos/{id}`.

use super::model::{self, VideoInput};
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::{Input, video_id};
use crate::http::conditional::if_match;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use kinora_app::video::{self, VideoChange, change_video};

/// Changes a video whose bytes are awaited.
#[utoipa::path(
    put, path = "/api/Videos/{id}", operation_id = "updateVideo", tag = "Videos",
    params(
        ("id" = String, Path, description = "The video."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the video that is to be changed."),
    ),
    request_body = VideoInput,
    responses(
        (status = 204, description = "It is changed."),
        (status = 400, description = "A field is missing or wrong.", body = ErrorBody),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 403, description = "The key's role does not allow it.", body = ErrorBody),
        (status = 404, description = "There is no such video."),
        (status = 408, description = "The body did not come in time.", body = ErrorBody),
        (status = 409, description = "Its upload is complete.", body = ErrorBody),
        (status = 412, description = "It has changed since.", body = ErrorBody),
        (status = 413, description = "The body is too large.", body = ErrorBody),
        (status = 414, description = "The address is too long.", body = ErrorBody),
        (status = 415, description = "The body is not JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn update_video(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(body): Input<VideoInput>,
) -> Result<StatusCode, Failure> {
    let id = video_id(&id)?;
    // Who sends the name that is shown leaves the one that was given.
    let is_shown = body.original_file_name.starts_with(&id.to_string());
    let change = VideoChange {
        name: Some(body.name()?).filter(|_name| !is_shown),
        is_protected: body.is_protected()?,
        is_input_encrypted: Some(body.is_input_encrypted()?),
    };
    let asked = headers.get(IF_MATCH).map(|value| value.to_str().unwrap_or_default());
    let is_current = |video: &video::Video| if_match(asked, &model::tag(&edge, video));
    change_video(&edge.app, &caller, id, change, is_current).await?;
    Ok(StatusCode::NO_CONTENT)
}
