//! The Cloud Video Kit dialect: `/vod/v1`, `/core/v1` and `/transcoder/v1`, and the same without the version, as that vendor's own
//! sample calls it; a slash at the end is allowed everywhere.
//!
//! One file an operation. Each reads the wire form, calls one use case, and writes the wire form.

mod acting;
mod assets;
mod creation;
pub mod error;
mod files;
mod filetypes;
mod input;
mod keys;
mod labels;
mod languages;
mod many;
mod metadata;
mod moment;
pub mod openapi;
mod page;
mod presets;
mod track;

use crate::http::state::Edge;
use crate::http::{cors, limit};
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
        .merge(module("/vod", &vod()))
        .merge(module("/core", &core()))
        .merge(module("/transcoder", &transcoder()))
        .layer(from_fn(text_only))
        .layer(from_fn(limit::tell))
        .layer(from_fn(unkept))
        .layer(from_fn(cors::allow_all))
}

/// The operations of a module: method and handler by path.
type Operations = Vec<(&'static str, MethodRouter<Edge>)>;

fn vod() -> Operations {
    vec![
        ("/files/start", post(files::start::start_file)),
        ("/files/{id}/part/{number}", get(files::part::get_part)),
        ("/files/complete", post(files::complete::complete_file)),
        ("/files/{id}/cancel", post(files::cancel::cancel_file)),
        ("/files/{id}/detect", post(files::detect::detect_file)),
        ("/files/{id}/preview", get(files::preview::preview_file)),
        ("/files/deletemany", post(files::delete_many::delete_files)),
        ("/files/{id}", get(files::get::get_file).patch(files::update::update_file).delete(files::delete::delete_file)),
        ("/files", get(files::list::list_files)),
        ("/filetypes", get(filetypes::list)),
        ("/languages", get(languages::list)),
        ("/assets", post(assets::create::create_asset).get(assets::list::list_assets)),
        ("/assets/deletemany", post(assets::delete_many::delete_assets)),
        (
            "/assets/{id}",
            get(assets::get::get_asset).patch(assets::update::update_asset).delete(assets::delete::delete_asset),
        ),
        ("/assets/{id}/outputs", post(assets::add_output::add_output)),
        ("/assets/{id}/outputs/{outputId}", delete(assets::delete_output::delete_output)),
    ]
}

fn transcoder() -> Operations {
    vec![("/presets", get(presets::list))]
}

fn core() -> Operations {
    vec![
        ("/settings/tenant/{id}/status", get(keys::tenant::get_tenant_status)),
        ("/api-key", post(keys::create::create_api_key).get(keys::list::list_api_keys)),
        (
            "/api-key/{id}",
            get(keys::get::get_api_key).put(keys::update::update_api_key).delete(keys::delete::delete_api_key),
        ),
    ]
}

/// The routes of a module, with and without the version; what else begins like it is told in its own form.
fn module(name: &str, operations: &Operations) -> Router<Edge> {
    let nothing = axum::routing::any(error::no_such_path);
    let mut router = Router::new();
    for prefix in [format!("{name}/v1"), name.to_owned()] {
        for (path, handler) in operations {
            let handler = handler.clone().fallback(error::method_not_allowed);
            router =
                router.route(&format!("{prefix}{path}"), handler.clone()).route(&format!("{prefix}{path}/"), handler);
        }
        router = router.route(&prefix, nothing.clone()).route(&format!("{prefix}/"), nothing.clone());
        router = router.route(&format!("{prefix}/{{*rest}}"), nothing.clone());
    }
    router
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
