//! What of Azure's Blob service an upload needs, at `/blobs/{container}/{blob}`: the container is the video's, and the link, a
//! shared access signature by its form, is the permission.
//!
//! | request | is |
//! |---|---|
//! | `PUT` with `x-ms-blob-type: BlockBlob` | Put Blob: all bytes in one piece |
//! | `PUT ?comp=block&blockid=` | Put Block |
//! | `PUT ?comp=blocklist` | Put Block List: blocks become the blob, in the order of an XML list |
//! | `GET ?comp=blocklist` | Get Block List |
//! | `HEAD` | Get Blob Properties |

mod answer;
mod error;
mod get;
mod link;
pub mod list;
mod put;

use crate::http::cors;
use crate::http::state::Edge;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{any, get};

pub(super) use link::url;

/// The routes.
pub(super) fn router(_edge: &Edge) -> Router<Edge> {
    let blob = get(get::get_blob).head(get::get_properties).put(put::put_blob).fallback(error::unsupported_verb);
    let nothing = any(error::no_such_resource);
    ["/blobs", "/blobs/", "/blobs/{container}", "/blobs/{container}/"]
        .into_iter()
        .fold(Router::new().route("/blobs/{container}/{*blob}", blob), |router, path| {
            router.route(path, nothing.clone())
        })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(dress))
        .layer(from_fn(cors::allow_everything))
}

/// Writes the headers that every answer has.
async fn dress(request: Request, next: Next) -> Response {
    let asked = answer::Asked::of(request.headers());
    let response = next.run(request).await;
    answer::dress(&asked, response)
}
