//! Videos: announced, uploaded, completed, played.

pub(super) mod complete;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod endpoint;
pub(super) mod get;
pub(super) mod list;
mod model;
pub(super) mod status;
pub(super) mod thumbnails;
pub(super) mod token;
pub(super) mod update;

use super::error::Failure;
use crate::http::conditional::{none_match, tag_of};
use axum::Json;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use kinora_domain::{Kind, Problem};
use serde::Serialize;

/// Answers with JSON and its tag, which is that of the text where none is given; with 304 where the client has it.
pub(super) fn tagged(headers: &HeaderMap, wire: &impl Serialize, tag: Option<String>) -> Result<Response, Failure> {
    let unwritable = |_error| Problem::new(Kind::Internal, "internal", "The answer cannot be written.");
    let tag = match tag {
        Some(tag) => tag,
        None => tag_of(&serde_json::to_vec(wire).map_err(unwritable)?),
    };
    let asked = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response =
        if none_match(asked, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { Json(wire).into_response() };
    response.headers_mut().extend(HeaderValue::try_from(tag).ok().map(|tag| (ETAG, tag)));
    Ok(response)
}
