//! Indexing of containers that have no sample table, so that a file plays from its own bytes.
//!
//! An [`Indexer`] asks for the bytes that it needs, in the order of the file, and gives the tracks once their headers
//! are known and the samples as they are found: where each lies, when it is decoded and shown, whether decoding may
//! begin with it. Media is stepped over where that saves reading. [`crate::matroska`] is one.
//!
//! Times are those of the container in ticks of the track, without a common origin: the first sample of a file may be
//! at any time, and sound that begins with encoder priming begins before what it belongs to.

mod audio;
mod bits;
mod clock;
mod entry;
mod error;
mod reorder;
mod track;
mod vp9;
mod window;

pub(crate) use audio::FrameLength;
pub(crate) use bits::BitsExt;
pub(crate) use clock::{FrameGrid, SampleClock, frame_rate};
pub(crate) use entry::{Sound, Visual, dfla, dops, esds, pixel_aspect};
pub(crate) use reorder::Reorder;
pub(crate) use vp9::FrameHeader as Vp9Frame;
pub(crate) use window::Window;

pub use error::IndexError;
pub use track::{IndexedTrack, Indexer, MAX_PIECE, Sample};

/// The most tracks that a file may have.
pub(crate) const MAX_TRACKS: usize = 64;
/// The most samples that a track may have.
pub(crate) const MAX_SAMPLES: u32 = crate::mp4::MAX_SAMPLES;
