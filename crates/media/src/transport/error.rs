//! Why a segment cannot be written.

use thiserror::Error;

/// Why the bytes of a segment cannot be put into a transport stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// They are not those that the plan asked for.
    #[error("the samples of the segment have {needs} bytes, but {has} were given")]
    Length {
        /// Bytes of the samples.
        needs: u64,
        /// Bytes that were given.
        has: usize,
    },
    /// A picture is damaged: its units do not fit into it.
    #[error("picture {number} of the segment is damaged: a unit reaches past its end")]
    Unit {
        /// Which of the segment's pictures that have bytes, from 0 in decode order.
        number: usize,
    },
    /// A frame of sound is longer than its header or its packet can say.
    #[error("frame {number} of sound in the segment is damaged: it has {len} bytes, more than any can have")]
    Frame {
        /// Which of the segment's frames that have bytes, from 0.
        number: usize,
        /// Its bytes.
        len: u32,
    },
}
