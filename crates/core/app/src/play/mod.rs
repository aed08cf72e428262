//! What viewers fetch: documents, init and media segments, the original. Every one is rendered from
//! the stored SegmentMaps, so that the same address gives the same bytes from any process at any time.

pub(crate) mod cache;
mod documents;
mod original;
mod playable;
mod segment;
mod ways;

pub use documents::{Document, dash_manifest, hls_media_playlist, hls_multivariant_playlist};
pub use original::{Original, original};
pub use playable::Slug;
pub use segment::{Body, Form, init_segment, media_segment};
pub use ways::Ways;
pub(crate) use ways::ways;
