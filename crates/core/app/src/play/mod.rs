//! What viewers fetch: documents, init and media segments, whole files, the original. Every one is rendered from
//! the stored SegmentMaps, so that the same address gives the same bytes from any process at any time.

pub(crate) mod cache;
mod documents;
pub(crate) mod laid;
mod lock;
mod movie;
mod original;
mod part;
pub(crate) mod playable;
mod ranged;
mod sealed;
mod segment;
mod smooth;
mod streams;
mod track_file;
mod transport;
mod ways;

pub use documents::{
    Document, KEY_FRAMES, Shown, dash_manifest, dash_on_demand_manifest, hls_key_frame_playlist, hls_media_playlist,
    hls_multivariant_playlist,
};
pub(crate) use documents::{base, duration_ms};
pub use lock::{Sealed, scheme};
pub use movie::{FileFormat, Movie, Wanted, download_name, movie};
pub use original::{Original, original};
pub use part::Part;
pub use playable::Slug;
pub use ranged::Ranged;
pub use sealed::{LicensedKey, content_key, license, sealed_init_segment, sealed_media_segment};
pub use segment::{Body, CaptionsPart, Files, Form, Payload, Segment, captions, init_segment, media_segment};
pub use smooth::{smooth_fragment, smooth_manifest};
pub use streams::Streams;
pub use track_file::{TRACK_FILE, TrackFile, track_file};
pub use transport::{
    CAPTIONS, sealed_transport_segment, transport_captions_playlist, transport_media_playlist,
    transport_multivariant_playlist, transport_segment,
};
pub use ways::{Ways, Whole};
pub(crate) use ways::{lines, ways};
