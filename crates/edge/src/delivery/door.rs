//! The door in front of all that is delivered: each request for an asset is let in here, or nowhere.

use super::answer::{asset_id, text};
use crate::http::egress::Pace;
use crate::http::observe;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, ORIGIN, REFERER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use core::net::IpAddr;
use kinora_app::guard::{self, Asked, Pass, Viewer};
use kinora_domain::Problem;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Lets a request for media in, with the [`Pass`] among its extensions.
pub(super) async fn media(
    State(edge): State<Edge>,
    parameters: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    enter(&edge, &parameters, request, next, Asked::Media).await
}

/// Lets a request for a key in, which needs a proof in any case.
pub(super) async fn key(State(edge): State<Edge>, parameters: RawPathParams, request: Request, next: Next) -> Response {
    enter(&edge, &parameters, request, next, Asked::Key).await
}

async fn enter(edge: &Edge, parameters: &RawPathParams, request: Request, next: Next, asked: Asked) -> Response {
    let (mut parts, body) = request.into_parts();
    let asset = parameters.iter().find(|(name, _)| *name == "asset").map_or("", |(_, value)| value);
    let address = observe::client(edge, &parts);
    let pass = match admit(edge, asset, &parts, address, asked).await {
        Ok(pass) => pass,
        Err(refusal) => {
            metrics::counter!("kinora_refused_total", "by" => "playback").increment(1);
            return challenged(refusal.into_response());
        }
    };
    let private = pass.private;
    let pace = edge.egress.as_ref().map(|egress| Pace::to(egress, address));
    parts.extensions.insert(pass);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if private {
        keep_private(response.headers_mut());
    }
    let response = challenged(response);
    match pace {
        Some(pace) => response.map(|body| pace.body(body)),
        None => response,
    }
}

/// Says how to be let in, where that is missing.
fn challenged(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"playback\""));
    }
    response
}

/// Lets a request from an address in.
pub(super) async fn admit(
    edge: &Edge,
    asset: &str,
    parts: &Parts,
    address: Option<IpAddr>,
    asked: Asked,
) -> Result<Pass, Refusal> {
    let path = decoded(parts.uri.path())?;
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let viewer = Viewer {
        path: &path,
        parameters: query.pairs(),
        token: query.one("token").or_else(|| bearer(&parts.headers)),
        session: query.one("session").or_else(|| text(&parts.headers, "x-playback-session-id")),
        address,
        page: text(&parts.headers, &ORIGIN).or_else(|| text(&parts.headers, &REFERER)),
        own_origin: &edge.settings.public_url,
    };
    Ok(guard::admit(&edge.app, asset_id(asset)?, &viewer, asked).await?)
}

/// A path as it is served; most are written that way.
fn decoded(path: &str) -> Result<Cow<'_, str>, Problem> {
    if path.contains('%') {
        return percent_decode_str(path).decode_utf8().map_err(|_malformed| Problem::not_found("page"));
    }
    Ok(Cow::Borrowed(path))
}

/// The token in `Authorization: Bearer`, which some players write with an equals sign.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, &AUTHORIZATION)?.split_once([' ', '='])?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What one viewer was let in to is for no shared cache.
pub(super) fn keep_private(headers: &mut HeaderMap) {
    let cache = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or("no-cache");
    let cache = match cache.strip_prefix("public") {
        Some(rest) => format!("private{rest}"),
        None if cache.contains("private") || cache.contains("no-store") => return,
        None => format!("private, {cache}"),
    };
    headers
        .insert(CACHE_CONTROL, HeaderValue::try_from(cache).unwrap_or(HeaderValue::from_static("private, no-cache")));
}
