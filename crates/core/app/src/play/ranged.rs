//! Bytes that are fetched in ranges.

use super::segment::Body;
use core::ops::Range;

/// Bytes of a known length, any range of which can be read.
pub trait Ranged {
    /// Names the bytes: others have another name.
    fn tag(&self) -> String;
    /// How many there are.
    fn size(&self) -> u64;
    /// Those of one range, which lies within the size.
    fn read(&self, range: Range<u64>) -> Body;
}
