//! The HTTP edges of Kinora. Each translates in, calls one use case of `kinora-app`, translates out.
//!
//! | module | serves |
//! |---|---|
//! | [`http`] | nothing by itself: request ids, credentials, limits, queries, bodies, ranges, shared by the rest |
//! | [`videokit`] | the Cloud Video Kit dialect under `/vod`, `/core` and `/transcoder` |
//! | [`azure`] | the Azure Media Services Connector dialect under `/api`, and its uploads under `/blobs` |
//! | [`upload`] | signed part URLs under `/upload` |
//! | [`preview`] | signed links to uploads under `/preview` |
//! | [`delivery`] | playlists, manifests, segments, originals under `/play` |
//! | [`site`] | the player under `/embed`, the API pages under `/docs`, the start page |
//! | [`operations`] | `/livez`, `/readyz`, `/metrics` |
//!
//! No product rule lives here, and no dialect knows another.

pub mod azure;
pub mod delivery;
pub mod http;
pub mod operations;
pub mod preview;
mod router;
pub mod site;
pub mod upload;
pub mod videokit;

pub use http::egress::EgressRate;
pub use http::limit::Rate;
pub use http::state::{Edge, Settings};
pub use router::router;
