//! One layer around everything: a request id in every answer and log line, one log line and one
//! measurement a request.

use crate::http::state::Edge;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;
use tracing::Instrument as _;

/// The header of the request id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id (the client's own where it sends a plain one), measures and logs it.
pub async fn observe(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(&edge, request.headers());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let (mut parts, body) = request.into_parts();
    let client = client(&edge, &parts);
    parts.headers.insert(REQUEST_ID, id.clone());
    let request = Request::from_parts(parts, body);
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span.clone()).await;
    response.headers_mut().insert(REQUEST_ID, id);
    let status = response.status().as_u16();
    let seconds = begun.elapsed().as_secs_f64();
    let labels = [("method", known(&method).to_owned()), ("route", route.clone()), ("status", status.to_string())];
    metrics::histogram!("kinora_http_request_duration_seconds", &labels).record(seconds);
    // The route, never the path: a path may carry a signature. The client's address stays at debug level.
    span.in_scope(|| {
        tracing::info!(%method, route, status, seconds, "answered");
        tracing::debug!(?client, "client");
    });
    response
}

/// A method as a label: clients can make up as many others as they like.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "other",
    }
}

/// The client's id when it is plain, so that its logs and ours meet; else 64 random bits.
pub(crate) fn request_id(edge: &Edge, headers: &HeaderMap) -> HeaderValue {
    let plain = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=64).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
    };
    if let Some(given) = headers.get(REQUEST_ID).filter(plain) {
        return given.clone();
    }
    HeaderValue::try_from(edge.app.fresh_request_id()).unwrap_or_else(|_impossible| HeaderValue::from_static("none"))
}

/// The client's address: the peer's, or what a trusted proxy says it forwards for. Of a chain, the
/// nearest address that is not a trusted proxy itself counts; what lies before it, anyone can write.
pub(crate) fn client(edge: &Edge, request: &Parts) -> Option<IpAddr> {
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(client_behind(edge, peer.0.ip(), &request.headers))
}

/// The same of a request that came from `peer`.
pub(crate) fn client_behind(edge: &Edge, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = |address: &IpAddr| edge.settings.trusted_proxies.contains(address);
    if !trusted(&peer) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|address| address.trim().parse().ok()).collect();
    chain.into_iter().rev().find(|address| !trusted(address)).unwrap_or(peer)
}
