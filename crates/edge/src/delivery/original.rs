//! The upload as progressive MP4.

use super::answer::asset_id;
use super::ranged::ranged;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

/// The asset may be deleted, its bytes never change.
const LONG: &str = "public, max-age=86400";

/// `GET /play/{asset}/original.mp4`.
pub(super) async fn original(
    State(edge): State<Edge>,
    Path(asset): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let original = kinora_app::play::original(&edge.app, asset_id(&asset)?).await?;
    Ok(ranged(&original, &headers, "video/mp4", LONG))
}
