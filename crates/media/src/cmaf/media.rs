//! Media segments.

use core::ops::Range;

use super::moof::{Flags, SYNC, flags_of, moof};
use super::write::{boxed, full, put32, put64};
use crate::bits::len_u64;
use crate::map::{Sample, SegmentMap, SegmentSamples};

/// A media segment: bytes made here, followed by byte ranges of the object of the track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSegment {
    /// The boxes in front of the samples, down to the header of the `mdat`.
    pub head: Vec<u8>,
    /// What follows: ranges of the object, in order.
    pub payload: Vec<Range<u64>>,
    /// Length of the whole segment in bytes.
    pub len: u64,
}

/// Media segment `n`, from 0; `None` behind the last. Its sequence number is `n + 1`.
pub fn media_segment(map: &SegmentMap, n: u32) -> Option<MediaSegment> {
    let payload_len = map.segment(n)?.payload_bytes;
    let segment = map.samples(n)?;
    let head = write_head(n, &segment, payload_len, |_, _| {});
    let len = len_u64(head.len()).saturating_add(payload_len);
    Some(MediaSegment { head, payload: segment.runs, len })
}

/// Writes what is in front of the payload of segment `n`, with what `last` adds to the end of the `traf`; it is told where
/// the `moof` begins, from which offsets in it count.
pub(crate) fn write_head(
    n: u32,
    segment: &SegmentSamples,
    payload_len: u64,
    last: impl FnOnce(&mut Vec<u8>, usize),
) -> Vec<u8> {
    let mut head = Vec::with_capacity(256 + segment.samples.len().saturating_mul(12));
    boxed(&mut head, *b"styp", |out| {
        out.extend_from_slice(b"cmfs\0\0\0\0iso6cmfcmsdhcmfs");
    });
    let begin = head.len();
    moof(&mut head, n.saturating_add(1), payload_len, |out| {
        let data_offset = track_fragment(out, segment);
        last(out, begin);
        data_offset
    });
    head
}

/// Bytes of media segment `n`, from 0, up to the end of its first sample: what shows the picture that it begins with.
pub fn first_sample_end(map: &SegmentMap, n: u32) -> Option<u64> {
    let segment = media_segment(map, n)?;
    Some(len_u64(segment.head.len()).saturating_add(map.first_size(n)?.into()))
}

/// What all samples of a segment have in common, and what is written for each.
struct Shape {
    duration: Option<u32>,
    size: Option<u32>,
    flags: Flags,
    has_offsets: bool,
}

impl Shape {
    fn of(samples: &[Sample]) -> Self {
        let same = |value: fn(&Sample) -> u32| {
            let first = samples.first().map(value)?;
            samples.iter().all(|sample| value(sample) == first).then_some(first)
        };
        Self {
            duration: same(|sample| sample.duration),
            size: same(|sample| sample.size),
            flags: Flags::of(samples),
            has_offsets: samples.iter().any(|sample| sample.composition_offset != 0),
        }
    }
}

/// Writes the boxes of a `traf`. Returns where the data offset is to be filled in.
fn track_fragment(out: &mut Vec<u8>, segment: &SegmentSamples) -> usize {
    let samples = segment.samples.as_slice();
    let shape = Shape::of(samples);
    let default_duration = shape.duration.or_else(|| samples.first().map(|sample| sample.duration)).unwrap_or(0);
    // default-base-is-moof, default duration and flags; the default size only where it serves.
    let header_flags = 0x02_0028 | if shape.size.is_some() { 0x10 } else { 0 };
    full(out, *b"tfhd", 0, header_flags, |out| {
        put32(out, 1);
        put32(out, default_duration);
        if let Some(size) = shape.size {
            put32(out, size);
        }
        put32(out, shape.flags.default());
    });
    full(out, *b"tfdt", 1, 0, |out| put64(out, segment.decode_time));
    let run_flags = 0x1
        | shape.flags.fields()
        | if shape.duration.is_none() { 0x100 } else { 0 }
        | if shape.size.is_none() { 0x200 } else { 0 }
        | if shape.has_offsets { 0x800 } else { 0 };
    let mut data_offset = 0;
    full(out, *b"trun", 1, run_flags, |out| {
        put32(out, u32::try_from(samples.len()).unwrap_or(u32::MAX));
        data_offset = out.len();
        put32(out, 0);
        if matches!(shape.flags, Flags::FirstSync) {
            put32(out, SYNC);
        }
        for sample in samples {
            if shape.duration.is_none() {
                put32(out, sample.duration);
            }
            if shape.size.is_none() {
                put32(out, sample.size);
            }
            if matches!(shape.flags, Flags::Each) {
                put32(out, flags_of(sample));
            }
            if shape.has_offsets {
                put32(out, sample.composition_offset.cast_unsigned());
            }
        }
    });
    data_offset
}
