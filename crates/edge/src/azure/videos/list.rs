//! `GET /api/Videos`.

use super::model::Video;
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::http::state::Edge;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use kinora_app::Error;
use kinora_app::video::{self, Place};

/// All videos. The reference knows no pages, so they are sent as they are found.
#[utoipa::path(
    get, path = "/api/Videos", operation_id = "listVideos", tag = "Videos",
    responses(
        (status = 200, description = "All videos.", body = Vec<Video>),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn list_videos(
    State(edge): State<Edge>,
    Acting(caller): Acting,
) -> Result<Response, Failure> {
    // What can be refused is refused before the first byte.
    let (first, next) = video::list_videos(&edge.app, &caller, Place::START).await?;
    let (begin, comma) = written(&edge, &first, false);
    let rest = stream::try_unfold((edge, next, comma), move |(edge, place, comma)| async move {
        let Some(place) = place else { return Ok::<_, Error>(None) };
        let (videos, next) = video::list_videos(&edge.app, &caller, place).await?;
        let (text, comma) = written(&edge, &videos, comma);
        Ok(Some((Bytes::from(text), (edge, next, comma))))
    });
    let begin = stream::iter([Ok(Bytes::from(format!("[{begin}")))]);
    let body = begin.chain(rest).chain(stream::iter([Ok(Bytes::from_static(b"]"))]));
    let mut response = Body::from_stream(body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Some items of the list, and whether what follows begins with a comma.
fn written(edge: &Edge, videos: &[video::Video], mut comma: bool) -> (String, bool) {
    let mut text = String::new();
    for video in videos {
        if comma {
            text.push(',');
        }
        comma = true;
        text.push_str(&serde_json::to_string(&Video::show(edge, video)).unwrap_or_default());
    }
    (text, comma)
}
