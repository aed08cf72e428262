//! Keys of what is encrypted: to players one by one, and as Clear Key licenses (Encrypted Media Extensions, 9.1.4).

use super::answer::asset_id;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kinora_app::play::{content_key, license};
use kinora_domain::{ContentKeyId, Kind, Problem};
use serde::{Deserialize, Serialize};

/// Bytes of a request for a license at most.
const LONGEST_REQUEST: usize = 16 << 10;
/// Keys that one request may name.
const MOST_KEYS: usize = 128;

/// A request for a license.
#[derive(Deserialize)]
struct Asked {
    kids: Vec<String>,
}

/// A license: a JSON Web Key Set (RFC 7517) of symmetric keys.
#[derive(Serialize)]
struct License {
    keys: Vec<Licensed>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Licensed {
    kty: &'static str,
    kid: String,
    k: String,
}

/// `POST /play/{asset}/license/clearkey`.
pub(super) async fn clear_key(
    State(edge): State<Edge>,
    Path(asset): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    let asset = asset_id(&asset)?;
    let body = to_bytes(body, LONGEST_REQUEST).await.map_err(|_too_long| {
        let message = format!("A request for a license has {LONGEST_REQUEST} bytes at most.");
        Problem::new(Kind::TooLarge, "body_too_large", message)
    })?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|_malformed| malformed())?;
    let kid = |text: &String| URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    let kids: Option<Vec<[u8; 16]>> = asked.kids.iter().map(kid).collect();
    let kids = kids.filter(|kids| (1..=MOST_KEYS).contains(&kids.len())).ok_or_else(malformed)?;
    let text = |bytes: [u8; 16]| URL_SAFE_NO_PAD.encode(bytes);
    let keys = license(&edge.app, asset, &kids).await?.into_iter();
    let keys = keys.map(|licensed| Licensed { kty: "oct", kid: text(licensed.kid), k: text(licensed.key) }).collect();
    let license = serde_json::to_vec(&License { keys, kind: "temporary" }).unwrap_or_default();
    Ok(secret(license, "application/json"))
}

fn malformed() -> Problem {
    let message = format!(
        "The value must be a list of 1 to {MOST_KEYS} key ids of 16 bytes in base64url, as in `{{\"kids\":[\"...\"]}}`."
    );
    Problem::invalid("kids", message)
}

/// `GET /play/{asset}/key/{key}`: 16 bytes.
pub(super) async fn key(
    State(edge): State<Edge>,
    Path((asset, key)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let name: ContentKeyId = key.parse().map_err(|_malformed| Problem::not_found("key"))?;
    let key = content_key(&edge.app, asset_id(&asset)?, name.uuid().into_bytes()).await?;
    Ok(secret(key.to_vec(), "application/octet-stream"))
}

/// What no cache keeps.
fn secret(bytes: Vec<u8>, content_type: &'static str) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
