//! All edges side by side from the root of one origin.

use crate::http::observe::observe;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use crate::{azure, delivery, operations, preview, site, upload, videokit};
use axum::Router;
use axum::middleware::from_fn_with_state;

/// The router of everything.
pub fn router(edge: Edge) -> Router {
    Router::new()
        .merge(videokit::router(&edge))
        .merge(azure::router(&edge))
        .merge(upload::router(&edge))
        .merge(preview::router(&edge))
        .merge(delivery::router(&edge))
        .merge(site::router(&edge))
        .merge(operations::router())
        .fallback(nothing_here)
        .layer(from_fn_with_state(edge.clone(), observe))
        .with_state(edge)
}

/// The answer to a path that no edge has.
async fn nothing_here() -> Refusal {
    Refusal::not_found("page")
}
