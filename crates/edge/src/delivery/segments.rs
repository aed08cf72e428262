//! Init and media segments.

use super::answer::asset_id;
use super::ranged::ranged;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::play::{
    Form, Sealed, Slug, captions, init_segment, media_segment, sealed_init_segment, sealed_media_segment,
};
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
    let (found, content_type) = if slug.kind == TrackKind::Captions {
        let nothing = || Problem::not_found("segment");
        let number = match segment.strip_suffix(".vtt").ok_or_else(nothing)? {
            "all" => None,
            number => Some(plain(number).ok_or_else(nothing)?),
        };
        (captions(&edge.app, asset, slug, number).await?, "text/vtt; charset=utf-8")
    } else if segment == "init.mp4" {
        (init_segment(&edge.app, asset, slug).await?, fragments_of(slug.kind))
    } else {
        let (number, form) = name(&segment).ok_or_else(|| Problem::not_found("segment"))?;
        (media_segment(&edge.app, asset, slug, number, form).await?, type_of(form, slug.kind))
    };
    Ok(ranged(&found, &headers, content_type, FOREVER))
}

/// `GET /play/{asset}/{track}/{form}/{segment}`.
pub(super) async fn sealed(
    State(edge): State<Edge>,
    Path((asset, track, sealed, segment)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asset = asset_id(&asset)?;
    let slug: Slug = track.parse().map_err(|_malformed| Problem::not_found("track"))?;
    let sealed = Sealed::from_name(&sealed).ok_or_else(|| Problem::not_found("segment"))?;
    let (found, content_type) = if segment == "init.mp4" {
        (sealed_init_segment(&edge.app, asset, slug, sealed).await?, fragments_of(slug.kind))
    } else {
        let (number, form) = name(&segment).ok_or_else(|| Problem::not_found("segment"))?;
        let found = sealed_media_segment(&edge.app, asset, slug, number, (form, sealed)).await?;
        (found, type_of(form, slug.kind))
    };
    Ok(ranged(&found, &headers, content_type, FOREVER))
}

fn type_of(form: Form, kind: TrackKind) -> &'static str {
    match form {
        Form::Fragment => fragments_of(kind),
        Form::Packed => "audio/mpeg",
    }
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
    Some((plain(number)?, form))
}

/// A number in its only spelling.
fn plain(number: &str) -> Option<u32> {
    let parsed: u32 = number.parse().ok()?;
    (parsed.to_string() == number).then_some(parsed)
}
