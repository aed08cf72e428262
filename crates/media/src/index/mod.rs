//! Indexing of containers that have no sample table, so that a file plays from its own bytes.
//!
//! An [`Indexer`] asks for the bytes that it needs, in the order of the file, and gives the tracks once their headers
//! are known and the samples as they are found: where each lies, when it is decoded and shown, whether decoding may
//! begin with it. Media is stepped over where that saves reading. [`crate::matroska`] and [`crate::flv`] are indexers;
//! [`crate::mpegts`] shares their tracks and clocks, though its samples have to be rewritten.
//!
//! Times are those of the container in ticks of the track, without a common origin: the first sample of a file may be
//! at any time, and sound that begins with encoder priming begins before what it belongs to.

mod av1;
mod avc;
mod bits;
mod clock;
mod entry;
mod error;
mod hevc;
mod length;
mod nal;
mod number;
mod picture;
mod reorder;
mod sound;
mod track;
mod vp9;
mod window;

pub(crate) use av1::{
    Choice as Av1Choice, Sequence as Av1Sequence, size as av1_size, unit as av1_unit, units as av1_units,
};
pub(crate) use avc::{PictureOrder as AvcOrder, Sequence as AvcSequence, Slice as AvcSlice};
pub(crate) use bits::BitsExt;
pub(crate) use clock::{FrameGrid, SampleClock, frame_rate};
pub(crate) use entry::pixel_aspect;
pub(crate) use hevc::Sequence as HevcSequence;
pub(crate) use length::{FrameLength, Mp3Header};
pub(crate) use nal::{Golomb, unescaped};
pub(crate) use number::rounded;
pub(crate) use picture::{KnownPicture, Picture};
pub(crate) use reorder::Reorder;
pub(crate) use sound::KnownSound;
pub(crate) use vp9::FrameHeader as Vp9Frame;
pub(crate) use window::Window;

pub use error::IndexError;
pub use track::{IndexedTrack, Indexer, MAX_PIECE, Sample};

/// The most tracks that a file may have.
pub(crate) const MAX_TRACKS: usize = 64;
/// The most samples that a track may have.
pub(crate) const MAX_SAMPLES: u32 = crate::mp4::MAX_SAMPLES;
