//! The pure packager of Kinora: bytes and times in, bytes out.
//!
//! From the `moov` box of an uploaded MP4 or MOV a [`SegmentMap`] is computed for every track. From that map and
//! byte ranges of the uploaded object everything that a player asks for is rendered on request: CMAF
//! initialization and media segments, HLS playlists, a DASH MPD and a Smooth Streaming manifest. Nothing here reads a file, a socket or a clock,
//! and the same input gives the same bytes, always.
//!
//! The way through the crate:
//!
//! 1. [`sniff::sniff`] says what the first bytes of a file are.
//! 2. [`mp4::Locator`] finds the `moov` box without reading the media; the caller does the reading.
//! 3. [`mp4::parse`] turns the `moov` into a [`Movie`]: checked tracks over borrowed sample tables.
//! 4. [`SegmentMap::plan`] cuts every playable track into segments.
//! 5. [`cmaf`] renders a map into segments ([`packed`] those of MP3 for HLS, [`smooth`] fragments of Smooth Streaming,
//!    [`transport`] those of old players, which take picture and sound together), [`progressive`] maps into one file;
//!    [`hls`], [`dash`] and [`smooth`] render a [`Presentation`] of maps into manifests, with its [`storyboard`].
//!
//! [`protect`] encrypts segments, for those who hold a key. [`captions`] reads files and tracks of text, and writes them for
//! those who read along.
//!
//! Other ways lead to a map as well: [`mp4::fragments`] lists the samples of a fragmented file, and
//! [`map::MapBuilder`] takes samples from any index and gives the map away in parts while they come;
//! [`SegmentMap::of_chunk`] puts what an encoder wrote on the timeline of the film; [`SegmentMap::join`] makes one map
//! of parts.
//! Containers without sample tables have an [`index::Indexer`], which finds the samples where they lie ([`matroska`],
//! [`flv`]), or a reader that gives them rewritten ([`mpegts`]).
//!
//! Bytes from outside are never indexed, counted or converted without a check: a hostile file or a damaged map is
//! an error, never a panic and never an allocation larger than the bytes that are really there justify.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss)
)]

mod align;
mod bits;
mod codec;
mod error;
mod facts;
mod manifest;

pub mod captions;
pub mod cmaf;
pub mod flv;
pub mod index;
pub mod map;
pub mod matroska;
pub mod mp4;
pub mod mpegts;
pub mod packed;
pub mod progressive;
pub mod protect;
pub mod reorder;
pub mod smooth;
pub mod sniff;
pub mod timing;
pub mod transport;

pub use codec::{AvcProfile, Codec};
pub use error::{FourCc, Mp4Error};
pub use facts::{FrameRate, TrackKind, VideoRange};
pub use manifest::{dash, hls, presentation, storyboard};
pub use map::{MapError, PlannedTrack, SegmentMap, TrackHeader};
pub use mp4::{Movie, Track};
pub use presentation::{Presentation, Rendition};
pub use progressive::Progressive;
