//! Init and media segments.

use super::place::Place;
use super::ranged::ranged;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::play::{
    CAPTIONS, FOREVER, Sealed, SegmentName, TRACK_FILE, fragments_of, sealed_init_segment, sealed_media_segment,
    sealed_transport_segment, track_file,
};
use kinora_domain::Problem;

/// `GET /play/{asset}/{track}/{segment}`.
pub(super) async fn segment(State(edge): State<Edge>, place: Place, headers: HeaderMap) -> Result<Response, Refusal> {
    let (app, asset) = (&edge.app, place.asset);
    let (track, segment) = (place.named("track"), place.named("segment"));
    if segment == TRACK_FILE {
        let slug = track.parse().map_err(|_malformed| Problem::not_found("track"))?;
        let found = track_file(app, asset, slug).await?;
        return Ok(ranged(&found, &headers, fragments_of(slug.kind), FOREVER));
    }
    let name = SegmentName::parse(track, segment)?;
    let found = kinora_app::play::segment(app, asset, name).await?;
    Ok(ranged(&found, &headers, name.content_type(), FOREVER))
}

/// `GET /play/{asset}/{track}/{form}/{segment}`.
pub(super) async fn formed(State(edge): State<Edge>, place: Place, headers: HeaderMap) -> Result<Response, Refusal> {
    let (app, asset) = (&edge.app, place.asset);
    let (track, form, segment) = (place.named("track"), place.named("form"), place.named("segment"));
    if form == CAPTIONS {
        let name = SegmentName::parse_formed(track, form, segment)?;
        let found = kinora_app::play::segment(app, asset, name).await?;
        return Ok(ranged(&found, &headers, name.content_type(), FOREVER));
    }
    let sealed = Sealed::from_name(form).ok_or_else(nothing)?;
    let name = SegmentName::parse(track, segment)?;
    let found = match name {
        SegmentName::Init(slug) => sealed_init_segment(app, asset, slug, sealed).await?,
        SegmentName::Media(slug, number, form) => {
            sealed_media_segment(app, asset, slug, number, (form, sealed)).await?
        }
        SegmentName::Transport(streams, number) if sealed == Sealed::Whole => {
            sealed_transport_segment(app, asset, streams, number).await?
        }
        SegmentName::Transport(..) | SegmentName::Captions(..) => return Err(nothing().into()),
    };
    Ok(ranged(&found, &headers, name.content_type(), FOREVER))
}

fn nothing() -> Problem {
    Problem::not_found("segment")
}
