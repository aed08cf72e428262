//! Bytes that are sent whole or in ranges.

use super::answer::{tag, text, whole};
use crate::http::conditional::{none_match, range_applies};
use crate::http::range::{Asked, parse};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, IF_NONE_MATCH, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use core::ops::Range;
use kinora_app::play::Ranged;

/// What of some bytes is given out, and with which words.
pub(crate) struct Parted {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Nothing where no bytes are.
    pub(crate) range: Option<Range<u64>>,
}

/// Answers with the bytes that the headers ask for (RFC 9110 clauses 13 and 14).
pub(crate) fn ranged(
    source: &impl Ranged,
    headers: &HeaderMap,
    content_type: &'static str,
    cache: &'static str,
) -> Response {
    let Parted { status, headers, range } = parted(source, headers, content_type, cache);
    let mut response = match range {
        Some(range) => whole(source.read(range)),
        None if status == StatusCode::RANGE_NOT_SATISFIABLE => sentence(source.size()).into_response(),
        None => Response::default(),
    };
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}

/// The same, without the bytes.
pub(crate) fn parted(
    source: &impl Ranged,
    headers: &HeaderMap,
    content_type: &'static str,
    cache: &'static str,
) -> Parted {
    let mut told = HeaderMap::with_capacity(12);
    let etag = format!("\"{}\"", source.tag());
    if none_match(text(headers, &IF_NONE_MATCH), &etag) {
        tag(&mut told, &etag, cache);
        return Parted { status: StatusCode::NOT_MODIFIED, headers: told, range: None };
    }
    let size = source.size();
    let header = text(headers, &RANGE).filter(|_range| range_applies(text(headers, &IF_RANGE), &etag));
    let (status, range) = match parse(header, size) {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Unsatisfiable => {
            told.extend(content_range(&format!("bytes */{size}")));
            return Parted { status: StatusCode::RANGE_NOT_SATISFIABLE, headers: told, range: None };
        }
    };
    told.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    told.insert(CONTENT_LENGTH, HeaderValue::from(range.end.saturating_sub(range.start)));
    tag(&mut told, &etag, cache);
    told.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        told.extend(content_range(&format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))));
    }
    Parted { status, headers: told, range: Some(range) }
}

/// To who asks for bytes that are not there.
fn sentence(size: u64) -> String {
    format!("Range: there are {size} bytes, numbered from 0, and none of those that are asked for.\n")
}

fn content_range(text: &str) -> Option<(axum::http::HeaderName, HeaderValue)> {
    HeaderValue::try_from(text).ok().map(|value| (CONTENT_RANGE, value))
}
