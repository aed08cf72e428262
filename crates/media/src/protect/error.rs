//! Why a segment cannot be protected, typed by cause.

use thiserror::Error;

use super::Scheme;

/// Why a segment cannot be protected. What it would have said in the clear is not given away instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProtectError {
    /// There is no such segment.
    #[error("there is no segment {n}")]
    NoSegment {
        /// Its number, from 0.
        n: u32,
    },
    /// Tracks of this kind are not protected so: see [`takes`](super::takes).
    #[error("tracks of this codec cannot be protected by {}", scheme.name())]
    Codec {
        /// The scheme.
        scheme: Scheme,
    },
    /// Other bytes were given than the samples have.
    #[error("the segment has {expected} bytes of samples, and {given} were given")]
    Length {
        /// Bytes of all samples.
        expected: u64,
        /// Bytes that were given.
        given: u64,
    },
    /// A sample is not what its codec says.
    #[error("sample {sample} of the segment is damaged: {what}")]
    Damaged {
        /// Its number in the segment, from 0.
        sample: u32,
        /// A clause.
        what: &'static str,
    },
    /// A sample holds what no rule says how to protect.
    #[error("sample {sample} of the segment cannot be protected: {what}")]
    Unprotectable {
        /// Its number in the segment, from 0.
        sample: u32,
        /// A clause.
        what: &'static str,
    },
    /// The cipher does not work; it says no more.
    #[error("the cipher fails")]
    Cipher,
}

/// What is wrong with one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Damaged(&'static str),
    Unprotectable(&'static str),
}

impl Fault {
    /// The same of a sample of a segment.
    pub(super) fn of(self, sample: u32) -> ProtectError {
        match self {
            Self::Damaged(what) => ProtectError::Damaged { sample, what },
            Self::Unprotectable(what) => ProtectError::Unprotectable { sample, what },
        }
    }
}
