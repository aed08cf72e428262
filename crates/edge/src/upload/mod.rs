//! Signed part URLs: `PUT /upload/{fileId}/{part}?expires=&signature=` with the part's bytes. The link
//! is the permission; no key is asked for.

use crate::http::cors;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CONTENT_LENGTH, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::put;
use bytes::Bytes;
use core::time::Duration;
use futures_util::{Stream, StreamExt as _, stream};
use kinora_app::upload::{BodyError, PartLink, write_part};
use kinora_domain::{Kind, Problem, Timestamp};

/// No byte of a body for this long ends it.
const SILENCE: Duration = Duration::from_mins(1);

/// The routes.
pub fn router(_edge: &Edge) -> Router<Edge> {
    Router::new()
        .route("/upload/{file}/{part}", put(put_part))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(cors::allow_all))
}

/// The absolute URL of a link.
pub fn url(edge: &Edge, link: &PartLink) -> String {
    let PartLink { file, part, expires, signature } = link;
    edge.link(&format!("/upload/{file}/{part}?expires={}&signature={signature}", expires.millis()))
}

async fn put_part(
    State(edge): State<Edge>,
    Path((file, part)): Path<(String, String)>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let link = read_link(&file, &part, &query)?;
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let stored = write_part(&edge.app, &link, declared, steady(body)).await?;
    metrics::counter!("kinora_upload_bytes_total").increment(stored.size);
    let etag = HeaderValue::try_from(format!("\"{}\"", stored.etag));
    let etag =
        etag.map_err(|_impossible| Problem::new(Kind::Internal, "internal", "The part's ETag cannot be sent."))?;
    Ok((StatusCode::OK, [(ETAG, etag)]).into_response())
}

/// The body's bytes, as long as they come: a line that is silent for a minute is dead, and holds its
/// part no longer.
pub(crate) fn steady(body: Body) -> impl Stream<Item = Result<Bytes, BodyError>> + Send {
    stream::unfold(Some(body.into_data_stream()), |body| async {
        let mut body = body?;
        match tokio::time::timeout(SILENCE, body.next()).await {
            Ok(piece) => Some((piece?.map_err(|error| BodyError(error.into())), Some(body))),
            Err(silence) => Some((Err(BodyError(silence.into())), None)),
        }
    })
}

/// Anything malformed reads as a link that we did not make.
fn read_link(file: &str, part: &str, query: &Query) -> Result<PartLink, Problem> {
    let read = || {
        Some(PartLink {
            file: file.parse().ok()?,
            part: part.parse().ok()?,
            expires: Timestamp::from_millis(query.one("expires")?.parse().ok()?),
            signature: query.one("signature")?.to_owned(),
        })
    };
    read().ok_or_else(|| {
        Problem::new(Kind::Forbidden, "invalid_signature", "This upload link was not made by this server.")
    })
}
