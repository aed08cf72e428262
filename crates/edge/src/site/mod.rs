//! The built web parts: the player under `/embed/{asset}`, the API pages under `/docs/`, the start
//! page. Their files are embedded in the binary by `server`; this crate only knows their shape.

mod page;

use crate::http::state::Edge;
use axum::Router;
use axum::routing::get;
use bytes::Bytes;

/// One built file, with its compressed forms where the build made them.
#[derive(Debug, Clone)]
pub struct SiteFile {
    /// As built.
    pub plain: Bytes,
    /// Brotli.
    pub brotli: Option<Bytes>,
    /// Gzip.
    pub gzip: Option<Bytes>,
    /// Its media type.
    pub content_type: String,
    /// Tag of its bytes, without quotes.
    pub etag: String,
}

/// The built web parts by their path under the build's root, such as `player/index.html`.
pub trait SiteFiles: Send + Sync + 'static {
    /// The file of that path.
    fn file(&self, path: &str) -> Option<SiteFile>;
}

/// The routes.
pub fn router(_edge: &Edge) -> Router<Edge> {
    Router::new()
        .route("/", get(page::home))
        .route("/_home/{file}", get(page::home_asset))
        .route("/embed/{asset}", get(page::player))
        .route("/_player/{file}", get(page::player_asset))
        .route("/docs", get(page::docs_slash))
        .route("/docs/", get(page::docs))
        .route("/docs/{file}", get(page::docs_asset))
        .route("/openapi/{document}", get(page::openapi))
}
