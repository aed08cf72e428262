//! The segment map of a track: the index from which every format is rendered.
//!
//! A map wraps its own encoded bytes and is rendered from them directly. Layout of version 1, numbers big-endian,
//! "varint" being unsigned LEB128 and "zigzag" its signed form:
//!
//! | part | content |
//! |---|---|
//! | prefix, 24 bytes | magic `KMAP`, version (u32), length of the header (u32), segments (u32), length of the blocks (u64) |
//! | header | facts of the track, see `header.rs` |
//! | table | 40 bytes for each segment: offset of its block (u32), samples (u32), start (i64), duration (u64), decode time (u64), payload bytes (u64) |
//! | blocks | for each segment its samples in columns, see `block.rs` |
//!
//! One segment is rendered by decoding only its own block. [`SegmentMap::decode`] checks all of it once, so that
//! rendering cannot fail later.

mod block;
mod builder;
mod chunk;
mod cuts;
mod decode;
mod facts;
mod groups;
mod header;
mod join;
mod plan;
mod segments;
mod shown;
mod start;
mod write;

use core::ops::Range;

use thiserror::Error;

pub(crate) use decode::bits_per_second;

pub use builder::MapBuilder;
pub use chunk::ChunkPlace;
pub use cuts::Cuts;
pub(crate) use facts::visual_boxes;
pub use facts::{Color, TrackFacts};
pub use groups::Groups;
pub use header::TrackHeader;
pub use plan::{DEFAULT_TARGET, PlannedTrack};
pub use segments::{AllRuns, Segments};
pub use start::{TrackStart, shifts};

/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// Why bytes are not a segment map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapError {
    /// They do not begin like one.
    #[error("these bytes are not a segment map")]
    NotAMap,
    /// A map, but of another version.
    #[error("segment map version {found} is not supported; version {VERSION} is")]
    Version {
        /// The version it says.
        found: u32,
    },
    /// A map that was damaged.
    #[error("the segment map is damaged: {what}")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
    /// Samples or parts that no map can hold.
    #[error("the samples do not fit into a segment map: {what}")]
    Unfit {
        /// What is wrong.
        what: &'static str,
    },
    /// Parts that need different initialization segments.
    #[error("the parts cannot be joined: their {what} differ")]
    Differs {
        /// What differs.
        what: &'static str,
    },
    /// Parts that are out of order.
    #[error("the parts cannot be joined: one begins before the one in front of it")]
    Overlap,
    /// Segments that need pictures of another.
    #[error("the encoded chunk has groups of pictures that are not closed where it is cut")]
    Open,
}

/// The segments and samples of one track, with all facts that its initialization segment and manifests need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentMap {
    bytes: Vec<u8>,
    header: TrackHeader,
    table: Range<usize>,
    blocks: Range<usize>,
    /// Bytes of the longest second, over segments.
    peak_bitrate: u64,
    decode_lead: u32,
}

/// One segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SegmentInfo {
    /// Earliest presentation time, in ticks of the track. Negative where the segment begins with encoder priming.
    pub start: i64,
    /// Ticks until the next segment starts, or until the track ends.
    pub duration: u64,
    /// Bytes of all its samples.
    pub payload_bytes: u64,
    /// How many samples it holds.
    pub sample_count: u32,
}

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sample {
    /// Bytes.
    pub size: u32,
    /// Ticks until the next sample is decoded.
    pub duration: u32,
    /// Ticks from its decode time to its composition time.
    pub composition_offset: i32,
    /// Whether decoding can begin here.
    pub sync: bool,
}

impl Sample {
    /// Ticks by which it is shown before it is decoded.
    fn decode_lead(&self) -> u32 {
        self.composition_offset.min(0).unsigned_abs()
    }
}

/// One sample as an index lists it: times in ticks of the track, on whatever timeline the file uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IndexedSample {
    /// Where its bytes begin.
    pub offset: u64,
    /// Bytes.
    pub size: u32,
    /// When it is decoded.
    pub dts: i64,
    /// When it is shown.
    pub pts: i64,
    /// Whether decoding can begin here.
    pub sync: bool,
}

/// The samples of one segment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentSamples {
    /// The samples in decode order.
    pub samples: Vec<Sample>,
    /// Where their bytes lie in the object of the track, in decode order, neighbors joined.
    pub runs: Vec<Range<u64>>,
    /// Decode time of the first sample. It is later than the presentation time by the priming of the track.
    pub decode_time: u64,
}
