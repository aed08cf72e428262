//! Playlists and manifests.

use super::answer::{asset_id, bytes, not_modified, text};
use crate::http::conditional::none_match;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::{IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use kinora_app::guard::Pass;
use kinora_app::play::{
    Body, Document, KEY_FRAMES, Part, Shown, dash_manifest, hls_key_frame_playlist, hls_media_playlist,
    hls_multivariant_playlist, scheme,
};
use kinora_domain::{OutputId, Problem};

/// An asset's documents change when its tracks do, so they are asked for again each time.
const REVALIDATE: &str = "no-cache";

/// `GET /play/{asset}/hls/{playlist}`.
pub(super) async fn hls(
    State(edge): State<Edge>,
    Path((asset, playlist)): Path<(String, String)>,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    playlists(&edge, &asset, shown(None, &query, &pass, &at(&edge, &asset))?, &playlist, &headers).await
}

/// `GET /play/{asset}/o/{output}/hls/{playlist}`.
pub(super) async fn hls_of_output(
    State(edge): State<Edge>,
    Path((asset, output, playlist)): Path<(String, String, String)>,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    playlists(&edge, &asset, shown(Some(output_id(&output)?), &query, &pass, &at(&edge, &asset))?, &playlist, &headers)
        .await
}

async fn playlists(
    edge: &Edge,
    asset: &str,
    shown: Shown<'_>,
    playlist: &str,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let asset = asset_id(asset)?;
    let name = playlist.strip_suffix(".m3u8").ok_or_else(|| Problem::not_found("playlist"))?;
    let slug = |name: &str| name.parse().map_err(|_malformed| Problem::not_found("playlist"));
    let document = if name == "master" {
        hls_multivariant_playlist(&edge.app, asset, shown).await?
    } else if let Some(track) = name.strip_suffix(KEY_FRAMES) {
        hls_key_frame_playlist(&edge.app, asset, shown, slug(track)?).await?
    } else {
        hls_media_playlist(&edge.app, asset, shown, slug(name)?).await?
    };
    Ok(answer(document, "application/vnd.apple.mpegurl", headers))
}

/// `GET /play/{asset}/dash/manifest.mpd`.
pub(super) async fn dash(
    State(edge): State<Edge>,
    Path(asset): Path<String>,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = dash_manifest(&edge.app, asset_id(&asset)?, shown(None, &query, &pass, &at(&edge, &asset))?).await?;
    Ok(answer(document, "application/dash+xml", &headers))
}

/// `GET /play/{asset}/o/{output}/dash/manifest.mpd`.
pub(super) async fn dash_of_output(
    State(edge): State<Edge>,
    Path((asset, output)): Path<(String, String)>,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = dash_manifest(
        &edge.app,
        asset_id(&asset)?,
        shown(Some(output_id(&output)?), &query, &pass, &at(&edge, &asset))?,
    )
    .await?;
    Ok(answer(document, "application/dash+xml", &headers))
}

pub(super) fn shown<'a>(
    output: Option<OutputId>,
    query: &Query,
    pass: &'a Pass,
    at: &'a str,
) -> Result<Shown<'a>, Problem> {
    let named = |name: &str| {
        let message = "The value must be `cenc` or `cbcs`.";
        scheme(name).ok_or_else(|| Problem::invalid("scheme", message))
    };
    let scheme = query.one("scheme").map(named).transpose()?;
    Ok(Shown { output, part: part(query)?, carried: &pass.carried, scheme, at })
}

/// The absolute address of an asset's media.
fn at(edge: &Edge, asset: &str) -> String {
    edge.link(&format!("/play/{asset}"))
}

/// What of a film is asked for.
pub(super) fn part(query: &Query) -> Result<Part, Problem> {
    Ok(Part { start: query.seconds("start")?, end: query.seconds("end")? })
}

/// An output's id in a path; anything else names no output.
pub(super) fn output_id(text: &str) -> Result<OutputId, Refusal> {
    text.parse().map_err(|_malformed| Refusal::not_found("output"))
}

pub(super) fn answer(document: Document, content_type: &'static str, headers: &HeaderMap) -> Response {
    // Weak: a compressed form carries the same tag.
    let etag = format!("W/\"{}\"", document.etag);
    if none_match(text(headers, IF_NONE_MATCH.as_str()), &etag) {
        let mut response = not_modified(&etag, REVALIDATE);
        // As the answer with the text has it (RFC 9110 clause 15.4.5).
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        return response;
    }
    let body = Body { length: document.text.len() as u64, head: Bytes::from(document.text), payload: None };
    bytes(body, content_type, &etag, REVALIDATE)
}
