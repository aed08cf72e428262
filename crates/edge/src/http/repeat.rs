//! Requests that may come again: the same header in every dialect.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use kinora_app::idempotency::Repeat;
use kinora_domain::Problem;

/// The header with the client's word for a request.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header that tells an answer that was given before.
pub const REPLAYED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));

/// What a request says of coming again; `None` when it says nothing.
///
/// # Errors
/// The header is there and is no idempotency key, or is there twice.
pub fn repeat(parts: &Parts, body: &[u8]) -> Result<Option<Repeat>, Problem> {
    let mut words = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(word) = words.next() else { return Ok(None) };
    // Two are as wrong as none that can be read.
    let word = if words.next().is_some() { &[][..] } else { word.as_bytes() };
    Repeat::new(word, parts.method.as_str(), parts.uri.path(), body).map(Some)
}
