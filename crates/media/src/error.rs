//! What can be wrong with an MP4 file, typed by cause.

use core::fmt;

use thiserror::Error;

/// The four-character code that names a box, a brand or a sample format.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FourCc(pub [u8; 4]);

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FourCc({self})")
    }
}

/// Why a file cannot be packaged. Each message may be shown to the person who uploaded the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Mp4Error {
    /// The file stops before something that its index promises.
    #[error(
        "the file is cut short: {what} needs {needs} bytes, but the file has only {has} ({} bytes are missing); upload the whole file",
        needs.saturating_sub(*has)
    )]
    Truncated {
        /// What reaches past the end.
        what: &'static str,
        /// Bytes that the file would need to have, counted from its beginning.
        needs: u64,
        /// Bytes that it has.
        has: u64,
    },
    /// No index was found anywhere in the file.
    #[error(
        "the file has no index (moov box): it was not finished by the program that recorded it, or it is not an MP4 or MOV file"
    )]
    NoMoov,
    /// A box contradicts itself or its neighbors.
    #[error("the file is damaged: the '{name}' box at byte {offset} {why}")]
    Malformed {
        /// The box.
        name: FourCc,
        /// Where it begins: bytes from the beginning of the `moov` box, or of the file for boxes beside it.
        offset: u64,
        /// A clause that completes "the box ...".
        why: &'static str,
    },
    /// The samples are in movie fragments (`moof`), of which the `moov` holds no index.
    #[error("the file is fragmented (fMP4): its samples are not indexed in one place; convert it to an ordinary MP4")]
    Fragmented,
    /// One sample cannot lie in this file, whatever was cut off.
    #[error("the file is damaged: sample {sample} of track {track} lies outside the file")]
    SampleOutsideFile {
        /// Track id.
        track: u32,
        /// Number of the sample, from 0.
        sample: u32,
    },
    /// The samples are encrypted.
    #[error("track {track} is encrypted (DRM): upload the video without protection")]
    Encrypted {
        /// Track id.
        track: u32,
    },
    /// The file asks for more work than one upload may.
    #[error("the file is larger than can be handled: at most {limit} {what} are allowed")]
    LimitExceeded {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
    /// The edit list says more than "begin later" and "skip the beginning".
    #[error("the edit list of track {track} {why}: export the video as a new file so that its edits are applied")]
    UnsupportedEdits {
        /// Track id.
        track: u32,
        /// A clause that completes "the edit list ...".
        why: &'static str,
    },
    /// The samples of one track change their codec configuration on the way.
    #[error("track {track} changes its codec configuration in the middle: export the video with one configuration")]
    SeveralSampleEntries {
        /// Track id.
        track: u32,
    },
    /// The samples are in another file (a QuickTime reference movie).
    #[error("the media of track {track} is in another file: export a self-contained movie")]
    ExternalMedia {
        /// Track id.
        track: u32,
    },
}
