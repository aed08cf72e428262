//! What an indexer finds.

use core::ops::Range;

use super::IndexError;
use crate::codec::Codec;
use crate::facts::{FrameRate, TrackKind};
use crate::map::TrackFacts;
use crate::timing::Timescale;

/// One sample as an index lists it. It is never without bytes, and never decoded before the sample that precedes it in
/// its track; it may be shown before it is decoded by a delay that is the same for the whole track.
pub use crate::map::IndexedSample as Sample;

/// The most bytes that an indexer asks for at once.
pub const MAX_PIECE: u64 = 1 << 20;

/// A track, in facts that are owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedTrack {
    /// What it is.
    pub kind: TrackKind,
    /// How its samples are coded.
    pub codec: Codec,
    /// The `stsd` entry in ISO form; empty where the track is not playable.
    pub sample_entry: Vec<u8>,
    /// Ticks in a second of its times.
    pub timescale: Timescale,
    /// Width as shown, after pixel aspect. Zero without picture.
    pub width: u32,
    /// Height as shown. Zero without picture.
    pub height: u32,
    /// Width as coded.
    pub coded_width: u32,
    /// Height as coded.
    pub coded_height: u32,
    /// Samples of sound in a second. Zero without sound.
    pub sample_rate: u32,
    /// Channels of sound. Zero without sound.
    pub channels: u16,
    /// BCP 47 tag of the language, where one is named.
    pub language: Option<String>,
    /// A name that somebody chose.
    pub name: Option<String>,
    /// The frame rate that the headers name. A hint.
    pub frame_rate: Option<FrameRate>,
    /// Whether the file marks the track as one to play.
    pub enabled: bool,
    /// The duration that the headers name, in ticks of the track. A hint.
    pub duration_hint: Option<u64>,
    /// Whether samples of the track are given, and play as they are.
    pub playable: bool,
    /// How much a decoder gives, in ticks of the track, before the sound begins. Presentation times are already
    /// earlier by it: a track whose sound begins at zero has its first sample at `-priming`.
    pub priming: u64,
}

impl IndexedTrack {
    /// What a map of the track says of it; `None` where the track is not playable.
    pub fn facts(&self) -> Option<TrackFacts> {
        self.playable.then(|| {
            TrackFacts::new(self.kind, &self.codec, self.timescale, self.sample_entry.clone())
                .with_size((self.width, self.height), (self.coded_width, self.coded_height))
                .with_frame_rate(self.frame_rate)
                .with_sound(self.sample_rate, self.channels)
                .with_language(self.language.clone())
                .with_name(self.name.clone())
                .with_enabled(self.enabled)
        })
    }
}

/// Finds the samples of a file, reading it from its beginning to its end and stepping over what it need not see.
///
/// The caller reads what [`wants`](Self::wants) names and gives it to [`feed`](Self::feed), until nothing is wanted.
pub trait Indexer {
    /// The bytes that come next, in the order of the file and never more than [`MAX_PIECE`]. `None` once all of the
    /// file is indexed, once nothing in it is known to play, or after an error.
    fn wants(&self) -> Option<Range<u64>>;

    /// Takes bytes that begin where [`wants`](Self::wants) begins. They may be fewer than wanted; none at all mean
    /// that the file ends there.
    ///
    /// # Errors
    /// What is wrong with the file. Samples found so far stay valid; nothing more is wanted.
    fn feed(&mut self, bytes: &[u8]) -> Result<(), IndexError>;

    /// The tracks, in the order of the file, once they are known. They do not change afterwards.
    fn tracks(&self) -> Option<&[IndexedTrack]>;

    /// The samples found since the last call, with the place of their track in [`tracks`](Self::tracks): in decode
    /// order within each track. None before the tracks are known.
    fn drain(&mut self) -> Vec<(usize, Sample)>;

    /// How far into the file everything is indexed.
    fn position(&self) -> u64;
}
