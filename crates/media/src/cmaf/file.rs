//! A track in one file that tells where its segments are (ISO/IEC 23009-1, 8.3: the on-demand profile).

use core::ops::Range;

use super::init::init_segment;
use super::media::media_segment;
use super::write::{full, put16, put32, put64};
use crate::bits::{len_u64, to_usize};
use crate::map::{SegmentInfo, SegmentMap};

/// Brand of files that begin with their initialization and their index (ISO/IEC 23009-1, 6.3.4.2).
const BRAND: &[u8; 4] = b"dash";
/// Bytes of a `sidx` in front of what it says of segments, and of that for each.
const INDEX: u64 = 40;
const REFERENCE: u64 = 12;

/// Where a file has what players read first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// The initialization.
    pub init: Range<u64>,
    /// The index of the segments, right behind it.
    pub index: Range<u64>,
}

impl Front {
    /// That of the file of a track; quickly, for no segment is rendered. `None` where an index has no room for so many.
    pub fn of(map: &SegmentMap) -> Option<Self> {
        let segments = u64::from(u16::try_from(map.segment_count()).ok()?);
        let init = len_u64(init(map).len());
        Some(Self { init: 0..init, index: init..init + INDEX + REFERENCE * segments })
    }
}

/// A track in one file: the initialization segment, an index, and all media segments one after the other. It is never
/// written: where its segments are is known, and each is rendered when it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedFile {
    front: Vec<u8>,
    /// Where each segment ends, in the file.
    ends: Vec<u64>,
}

impl IndexedFile {
    /// The file of a track. Of a long film this takes some milliseconds of a processor.
    ///
    /// `None` where an index has no room for so many segments, or for one of that size.
    pub fn new(map: &SegmentMap) -> Option<Self> {
        let Front { index, .. } = Front::of(map)?;
        let mut front = init(map);
        let mut end = index.end;
        let mut ends = Vec::with_capacity(to_usize(map.segment_count()));
        let mut references = Vec::with_capacity(ends.capacity());
        for (n, segment) in (0..).zip(map.segments()) {
            let size = media_segment(map, n)?.len;
            references.push((u32::try_from(size).ok().filter(|size| size >> 31 == 0)?, length(segment)?));
            end = end.checked_add(size)?;
            ends.push(end);
        }
        write_index(&mut front, map, &references);
        Some(Self { front, ends })
    }

    /// The bytes in front of the segments.
    pub fn front(&self) -> &[u8] {
        &self.front
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.ends.last().copied().unwrap_or(len_u64(self.front.len()))
    }

    /// Bytes that it holds in memory, roughly.
    pub fn weight(&self) -> usize {
        self.front.len().saturating_add(self.ends.len().saturating_mul(size_of::<u64>()))
    }

    /// The segments in which a range of the file lies, with the part of each, which counts from its own beginning. What lies
    /// in the [`front`](Self::front) is in none.
    pub fn segments(&self, range: Range<u64>) -> Vec<(u32, Range<u64>)> {
        let first = self.ends.partition_point(|end| *end <= range.start);
        let mut start = first.checked_sub(1).and_then(|before| self.ends.get(before).copied());
        let mut parts = Vec::new();
        for (n, end) in (0_u32..).zip(&self.ends).skip(first) {
            let begin = start.unwrap_or(len_u64(self.front.len()));
            if begin >= range.end {
                break;
            }
            let part = range.start.max(begin) - begin..range.end.min(*end).saturating_sub(begin);
            if !part.is_empty() {
                parts.push((n, part));
            }
            start = Some(*end);
        }
        parts
    }
}

/// The initialization segment, with the brand of such files.
fn init(map: &SegmentMap) -> Vec<u8> {
    let mut init = init_segment(map);
    let Some((size, _)) = init.split_first_chunk_mut::<4>() else { return init };
    let end = u32::from_be_bytes(*size);
    *size = end.saturating_add(4).to_be_bytes();
    let end = to_usize(end).min(init.len());
    init.splice(end..end, *BRAND);
    init
}

/// How long a segment is shown, in ticks: what lies in front of the beginning is not.
fn length(segment: SegmentInfo) -> Option<u32> {
    let end = segment.start.saturating_add_unsigned(segment.duration).max(0);
    u32::try_from(end.saturating_sub(segment.start.max(0))).ok()
}

/// The `sidx` (ISO/IEC 14496-12, 8.16.3).
fn write_index(out: &mut Vec<u8>, map: &SegmentMap, references: &[(u32, u32)]) {
    // Each begins with a sample that can be decoded by itself, of type 1.
    let access_point = if map.header().independent { 0x9000_0000 } else { 0 };
    full(out, *b"sidx", 1, 0, |out| {
        put32(out, 1);
        put32(out, map.header().timescale.get());
        put64(out, map.start().max(0).unsigned_abs());
        put64(out, 0);
        put16(out, 0);
        put16(out, u16::try_from(references.len()).unwrap_or(u16::MAX));
        for (size, duration) in references {
            put32(out, *size);
            put32(out, *duration);
            put32(out, access_point);
        }
    });
}
