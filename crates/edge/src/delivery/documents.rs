//! Playlists and manifests.

use super::answer::{bytes, not_modified, text};
use super::place::Place;
use crate::http::conditional::none_match;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Extension;
use axum::extract::State;
use axum::http::header::{IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use kinora_app::guard::Pass;
use kinora_app::play::{
    Body, Document, DocumentName, Part, Protocol, REVALIDATE, Shown, dash_on_demand_manifest, document, scheme,
};
use kinora_domain::Problem;

/// `GET /play/{asset}/hls/{playlist}`.
pub(super) async fn hls(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = DocumentName::parse(Protocol::Hls, place.named("playlist"))?;
    named(&edge, &place, &query, &pass, name, &headers).await
}

/// `GET /play/{asset}/hls-ts/{playlist}`.
pub(super) async fn hls_ts(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = DocumentName::parse(Protocol::HlsTransport, place.named("playlist"))?;
    named(&edge, &place, &query, &pass, name, &headers).await
}

/// `GET /play/{asset}/dash/manifest.mpd`.
pub(super) async fn dash(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    named(&edge, &place, &query, &pass, DocumentName::Dash, &headers).await
}

async fn named(
    edge: &Edge,
    place: &Place,
    query: &Query,
    pass: &Pass,
    name: DocumentName,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let at = at(edge, place);
    let document = document(&edge.app, place.asset, shown(place, query, pass, &at)?, name).await?;
    Ok(answer(document, name.content_type(), headers))
}

/// `GET /play/{asset}/dash/on-demand.mpd`.
pub(super) async fn dash_on_demand(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = dash_on_demand_manifest(&edge.app, place.asset, shown(&place, &query, &pass, "")?).await?;
    Ok(answer(document, "application/dash+xml", &headers))
}

pub(super) fn shown<'a>(place: &Place, query: &Query, pass: &'a Pass, at: &'a str) -> Result<Shown<'a>, Problem> {
    let named = |name: &str| {
        let message = "The value must be `cenc` or `cbcs`.";
        scheme(name).ok_or_else(|| Problem::invalid("scheme", message))
    };
    let scheme = query.one("scheme").map(named).transpose()?;
    Ok(Shown { output: place.output, part: part(query)?, pass: Some(pass), scheme, at, settled: false })
}

/// The absolute address of an asset's media.
fn at(edge: &Edge, place: &Place) -> String {
    edge.link(&format!("/play/{}", place.asset))
}

/// What of a film is asked for.
pub(super) fn part(query: &Query) -> Result<Part, Problem> {
    Ok(Part { start: query.seconds("start")?, end: query.seconds("end")? })
}

pub(super) fn answer(document: Document, content_type: &'static str, headers: &HeaderMap) -> Response {
    // Weak: a compressed form carries the same tag.
    let etag = format!("W/\"{}\"", document.etag);
    if none_match(text(headers, &IF_NONE_MATCH), &etag) {
        let mut response = not_modified(&etag, REVALIDATE);
        // As the answer with the text has it (RFC 9110 clause 15.4.5).
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        return response;
    }
    let body = Body { length: document.text.len() as u64, head: Bytes::from(document.text), payload: None };
    bytes(body, content_type, &etag, REVALIDATE)
}
