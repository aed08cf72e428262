//! `POST /files/{id}/detect`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use crate::videokit::track::TranscodingTrack;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::file::detect_tracks;
use serde::Serialize;
use utoipa::ToSchema;

/// What is in a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DetectedTracks {
    /// In file order.
    pub tracks: Vec<TranscodingTrack>,
}

/// Lists the tracks of a completed file.
#[utoipa::path(
    post, path = "/vod/v1/files/{id}/detect", operation_id = "detectFile", tag = "Files",
    params(("id" = String, Path, description = "The file.")),
    responses(
        (status = 200, description = "The tracks.", body = DetectedTracks),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
        (status = 409, description = "The file is not complete.", body = ServiceStatus),
        (status = 422, description = "The file cannot be read.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn detect_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<DetectedTracks>, Failure> {
    let tracks = detect_tracks(&edge.app, &caller, path_id(&id, "file")?).await?;
    Ok(Json(DetectedTracks { tracks: tracks.iter().map(TranscodingTrack::from).collect() }))
}
