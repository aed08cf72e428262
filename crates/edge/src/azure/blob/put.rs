//! `PUT` of a blob: Put Blob, Put Block, Put Block List.

use super::answer::tag;
use super::error::Fault;
use super::link;
use super::list::{self, Malformed};
use crate::http::query::Query;
use crate::http::state::Edge;
use crate::upload::steady;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_LENGTH, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kinora_app::video::{Checksum, Condition, UploadLink, order_blocks, write_block, write_whole};
use kinora_domain::block::BlockName;
use kinora_domain::intake::Content;

const BLOB_TYPE: HeaderName = HeaderName::from_static("x-ms-blob-type");
const MD5: HeaderName = HeaderName::from_static("content-md5");
const CRC64: HeaderName = HeaderName::from_static("x-ms-content-crc64");
const ENCRYPTED: HeaderName = HeaderName::from_static("x-ms-request-server-encrypted");
/// Bytes of a list of blocks at most: 50,000 of the longest names with what is around them.
const LONGEST_LIST: usize = 8 << 20;

/// Put Blob, Put Block or Put Block List, as `comp` says.
pub(super) async fn put_blob(
    State(edge): State<Edge>,
    Path((container, _blob)): Path<(String, String)>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let link = link::read(&container, &query)?;
    match query.one("comp") {
        None => put_whole(&edge, &link, &headers, body).await,
        Some("block") => put_block(&edge, &link, &query, &headers, body).await,
        Some("blocklist") => put_list(&edge, &link, &headers, body).await,
        Some(_) => Err(Fault::bad("InvalidQueryParameterValue", "`comp` is `block` or `blocklist`, or not there.")),
    }
}

async fn put_whole(edge: &Edge, link: &UploadLink, headers: &HeaderMap, body: Body) -> Result<Response, Fault> {
    match headers.get(BLOB_TYPE).map(|value| value.as_bytes().to_ascii_lowercase()).as_deref() {
        Some(b"blockblob") => {}
        Some(_) => return Err(Fault::bad("InvalidHeaderValue", "`x-ms-blob-type` must be `BlockBlob`.")),
        None => return Err(Fault::bad("MissingRequiredHeader", "The header `x-ms-blob-type: BlockBlob` is needed.")),
    }
    let (size, sum) = (length(headers)?, checksum(headers)?);
    let content = write_whole(&edge.app, link, &conditions(headers)?, (size, sum), steady(body)).await?;
    metrics::counter!("kinora_upload_bytes_total").increment(size);
    Ok(created(headers, Some(&content)))
}

async fn put_block(
    edge: &Edge,
    link: &UploadLink,
    query: &Query,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let name = query
        .one("blockid")
        .ok_or_else(|| Fault::bad("MissingRequiredQueryParameter", "The parameter `blockid` is needed."))?;
    let name = BlockName::read(name)?;
    let (size, sum) = (length(headers)?, checksum(headers)?);
    if size == 0 {
        return Err(Fault::bad("InvalidHeaderValue", "A block has at least one byte."));
    }
    write_block(&edge.app, link, name, (size, sum), steady(body)).await?;
    metrics::counter!("kinora_upload_bytes_total").increment(size);
    Ok(created(headers, None))
}

async fn put_list(edge: &Edge, link: &UploadLink, headers: &HeaderMap, body: Body) -> Result<Response, Fault> {
    let bytes = to_bytes(body, LONGEST_LIST).await.map_err(|_too_long_or_broken| {
        let message = format!("A list of blocks has {LONGEST_LIST} bytes at most.");
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge", message)
    })?;
    if let Some(sum) = checksum(headers)? {
        sum.check(&bytes)?;
    }
    let list = list::read(&bytes).map_err(|malformed| {
        let code = match &malformed {
            Malformed::Xml => "InvalidXmlDocument",
            Malformed::Node | Malformed::Name(_) => "InvalidXmlNodeValue",
            Malformed::Long => "BlockListTooLong",
        };
        Fault::bad(code, malformed.to_string())
    })?;
    let content = order_blocks(&edge.app, link, &conditions(headers)?, &list).await?;
    Ok(created(headers, Some(&content)))
}

/// 201, with the checksum that the bytes were held against.
fn created(asked: &HeaderMap, content: Option<&Content>) -> Response {
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    for name in [MD5, CRC64] {
        headers.extend(asked.get(&name).cloned().map(|sum| (name, sum)));
    }
    headers.insert(ENCRYPTED, HeaderValue::from_static("false"));
    if let Some(content) = content {
        tag(headers, content);
    }
    response
}

/// The length that the space is taken for.
fn length(headers: &HeaderMap) -> Result<u64, Fault> {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    length.ok_or_else(|| {
        Fault::new(StatusCode::LENGTH_REQUIRED, "MissingContentLengthHeader", "The header `Content-Length` is needed.")
    })
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Fault> {
    let decoded =
        |name: &HeaderName| headers.get(name).map(|value| STANDARD.decode(value.as_bytes()).unwrap_or_default());
    match (decoded(&MD5), decoded(&CRC64)) {
        (None, None) => Ok(None),
        (Some(sum), None) => {
            let sum = <[u8; 16]>::try_from(sum);
            let sum = sum.map_err(|_wrong| Fault::bad("InvalidMd5", "`Content-MD5` is 16 bytes in Base64."))?;
            Ok(Some(Checksum::Md5(sum)))
        }
        (None, Some(sum)) => {
            let sum = <[u8; 8]>::try_from(sum);
            let wrong = |_wrong| Fault::bad("InvalidHeaderValue", "`x-ms-content-crc64` is 8 bytes in Base64.");
            Ok(Some(Checksum::Crc64(sum.map_err(wrong)?)))
        }
        (Some(_), Some(_)) => {
            Err(Fault::bad("BothCrc64AndMd5HeaderPresent", "There may be one checksum: MD5, or CRC-64."))
        }
    }
}

/// What must hold for the blob to be written (RFC 9110 clause 13.1).
fn conditions(headers: &HeaderMap) -> Result<Vec<Condition>, Fault> {
    let mut conditions = Vec::new();
    for (name, any, tagged) in [
        (IF_MATCH, Condition::Present, Condition::Tagged as fn(Vec<String>) -> Condition),
        (IF_NONE_MATCH, Condition::Absent, Condition::NotTagged),
    ] {
        let Some(value) = headers.get(&name) else { continue };
        let text =
            value.to_str().map_err(|_not_text| Fault::bad("InvalidHeaderValue", format!("`{name}` is no tag.")))?;
        if text.trim() == "*" {
            conditions.push(any);
        } else {
            let bare = |tag: &str| tag.trim().trim_matches('"').trim_start_matches("0x").to_ascii_lowercase();
            conditions.push(tagged(text.split(',').map(bare).collect()));
        }
    }
    Ok(conditions)
}
