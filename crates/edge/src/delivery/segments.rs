//! Init and media segments.

use super::answer::{asset_id, bytes, not_modified, text};
use crate::http::conditional::none_match;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use axum::response::Response;
use kinora_app::play::{Body, Form, Slug, init_segment, media_segment};
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
    let (body, content_type) = if segment == "init.mp4" {
        let init = init_segment(&edge.app, asset, slug).await?;
        (Body { length: init.len() as u64, head: init, payload: None }, fragments_of(slug.kind))
    } else {
        let (number, form) = name(&segment).ok_or_else(|| Problem::not_found("segment"))?;
        let content_type = match form {
            Form::Fragment => fragments_of(slug.kind),
            Form::Packed => "audio/mpeg",
        };
        (media_segment(&edge.app, asset, slug, number, form).await?, content_type)
    };
    if none_match(text(&headers, IF_NONE_MATCH.as_str()), &etag) {
        return Ok(not_modified(&etag, FOREVER));
    }
    Ok(bytes(body, content_type, &etag, FOREVER))
}

fn fragments_of(kind: TrackKind) -> &'static str {
    if kind == TrackKind::Audio { "audio/mp4" } else { "video/mp4" }
}

/// The number and the form of a segment by its name. One segment, one spelling.
fn name(name: &str) -> Option<(u32, Form)> {
    let (number, extension) = name.split_once('.')?;
    let form = match extension {
        "m4s" => Form::Fragment,
        "mp3" => Form::Packed,
        _ => return None,
    };
    let parsed: u32 = number.parse().ok()?;
    (parsed.to_string() == number).then_some((parsed, form))
}
