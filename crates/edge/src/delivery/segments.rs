//! Init and media segments.

use super::answer::{asset_id, bytes, not_modified, text};
use crate::http::conditional::none_match;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use axum::response::Response;
use kinora_app::play::{Body, Slug, init_segment, media_segment};
use kinora_domain::Problem;
use kinora_domain::track::TrackKind;

/// The version of the map is in the URL: what is there never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// `GET /play/{asset}/{track}/{segment}`.
pub(super) async fn segment(
    State(edge): State<Edge>,
    Path((asset, track, segment)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asset = asset_id(&asset)?;
    let slug: Slug = track.parse().map_err(|_malformed| Problem::not_found("track"))?;
    let etag = format!("\"{track}-{segment}\"");
    let content_type = if slug.kind == TrackKind::Audio { "audio/mp4" } else { "video/mp4" };
    let body = if segment == "init.mp4" {
        let init = init_segment(&edge.app, asset, slug).await?;
        Body { length: init.len() as u64, head: init, payload: None }
    } else {
        media_segment(&edge.app, asset, slug, number(&segment)?).await?
    };
    if none_match(text(&headers, IF_NONE_MATCH.as_str()), &etag) {
        return Ok(not_modified(&etag, FOREVER));
    }
    Ok(bytes(body, content_type, &etag, FOREVER))
}

/// One segment, one spelling.
fn number(name: &str) -> Result<u32, Problem> {
    let number = name.strip_suffix(".m4s").and_then(|number| number.parse::<u32>().ok());
    number.filter(|number| name == format!("{number}.m4s")).ok_or_else(|| Problem::not_found("segment"))
}
