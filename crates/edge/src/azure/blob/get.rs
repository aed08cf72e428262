//! `HEAD` and `GET` of a blob: its properties and its blocks.

use super::answer::{tag, xml};
use super::error::Fault;
use super::link;
use super::list::{self, Wanted};
use crate::http::query::Query;
use crate::http::state::Edge;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use kinora_app::video::{blocks, properties};

const BLOB_LENGTH: HeaderName = HeaderName::from_static("x-ms-blob-content-length");
const BLOB_TYPE: HeaderName = HeaderName::from_static("x-ms-blob-type");

/// Get Blob Properties.
pub(super) async fn get_properties(
    State(edge): State<Edge>,
    Path((container, _blob)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Fault> {
    let link = link::read(&container, &query)?;
    let content = properties(&edge.app, &link).await?;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(content.size));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(BLOB_TYPE, HeaderValue::from_static("BlockBlob"));
    tag(headers, &content);
    Ok(response)
}

/// Get Block List. The bytes are not given out: the link is for writing.
pub(super) async fn get_blob(
    State(edge): State<Edge>,
    Path((container, _blob)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Fault> {
    let link = link::read(&container, &query)?;
    if query.one("comp") != Some("blocklist") {
        let message = "This link is for writing: it opens the list of blocks, and not the bytes.";
        return Err(Fault::new(StatusCode::FORBIDDEN, "AuthorizationPermissionMismatch", message));
    }
    let wanted = match query.one("blocklisttype").map(str::to_ascii_lowercase).as_deref() {
        None | Some("committed") => Wanted::Committed,
        Some("uncommitted") => Wanted::Uncommitted,
        Some("all") => Wanted::All,
        Some(_) => {
            let message = "`blocklisttype` is `committed`, `uncommitted` or `all`.";
            return Err(Fault::bad("InvalidQueryParameterValue", message));
        }
    };
    let blocks = blocks(&edge.app, &link).await?;
    let mut response = xml(list::write(&blocks, wanted).into_response());
    let headers = response.headers_mut();
    headers.insert(BLOB_LENGTH, HeaderValue::from(blocks.content.as_ref().map_or(0, |content| content.size)));
    if let Some(content) = &blocks.content {
        tag(headers, content);
    }
    Ok(response)
}
