//! The Azure Media Services Connector dialect: `/api`, in PascalCase, and the part of Azure's Blob service that its uploads need,
//! at `/blobs`.
//!
//! One file an operation. Each reads the wire form, calls one use case, and writes the wire form.

mod acting;
pub mod blob;
pub mod error;
mod formats;
mod input;
pub mod openapi;
mod videos;

use crate::http::state::Edge;
use crate::http::{accept, cors, limit};
use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, EXPIRES, PRAGMA};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};

/// Bytes of the address of a request that sends something.
const LONGEST_URI: usize = 4_096;

/// The routes.
pub fn router(edge: &Edge) -> Router<Edge> {
    let operations = [
        ("/Videos", get(videos::list::list_videos).post(videos::create::create_video)),
        (
            "/Videos/{id}",
            get(videos::get::get_video).put(videos::update::update_video).delete(videos::delete::delete_video),
        ),
        ("/Videos/{id}/MarkComplete", post(videos::complete::mark_complete)),
        ("/Videos/{id}/Status", get(videos::status::get_status)),
        ("/Videos/{id}/Thumbnails", get(videos::thumbnails::list_thumbnails)),
        ("/Videos/{id}/PlaybackEndpoint", get(videos::endpoint::get_playback_endpoint)),
        ("/Videos/{id}/AuthorizationToken", get(videos::token::get_authorization_token)),
        ("/Formats", get(formats::list_formats)),
    ];
    let mut router = Router::new();
    for (path, handler) in operations {
        let handler = handler.fallback(lacking);
        router = router.route(&format!("/api{path}"), handler.clone()).route(&format!("/api{path}/"), handler);
    }
    let nothing = any(no_such_path);
    router
        .route_layer(from_fn(negotiate))
        .route("/api", nothing.clone())
        .route("/api/", nothing.clone())
        .route("/api/{*rest}", nothing)
        .layer(from_fn(text_only))
        .layer(from_fn(limit::tell))
        .layer(from_fn_with_state(edge.clone(), dress))
        .layer(from_fn(cors::allow_all))
        .merge(blob::router(edge))
}

/// What can be seen before an operation looks at a request.
async fn negotiate(request: Request, next: Next) -> Response {
    let accepted = request.headers().get(ACCEPT).map(|value| value.to_str().unwrap_or_default());
    match *request.method() {
        Method::POST | Method::PUT if request.uri().to_string().len() > LONGEST_URI => {
            error::refusal(StatusCode::URI_TOO_LONG, "The address of the request is too long.")
        }
        Method::GET | Method::HEAD if !accept::takes_json(accepted) => {
            error::refusal(StatusCode::NOT_ACCEPTABLE, "There is nothing but `application/json`.")
        }
        _ => next.run(request).await,
    }
}

/// The answer to a method that a path does not have: of those that the vendor's reference knows, there could be one some day.
async fn lacking(method: Method) -> Response {
    match method {
        Method::GET | Method::POST | Method::PUT | Method::DELETE => {
            error::refusal(StatusCode::NOT_IMPLEMENTED, "This resource does not have this method.")
        }
        _ => error::refusal(StatusCode::METHOD_NOT_ALLOWED, "This resource does not have this method."),
    }
}

/// The answer to a path that nothing has.
async fn no_such_path() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// A path whose ids are no text names nothing.
async fn text_only(ids: Result<RawPathParams, RawPathParamsRejection>, request: Request, next: Next) -> Response {
    match ids {
        Ok(_) => next.run(request).await,
        Err(_not_text) => error::refusal(StatusCode::NOT_FOUND, ""),
    }
}

/// Writes the body of what is refused, and the headers that every answer has: no cache keeps any.
async fn dress(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let mut response = error::tell(&edge, &uri, next.run(request).await);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(EXPIRES, HeaderValue::from_static("-1"));
    response
}
