//! Bytes that are sent whole or in ranges.

use super::answer::{bytes, not_modified, text};
use crate::http::conditional::{none_match, range_applies};
use crate::http::range::{Asked, parse};
use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE, IF_NONE_MATCH, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use kinora_app::play::Ranged;

/// Answers with the bytes that the headers ask for (RFC 9110 clauses 13 and 14).
pub(crate) fn ranged(
    source: &impl Ranged,
    headers: &HeaderMap,
    content_type: &'static str,
    cache: &'static str,
) -> Response {
    let etag = format!("\"{}\"", source.tag());
    if none_match(text(headers, IF_NONE_MATCH.as_str()), &etag) {
        return not_modified(&etag, cache);
    }
    let size = source.size();
    let header = text(headers, RANGE.as_str()).filter(|_range| range_applies(text(headers, IF_RANGE.as_str()), &etag));
    let (status, range) = match parse(header, size) {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Unsatisfiable => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            response.headers_mut().extend(content_range(&format!("bytes */{size}")));
            return response;
        }
    };
    let part = (status == StatusCode::PARTIAL_CONTENT)
        .then(|| format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1)));
    let mut response = bytes(source.read(range), content_type, &etag, cache);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(part.as_deref().and_then(content_range));
    response
}

fn content_range(text: &str) -> Option<(axum::http::HeaderName, HeaderValue)> {
    HeaderValue::try_from(text).ok().map(|value| (CONTENT_RANGE, value))
}
