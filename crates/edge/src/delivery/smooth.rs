//! Smooth Streaming.

use super::answer::asset_id;
use super::documents::{answer, output_id, shown};
use super::ranged::ranged;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::guard::Pass;
use kinora_app::play::{smooth_fragment, smooth_manifest};
use kinora_domain::OutputId;
use kinora_domain::track::TrackKind;

/// What an address means may change with the asset's tracks.
const REVALIDATE: &str = "no-cache";

/// `GET /play/{asset}/smooth.ism/Manifest`.
pub(super) async fn manifest(
    State(edge): State<Edge>,
    Path(asset): Path<String>,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    document(&edge, &asset, None, (&query, &pass), &headers).await
}

/// `GET /play/{asset}/o/{output}/smooth.ism/Manifest`.
pub(super) async fn manifest_of_output(
    State(edge): State<Edge>,
    Path((asset, output)): Path<(String, String)>,
    query: Query,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    document(&edge, &asset, Some(output_id(&output)?), (&query, &pass), &headers).await
}

async fn document(
    edge: &Edge,
    asset: &str,
    output: Option<OutputId>,
    (query, pass): (&Query, &Pass),
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let document = smooth_manifest(&edge.app, asset_id(asset)?, shown(output, query, pass, "")?).await?;
    Ok(answer(document, "application/vnd.ms-sstr+xml", headers))
}

/// `GET /play/{asset}/smooth.ism/QualityLevels({bit rate})/Fragments({stream}={time})`.
pub(super) async fn fragment(
    State(edge): State<Edge>,
    Path((asset, level, fragment)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    media(&edge, &asset, None, &format!("{level}/{fragment}"), &headers).await
}

/// `GET /play/{asset}/o/{output}/smooth.ism/QualityLevels({bit rate})/Fragments({stream}={time})`.
pub(super) async fn fragment_of_output(
    State(edge): State<Edge>,
    Path((asset, output, level, fragment)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    media(&edge, &asset, Some(output_id(&output)?), &format!("{level}/{fragment}"), &headers).await
}

async fn media(
    edge: &Edge,
    asset: &str,
    output: Option<OutputId>,
    address: &str,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let (fragment, kind) = smooth_fragment(&edge.app, asset_id(asset)?, output, address).await?;
    let content_type = if kind == TrackKind::Audio { "audio/mp4" } else { "video/mp4" };
    Ok(ranged(&fragment, headers, content_type, REVALIDATE))
}
