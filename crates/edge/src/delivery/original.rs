//! The upload as progressive MP4.

use super::answer::{asset_id, bytes, not_modified, text};
use crate::http::conditional::{none_match, range_applies};
use crate::http::range::{Asked, parse};
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE, IF_NONE_MATCH, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// The asset may be deleted, its bytes never change.
const LONG: &str = "public, max-age=86400";

/// `GET /play/{asset}/original.mp4`.
pub(super) async fn original(
    State(edge): State<Edge>,
    Path(asset): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let original = kinora_app::play::original(&edge.app, asset_id(&asset)?).await?;
    let etag = format!("\"{}\"", original.object);
    if none_match(text(&headers, IF_NONE_MATCH.as_str()), &etag) {
        return Ok(not_modified(&etag, LONG));
    }
    let size = original.size();
    let header =
        text(&headers, RANGE.as_str()).filter(|_range| range_applies(text(&headers, IF_RANGE.as_str()), &etag));
    let (status, range) = match parse(header, size) {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Unsatisfiable => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            response.headers_mut().extend(content_range(&format!("bytes */{size}")));
            return Ok(response);
        }
    };
    let part = (status == StatusCode::PARTIAL_CONTENT)
        .then(|| format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1)));
    let mut response = bytes(original.read(range), "video/mp4", &etag, LONG);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(part.as_deref().and_then(content_range));
    Ok(response)
}

fn content_range(text: &str) -> Option<(axum::http::HeaderName, HeaderValue)> {
    HeaderValue::try_from(text).ok().map(|value| (CONTENT_RANGE, value))
}
