//! What can be wrong with a file that is indexed, typed by cause.

use thiserror::Error;

/// Why a file cannot be indexed. Each message may be shown to the person who uploaded the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The file is of another kind.
    #[error("this is not a {format} file")]
    Foreign {
        /// The kind that it should be.
        format: &'static str,
    },
    /// Something contradicts itself or its neighbors.
    #[error("the file is damaged at byte {offset}: {why}")]
    Malformed {
        /// Where, in bytes from the beginning of the file.
        offset: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// The media begins before, or the file ends without, a description of the tracks.
    #[error("the file does not say what tracks it has: it was cut short, or it is damaged")]
    NoTracks,
    /// A track changes its codec configuration on the way.
    #[error("the {track} changes its codec configuration in the middle: export the video with one configuration")]
    SeveralConfigurations {
        /// Picture or sound.
        track: &'static str,
    },
    /// The file asks for more work than one upload may.
    #[error("the file is larger than can be handled: at most {limit} {what} are allowed")]
    LimitExceeded {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
}
