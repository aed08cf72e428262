//! `GET /api/Videos/{id}/Thumbnails`.

use super::tagged;
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::video::{self, thumbnails};
use serde::Serialize;
use utoipa::ToSchema;

/// What a picture is for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) enum ThumbnailKind {
    /// It stands for the video.
    Poster,
    /// It shows what comes.
    Thumbnail,
}

/// A picture of a video. Numbers are texts, as in the vendor's samples.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Thumbnail {
    /// Its id.
    pub id: String,
    /// The video.
    pub video_id: String,
    /// What it is for.
    pub kind: ThumbnailKind,
    /// Lines.
    #[schema(example = "720")]
    pub height: String,
    /// Its number among those of the video, from 0.
    #[schema(example = "0")]
    pub index: String,
    /// When it is shown, in seconds.
    #[schema(example = "12")]
    pub time: String,
    /// Where it is, for a day.
    pub url: String,
}

impl Thumbnail {
    fn show(edge: &Edge, video: &str, found: &video::Thumbnail) -> Self {
        Self {
            id: found.id.to_string(),
            video_id: video.to_owned(),
            kind: match found.kind {
                video::ThumbnailKind::Poster => ThumbnailKind::Poster,
                video::ThumbnailKind::Small => ThumbnailKind::Thumbnail,
            },
            height: found.height.to_string(),
            index: found.index.to_string(),
            time: found.time.to_string(),
            url: edge.link(&found.address),
        }
    }
}

/// Pictures of a video; none while it does not play, and of sound alone.
#[utoipa::path(
    get, path = "/api/Videos/{id}/Thumbnails", operation_id = "listThumbnails", tag = "Playback",
    params(
        ("id" = String, Path, description = "The video."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that the client has."),
    ),
    responses(
        (status = 200, description = "Its pictures.", body = Vec<Thumbnail>),
        (status = 304, description = "They are those that the client has."),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 404, description = "There is no such video."),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn list_thumbnails(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id = video_id(&id)?;
    let found = thumbnails(&edge.app, &caller, id).await?;
    let video = id.to_string();
    let shown: Vec<_> = found.iter().map(|found| Thumbnail::show(&edge, &video, found)).collect();
    tagged(&headers, &shown, None)
}
