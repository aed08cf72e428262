//! `GET /api/Videos/{id}`.

use super::model::{self, Video};
use super::tagged;
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::video;

/// One video.
#[utoipa::path(
    get, path = "/api/Videos/{id}", operation_id = "getVideo", tag = "Videos",
    params(
        ("id" = String, Path, description = "The video."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that the client has."),
    ),
    responses(
        (status = 200, description = "The video.", body = Video),
        (status = 304, description = "It is the one that the client has."),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 404, description = "There is no such video."),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn get_video(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let video = video::get_video(&edge.app, &caller, video_id(&id)?).await?;
    tagged(&headers, &Video::show(&edge, &video), Some(model::tag(&edge, &video)))
}
