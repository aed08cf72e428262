//! The Cloud Video Kit dialect: `/vod/v1`, and the same without the version, as that vendor's own
//! sample calls it; a slash at the end is allowed everywhere.
//!
//! One file an operation. Each reads the wire form, calls one use case, and writes the wire form.

mod acting;
mod assets;
pub mod error;
mod files;
mod input;
mod many;
mod metadata;
mod moment;
pub mod openapi;
mod page;
mod track;

use crate::http::cors;
use crate::http::state::Edge;
use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};

/// The routes.
pub fn router(_edge: &Edge) -> Router<Edge> {
    Router::new()
        .merge(vod("/vod/v1"))
        .merge(vod("/vod"))
        .layer(from_fn(text_only))
        .layer(from_fn(unkept))
        .layer(from_fn(cors::allow_all))
}

fn vod(prefix: &str) -> Router<Edge> {
    let operations: [(&str, MethodRouter<Edge>); 12] = [
        ("/files/start", post(files::start::start_file)),
        ("/files/{id}/part/{number}", get(files::part::get_part)),
        ("/files/complete", post(files::complete::complete_file)),
        ("/files/{id}/cancel", post(files::cancel::cancel_file)),
        ("/files/{id}/detect", post(files::detect::detect_file)),
        ("/files/{id}", get(files::get::get_file)),
        ("/files", get(files::list::list_files)),
        ("/assets", post(assets::create::create_asset).get(assets::list::list_assets)),
        ("/assets/deletemany", post(assets::delete_many::delete_assets)),
        (
            "/assets/{id}",
            get(assets::get::get_asset).patch(assets::update::update_asset).delete(assets::delete::delete_asset),
        ),
        ("/assets/{id}/outputs", post(assets::add_output::add_output)),
        ("/assets/{id}/outputs/{outputId}", delete(assets::delete_output::delete_output)),
    ];
    let mut router = Router::new();
    for (path, handler) in operations {
        let handler = handler.fallback(error::method_not_allowed);
        router = router.route(&format!("{prefix}{path}"), handler.clone()).route(&format!("{prefix}{path}/"), handler);
    }
    let nothing = axum::routing::any(error::no_such_path);
    let router = router.route(prefix, nothing.clone()).route(&format!("{prefix}/"), nothing.clone());
    router.route(&format!("{prefix}/{{*rest}}"), nothing)
}

/// A path whose ids are no text names nothing.
async fn text_only(ids: Result<RawPathParams, RawPathParamsRejection>, request: Request, next: Next) -> Response {
    match ids {
        Ok(_) => next.run(request).await,
        Err(_not_text) => error::no_such_path().await,
    }
}

/// Answers depend on the key and may carry signed links: no cache keeps them.
async fn unkept(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
