//! Init and media segments.

use super::place::Place;
use super::ranged::ranged;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::play::{
    CAPTIONS, CaptionsPart, Form, Sealed, Slug, Streams, TRACK_FILE, captions, init_segment, media_segment,
    sealed_init_segment, sealed_media_segment, sealed_transport_segment, track_file, transport_segment,
};
use kinora_domain::Problem;
use kinora_domain::track::TrackKind;

/// The version of the map is in the URL: what is there never changes.
pub(super) const FOREVER: &str = "public, max-age=31536000, immutable";

const INIT: &str = "init.mp4";
const TRANSPORT: &str = "video/mp2t";
const WEB_VTT: &str = "text/vtt; charset=utf-8";

/// `GET /play/{asset}/{track}/{segment}`.
pub(super) async fn segment(State(edge): State<Edge>, place: Place, headers: HeaderMap) -> Result<Response, Refusal> {
    let (app, asset) = (&edge.app, place.asset);
    let (track, segment) = (place.named("track"), place.named("segment"));
    if let Some(number) = segment.strip_suffix(".ts") {
        let found = transport_segment(app, asset, stream(track)?, numbered(number)?).await?;
        return Ok(ranged(&found, &headers, TRANSPORT, FOREVER));
    }
    let slug = slug(track)?;
    if segment == TRACK_FILE {
        let found = track_file(app, asset, slug).await?;
        return Ok(ranged(&found, &headers, fragments_of(slug.kind), FOREVER));
    }
    let (found, content_type) = if slug.kind == TrackKind::Captions {
        let part = match segment.strip_suffix(".vtt").ok_or_else(nothing)? {
            "all" => CaptionsPart::Whole,
            number => CaptionsPart::Segment(numbered(number)?),
        };
        (captions(app, asset, slug, part).await?, WEB_VTT)
    } else if segment == INIT {
        (init_segment(app, asset, slug).await?, fragments_of(slug.kind))
    } else {
        let (number, form) = name(segment).ok_or_else(nothing)?;
        (media_segment(app, asset, slug, number, form).await?, type_of(form, slug.kind))
    };
    Ok(ranged(&found, &headers, content_type, FOREVER))
}

/// `GET /play/{asset}/{track}/{form}/{segment}`.
pub(super) async fn formed(State(edge): State<Edge>, place: Place, headers: HeaderMap) -> Result<Response, Refusal> {
    let (app, asset) = (&edge.app, place.asset);
    let (track, form, segment) = (place.named("track"), place.named("form"), place.named("segment"));
    if form == CAPTIONS {
        let number = numbered(segment.strip_suffix(".vtt").ok_or_else(nothing)?)?;
        let found = captions(app, asset, slug(track)?, CaptionsPart::TransportSegment(number)).await?;
        return Ok(ranged(&found, &headers, WEB_VTT, FOREVER));
    }
    let sealed = Sealed::from_name(form).ok_or_else(nothing)?;
    if let (Sealed::Whole, Some(number)) = (sealed, segment.strip_suffix(".ts")) {
        let found = sealed_transport_segment(app, asset, stream(track)?, numbered(number)?).await?;
        return Ok(ranged(&found, &headers, TRANSPORT, FOREVER));
    }
    let slug = slug(track)?;
    let (found, content_type) = if segment == INIT {
        (sealed_init_segment(app, asset, slug, sealed).await?, fragments_of(slug.kind))
    } else {
        let (number, form) = name(segment).ok_or_else(nothing)?;
        (sealed_media_segment(app, asset, slug, number, (form, sealed)).await?, type_of(form, slug.kind))
    };
    Ok(ranged(&found, &headers, content_type, FOREVER))
}

fn nothing() -> Problem {
    Problem::not_found("segment")
}

fn slug(text: &str) -> Result<Slug, Problem> {
    text.parse().map_err(|_malformed| Problem::not_found("track"))
}

fn stream(text: &str) -> Result<Streams, Problem> {
    text.parse().map_err(|_malformed| Problem::not_found("track"))
}

fn numbered(text: &str) -> Result<u32, Problem> {
    plain(text).ok_or_else(nothing)
}

/// The track, the number, the form and the type of a media segment in the clear; `None` of all else.
pub(super) fn media(track: &str, segment: &str) -> Option<(Slug, u32, Form, &'static str)> {
    let (number, form) = name(segment)?;
    let slug = slug(track).ok().filter(|slug| slug.kind != TrackKind::Captions)?;
    Some((slug, number, form, type_of(form, slug.kind)))
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
pub(super) fn plain(number: &str) -> Option<u32> {
    let parsed: u32 = number.parse().ok()?;
    (parsed.to_string() == number).then_some(parsed)
}
