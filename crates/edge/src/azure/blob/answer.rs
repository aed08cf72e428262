//! The parts of answers that the Blob service shares.

use crate::http::observe::REQUEST_ID;
use axum::http::header::{CONTENT_TYPE, ETAG, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use core::fmt::Write as _;
use kinora_domain::Timestamp;
use kinora_domain::intake::Content;
use time::OffsetDateTime;
use time::macros::format_description;

const VERSION: HeaderName = HeaderName::from_static("x-ms-version");
const REQUEST: HeaderName = HeaderName::from_static("x-ms-request-id");
const CLIENT_REQUEST: HeaderName = HeaderName::from_static("x-ms-client-request-id");
/// The version that is spoken to who names none.
const SPOKEN: HeaderValue = HeaderValue::from_static("2020-10-02");
/// Bytes of a client's own id that are given back.
const LONGEST_ID: usize = 1_024;

/// What of a request every answer to it repeats.
pub(super) struct Asked {
    version: HeaderValue,
    request: Option<HeaderValue>,
    client_request: Option<HeaderValue>,
}

impl Asked {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let is_version = |value: &&HeaderValue| {
            value.len() == SPOKEN.len() && value.as_bytes().iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
        };
        Self {
            version: headers.get(VERSION).filter(is_version).cloned().unwrap_or(SPOKEN),
            request: headers.get(REQUEST_ID).cloned(),
            client_request: headers.get(CLIENT_REQUEST).filter(|id| id.len() <= LONGEST_ID).cloned(),
        }
    }
}

/// Writes what every answer has.
pub(super) fn dress(asked: &Asked, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(VERSION, asked.version.clone());
    headers.extend(asked.request.clone().map(|id| (REQUEST, id)));
    headers.extend(asked.client_request.clone().map(|id| (CLIENT_REQUEST, id)));
    response
}

/// Names what was written, and when.
pub(super) fn tag(headers: &mut HeaderMap, content: &Content) {
    let tag = HeaderValue::try_from(format!("\"{}\"", etag(content)));
    headers.extend(tag.ok().map(|tag| (ETAG, tag)));
    let moment = HeaderValue::try_from(http_date(content.written));
    headers.extend(moment.ok().map(|moment| (LAST_MODIFIED, moment)));
}

/// The tag of what was written, without quotes.
pub(super) fn etag(content: &Content) -> String {
    format!("0x{}", content.tag.to_ascii_uppercase())
}

/// A moment in the form of HTTP (RFC 9110 clause 5.6.7).
fn http_date(moment: Timestamp) -> String {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let moment = OffsetDateTime::from_unix_timestamp(moment.millis().div_euclid(1_000)).ok();
    moment.and_then(|moment| moment.format(format).ok()).unwrap_or_default()
}

/// An XML document: its type, and its declaration in front.
pub(super) fn xml(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// The declaration that documents begin with.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

/// Text in an element.
pub(super) fn element(name: &str, text: &str) -> String {
    let mut out = format!("<{name}>");
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            plain => out.push(plain),
        }
    }
    // Writing into a string cannot fail.
    write!(out, "</{name}>").unwrap_or_default();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_texts() {
        assert_eq!(http_date(Timestamp::from_millis(784_111_777_999)), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(element("a", "<b> & \"c\""), "<a>&lt;b&gt; &amp; \"c\"</a>");
    }
}
