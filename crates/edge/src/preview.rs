//! Signed links to uploads: `GET /preview/{fileId}?expires=&signature=`. The link is the permission; no key is asked for.

use crate::delivery::ranged::ranged;
use crate::http::cors;
use crate::http::disposition;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use kinora_app::file::{Preview, PreviewLink, preview};
use kinora_domain::{Kind, Problem, Timestamp};

/// Whoever has the link may look, and no cache between.
const PRIVATE: &str = "private, max-age=3600";

/// The routes.
pub fn router(_edge: &Edge) -> Router<Edge> {
    Router::new().route("/preview/{file}", get(show)).layer(from_fn(cors::allow_all))
}

/// The absolute URL of a link.
pub(crate) fn url(edge: &Edge, link: &PreviewLink) -> String {
    let PreviewLink { file, expires, signature } = link;
    edge.link(&format!("/preview/{file}?expires={}&signature={signature}", expires.millis()))
}

async fn show(
    State(edge): State<Edge>,
    Path(file): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Preview { name, media_type, original } = preview(&edge.app, &read_link(&file, &query)?).await?;
    let mut response = ranged(&original, &headers, media_type, PRIVATE);
    let headers = response.headers_mut();
    // Nothing that somebody uploaded runs as a page of this server.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; media-src 'self'; sandbox"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.extend(disposition::inline(&name).map(|value| (CONTENT_DISPOSITION, value)));
    Ok(response)
}

/// Anything malformed reads as a link that we did not make.
fn read_link(file: &str, query: &Query) -> Result<PreviewLink, Problem> {
    let read = || {
        Some(PreviewLink {
            file: file.parse().ok()?,
            expires: Timestamp::from_millis(query.one("expires")?.parse().ok()?),
            signature: query.one("signature")?.to_owned(),
        })
    };
    let message = "This preview link was not made by this server.";
    read().ok_or_else(|| Problem::new(Kind::Forbidden, "invalid_signature", message))
}
