//! Smooth Streaming.

use super::documents::{answer, shown};
use super::place::Place;
use super::ranged::ranged;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::guard::Pass;
use kinora_app::play::{REVALIDATE, smooth_fragment, smooth_manifest};
use kinora_domain::track::TrackKind;

/// `GET /play/{asset}/smooth.ism/Manifest`.
pub(super) async fn manifest(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = smooth_manifest(&edge.app, place.asset, shown(&place, &query, &pass, "")?).await?;
    Ok(answer(document, "application/vnd.ms-sstr+xml", &headers))
}

/// `GET /play/{asset}/smooth.ism/QualityLevels({bit rate})/Fragments({stream}={time})`.
pub(super) async fn fragment(State(edge): State<Edge>, place: Place, headers: HeaderMap) -> Result<Response, Refusal> {
    let address = format!("{}/{}", place.named("level"), place.named("fragment"));
    let (fragment, kind) = smooth_fragment(&edge.app, place.asset, place.output, &address).await?;
    let content_type = if kind == TrackKind::Audio { "audio/mp4" } else { "video/mp4" };
    Ok(ranged(&fragment, &headers, content_type, REVALIDATE))
}
