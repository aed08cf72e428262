//! What a file holds.

use super::edits::Timeline;
use super::sampling::Survey;
use super::tables::SampleTables;
use super::text::TextTables;
use crate::codec::Codec;
use crate::facts::{FrameRate, TrackKind};
use crate::timing::Timescale;

/// The most tracks that a file may have.
pub const MAX_TRACKS: u64 = 64;

/// A parsed `moov`: facts that are owned, and sample tables that borrow from the bytes given to
/// [`parse`](super::parse).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Movie<'a> {
    /// The tracks, in the order of the file.
    pub tracks: Vec<Track<'a>>,
}

/// One track.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Track<'a> {
    /// The id that the file gives it.
    pub id: u32,
    /// What it is.
    pub kind: TrackKind,
    /// How its samples are coded.
    pub codec: Codec,
    /// BCP 47 tag of its language, where one is named.
    pub language: Option<String>,
    /// A name that somebody chose, not one that a program writes everywhere.
    pub name: Option<String>,
    /// Ticks in a second of its times.
    pub timescale: Timescale,
    /// Sum of the durations of its samples, in its ticks. Zero for tracks that cannot be played.
    pub duration: u64,
    /// How many samples it has.
    pub sample_count: u32,
    /// Bytes of all samples.
    pub payload_bytes: u64,
    /// Width as shown: after pixel aspect and rotation. Zero without picture.
    pub width: u32,
    /// Height as shown: after pixel aspect and rotation. Zero without picture.
    pub height: u32,
    /// Width as coded.
    pub coded_width: u32,
    /// Height as coded.
    pub coded_height: u32,
    /// Clockwise rotation for display: 0, 90, 180 or 270 degrees.
    pub rotation: u16,
    /// Samples of sound in a second. Zero without sound.
    pub sample_rate: u32,
    /// Channels of sound. Zero without sound.
    pub channels: u16,
    /// The frame rate: of nearly all frames where it is steady, else the average.
    pub frame_rate: Option<FrameRate>,
    /// Whether the file marks the track as enabled.
    pub enabled: bool,
    pub(crate) tables: Option<TrackTables<'a>>,
    /// Of text: what its samples are found by.
    pub(crate) text: Option<TextTables<'a>>,
}

impl Track<'_> {
    /// How much of the beginning the edit list skips, in ticks: of sound, the priming that the encoder wrote.
    pub fn skipped(&self) -> u64 {
        let timeline = self.tables.as_ref().map(|tables| tables.timeline).unwrap_or_default();
        timeline.media_time.saturating_sub(timeline.delay).max(0).unsigned_abs()
    }

    /// Whether [`SegmentMap::plan`](crate::SegmentMap::plan) makes a map of it.
    pub fn is_playable(&self) -> bool {
        self.tables.is_some() && self.sample_count > 0
    }
}

/// All that the planner needs of a playable track.
#[derive(Debug, Clone)]
pub(crate) struct TrackTables<'a> {
    pub(crate) samples: SampleTables<'a>,
    pub(crate) survey: Survey,
    pub(crate) timeline: Timeline,
    /// The `stsd` entry in ISO form.
    pub(crate) sample_entry: Vec<u8>,
    /// Transformation matrix of the `tkhd`.
    pub(crate) matrix: [u8; 36],
}
