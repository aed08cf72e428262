//! Errors as that vendor's: a small JSON body, and none where there is no such thing.

use crate::http::failure::{self, Words};
use crate::http::problem;
use crate::http::state::Edge;
use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use form_urlencoded::{Serializer, parse};
use kinora_domain::{Kind, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// The body of every error but 404, which has none.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Always 0, as the vendor has it: the status is that of the answer.
    #[schema(example = 0)]
    pub status: i32,
    /// The URL that was asked for.
    pub source: String,
    /// What is wrong.
    #[schema(example = "The request is invalid.")]
    pub message: String,
}

/// A failed operation. Its body is written where it is known what was asked.
pub type Failure = failure::Failure<Connector>;

/// The words of this dialect.
#[derive(Debug)]
pub struct Connector;

/// The status of a kind of failure: those that the vendor's table has.
const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::KeyReused => StatusCode::CONFLICT,
        Kind::UnreadableMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Gone => StatusCode::NOT_FOUND,
        Kind::TimedOut => StatusCode::REQUEST_TIMEOUT,
        Kind::StorageFull => StatusCode::SERVICE_UNAVAILABLE,
        other => problem::status(other),
    }
}

impl Words for Connector {
    fn answer(problem: &Problem) -> Response {
        refusal(status(problem.kind), &problem.to_string())
    }
}

/// The sentence of a refusal, on its way to [`tell`].
#[derive(Debug, Clone)]
struct Told(String);

/// A refusal with a status of its own.
pub(super) fn refusal(status: StatusCode, message: &str) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Told(message.to_owned()));
    response
}

/// Writes the body of a refusal. What is not there is said by the status alone.
pub(super) fn tell(edge: &Edge, uri: &Uri, mut response: Response) -> Response {
    let Some(Told(message)) = response.extensions_mut().remove() else { return response };
    let (mut parts, _empty) = response.into_parts();
    if parts.status == StatusCode::NOT_FOUND {
        return parts.into_response();
    }
    let body = Json(ErrorBody { status: 0, source: source(edge, uri), message }).into_response();
    let (told, body) = body.into_parts();
    parts.headers.extend(told.headers);
    Response::from_parts(parts, body)
}

/// The URL that was asked for, without an API key that may be in it.
fn source(edge: &Edge, uri: &Uri) -> String {
    let url = edge.link(uri.path());
    let Some(query) = uri.query() else { return url };
    let is_secret = |name: &str| name.eq_ignore_ascii_case("x-api-key");
    if !parse(query.as_bytes()).any(|(name, _)| is_secret(&name)) {
        return format!("{url}?{query}");
    }
    let start = url.len() + 1;
    let mut plain = Serializer::for_suffix(url + "?", start);
    plain.extend_pairs(parse(query.as_bytes()).filter(|(name, _)| !is_secret(name)));
    plain.finish()
}
