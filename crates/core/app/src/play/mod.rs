//! What viewers fetch: documents, init and media segments, whole files, the original. Every one is rendered from
//! the stored SegmentMaps, so that the same address gives the same bytes from any process at any time.

mod address;
pub(crate) mod cache;
mod documents;
mod enciphered;
pub(crate) mod heads;
pub(crate) mod laid;
mod lock;
mod movie;
mod original;
mod part;
pub(crate) mod playable;
mod ranged;
pub(crate) mod room;
mod sealed;
mod segment;
mod smooth;
mod streams;
mod track_file;
mod transport;
mod tree;
mod ways;

pub use address::{DocumentName, FOREVER, Protocol, REVALIDATE, SegmentName, document, fragments_of, plain, segment};
pub use documents::{Document, Shown, dash_on_demand_manifest};
pub(crate) use documents::{base, duration_ms};
pub use lock::{Sealed, scheme};
pub use movie::{FileFormat, Movie, Wanted, download_name, movie};
pub use original::{Original, original};
pub use part::Part;
pub use playable::Slug;
pub use ranged::Ranged;
pub use sealed::{LicensedKey, content_key, license, sealed_init_segment, sealed_media_segment};
pub use segment::{Body, Broken, CaptionsPart, Files, Form, InFile, Payload, Segment};
pub use smooth::{smooth_fragment, smooth_manifest};
pub use streams::Streams;
pub use track_file::{TRACK_FILE, TrackFile, track_file};
pub use transport::{CAPTIONS, sealed_transport_segment};
pub(crate) use tree::{Leaf, Tree, tree};
pub use ways::{Ways, Whole};
pub(crate) use ways::{lines, ways};
