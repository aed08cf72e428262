//! Where each moment has its small picture, and the sheets that they lie on.

use super::sent;
use crate::delivery::documents;
use crate::delivery::place::Place;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_app::guard::Pass;
use kinora_app::picture::SHEET_TYPE;
use kinora_app::play::{FOREVER, Shown, Slug, plain};
use kinora_domain::Problem;

/// `GET /play/{asset}/storyboard.vtt`.
pub(super) async fn storyboard(
    State(edge): State<Edge>,
    place: Place,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let shown = Shown { output: place.output, pass: Some(&pass), ..Shown::default() };
    let document = kinora_app::picture::storyboard(&edge.app, place.asset, shown).await?;
    Ok(documents::answer(document, "text/vtt; charset=utf-8", &headers))
}

/// `GET /play/{asset}/{track}/storyboard/{n}.jpg`. How small pictures lie follows from the track alone: should that ever be
/// done otherwise, sheets need another address.
pub(in crate::delivery) async fn sheet(
    State(edge): State<Edge>,
    place: Place,
    pass: Extension<Pass>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let slug: Slug = place.named("track").parse().map_err(|_malformed| Problem::not_found("track"))?;
    let number =
        place.named("sheet").strip_suffix(".jpg").and_then(plain).ok_or_else(|| Problem::not_found("sheet"))?;
    let picture = kinora_app::picture::sheet(&edge.app, place.asset, slug, number, Some(&pass)).await?;
    Ok(sent(&picture, &headers, SHEET_TYPE, FOREVER))
}
