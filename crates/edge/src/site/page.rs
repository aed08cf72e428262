//! Pages and their assets.

use super::SiteFile;
use crate::http::conditional::none_match;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use crate::{azure, videokit};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    LOCATION, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use kinora_app::causes;
use kinora_app::guard::framing;

/// The player may be framed by any site; it runs only its own scripts and talks only to its own origin. What is at a
/// `data:` address is an empty text track: that is how it gives the element a choice of captions.
const PLAYER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; media-src 'self' blob: data:; \
    connect-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; font-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors";
/// The other pages stand alone.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
    img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const REVALIDATE: &str = "no-cache";
const FOREVER: &str = "public, max-age=31536000, immutable";

/// `GET /`.
pub(super) async fn home(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    serve(&edge, "home/index.html", &headers, REVALIDATE, PAGE_POLICY)
}

/// `GET /_home/{file}`.
pub(super) async fn home_asset(State(edge): State<Edge>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve(&edge, &format!("home/assets/{file}"), &headers, FOREVER, PAGE_POLICY)
}

/// `GET /embed/{asset}`: the same page for every asset; its script reads the address.
pub(super) async fn player(State(edge): State<Edge>, Path(asset): Path<String>, headers: HeaderMap) -> Response {
    let sites = match asset.parse() {
        Ok(asset) => framing(&edge.app, asset).await,
        Err(_malformed) => Ok(Vec::new()),
    };
    let ancestors = match sites {
        Ok(sites) if sites.is_empty() => "*".to_owned(),
        // With any port, as the host alone is what was allowed.
        Ok(sites) => sites.iter().fold("'self'".to_owned(), |all, site| format!("{all} {site}:*")),
        Err(error) => return Refusal::from(error).into_response(),
    };
    serve(&edge, "player/index.html", &headers, REVALIDATE, &format!("{PLAYER_POLICY} {ancestors}"))
}

/// `GET /_player/{file}`: names carry a hash of their content.
pub(super) async fn player_asset(State(edge): State<Edge>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve(&edge, &format!("player/assets/{file}"), &headers, FOREVER, &format!("{PLAYER_POLICY} *"))
}

/// `GET /docs`: relative links need the slash.
pub(super) async fn docs_slash() -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "docs/")]).into_response()
}

/// `GET /docs/`.
pub(super) async fn docs(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    serve(&edge, "docs/index.html", &headers, REVALIDATE, PAGE_POLICY)
}

/// `GET /docs/{file}`: names carry a hash of their content.
pub(super) async fn docs_asset(State(edge): State<Edge>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve(&edge, &format!("docs/{file}"), &headers, FOREVER, PAGE_POLICY)
}

/// `GET /openapi/{document}`.
pub(super) async fn openapi(State(edge): State<Edge>, Path(document): Path<String>) -> Response {
    let url = &edge.settings.public_url;
    let text = match document.as_str() {
        "videokit.json" => videokit::openapi::document(url),
        "azure.json" => azure::openapi::document(url),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match text {
        Ok(text) => ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, REVALIDATE)], text).into_response(),
        Err(error) => {
            tracing::error!(error = %causes(&error), "rendering the OpenAPI document");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn serve(edge: &Edge, path: &str, asked: &HeaderMap, cache: &'static str, policy: &str) -> Response {
    let Some(file) = edge.site.file(path) else {
        return (StatusCode::NOT_FOUND, "There is no such page.\n").into_response();
    };
    let etag = format!("W/\"{}\"", file.etag);
    let text = |name: &str| asked.get(name).and_then(|value| value.to_str().ok());
    let mut response = if none_match(text(IF_NONE_MATCH.as_str()), &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(&file, text(ACCEPT_ENCODING.as_str()).unwrap_or_default())
    };
    let headers = response.headers_mut();
    headers.extend(HeaderValue::try_from(etag).ok().map(|value| (ETAG, value)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.extend(HeaderValue::try_from(policy).ok().map(|value| (CONTENT_SECURITY_POLICY, value)));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    response
}

/// Whether a parameter of a coding says that it is not wanted: `q=0` (RFC 9110 clause 12.4.2).
fn is_zero(parameter: &str) -> bool {
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    value.is_some_and(|value| value.trim_matches(['0', '.']).is_empty())
}

fn body(file: &SiteFile, accepted: &str) -> Response {
    let accepts = |name: &str| {
        accepted.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next().is_some_and(|token| token.eq_ignore_ascii_case(name)) && !parts.any(is_zero)
        })
    };
    let compressed = [("br", &file.brotli), ("gzip", &file.gzip)]
        .into_iter()
        .find_map(|(name, bytes)| bytes.as_ref().filter(|_bytes| accepts(name)).map(|bytes| (name, bytes)));
    let (coding, bytes) = compressed.map_or((None, &file.plain), |(name, bytes)| (Some(name), bytes));
    let mut response = Response::new(Body::from(bytes.clone()));
    let headers = response.headers_mut();
    headers.extend(HeaderValue::try_from(file.content_type.as_str()).ok().map(|value| (CONTENT_TYPE, value)));
    headers.extend(coding.map(|name| (CONTENT_ENCODING, HeaderValue::from_static(name))));
    response
}
