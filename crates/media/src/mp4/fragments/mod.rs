//! Fragmented MP4 and MOV: the index of a file whose samples are described piece by piece (`moof`).

mod indexer;
mod runs;
mod traf;
mod walk;

use crate::codec::Codec;
use crate::facts::TrackKind;
use crate::map::TrackFacts;

pub use indexer::FragmentIndexer;
pub use runs::MAX_MOOF_SAMPLES;
pub use walk::MAX_MOOF_LEN;

pub(crate) use runs::{Run, Runs};
pub(crate) use walk::Walk;

/// One track of a fragmented file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FragmentTrack {
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
    /// Its facts; `None` where it cannot be packaged. The frame rate is known with the first fragment.
    pub facts: Option<TrackFacts>,
    /// When a sample with a `pts` of zero is shown, by the edit list: see
    /// [`TrackStart::offset`](crate::map::TrackStart::offset).
    pub shift: i64,
    /// When the samples that were found so far end, on the timeline of their `pts`.
    pub end_pts: Option<i64>,
}
