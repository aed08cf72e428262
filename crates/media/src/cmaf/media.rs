//! Media segments.

use core::ops::Range;

use super::write::{boxed, full, put32, put64};
use crate::bits::len_u64;
use crate::map::{Sample, SegmentMap, SegmentSamples};

/// Flags of a sample that decoding can begin with, and of any other (ISO/IEC 14496-12, 8.8.3.1).
const SYNC: u32 = 0x0200_0000;
const NON_SYNC: u32 = 0x0101_0000;

/// A media segment: bytes made here, followed by byte ranges of the object of the track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSegment {
    /// `styp`, `moof` and the header of the `mdat`.
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
    let mut head = Vec::with_capacity(256 + segment.samples.len().saturating_mul(12));
    boxed(&mut head, *b"styp", |out| {
        out.extend_from_slice(b"cmfs\0\0\0\0iso6cmfcmsdhcmfs");
    });
    let moof = head.len();
    let (mdat_header_len, mdat_size) = match u32::try_from(payload_len.saturating_add(8)) {
        Ok(size) => (8, Some(size)),
        Err(_) => (16, None),
    };
    let mut data_offset = None;
    boxed(&mut head, *b"moof", |out| {
        full(out, *b"mfhd", 0, 0, |out| put32(out, n.saturating_add(1)));
        boxed(out, *b"traf", |out| {
            data_offset = Some(track_fragment(out, &segment));
        });
    });
    let moof_len = u32::try_from(head.len() - moof).unwrap_or(u32::MAX);
    if let Some(field) = data_offset.and_then(|at| head.get_mut(at..)).and_then(|rest| rest.first_chunk_mut::<4>()) {
        *field = moof_len.saturating_add(mdat_header_len).to_be_bytes();
    }
    put32(&mut head, mdat_size.unwrap_or(1));
    head.extend_from_slice(b"mdat");
    if mdat_size.is_none() {
        put64(&mut head, payload_len.saturating_add(16));
    }
    let len = len_u64(head.len()).saturating_add(payload_len);
    Some(MediaSegment { head, payload: segment.runs, len })
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

enum Flags {
    Same(u32),
    /// The first is a sync sample, the others are not.
    FirstSync,
    Each,
}

impl Shape {
    fn of(samples: &[Sample]) -> Self {
        let same = |value: fn(&Sample) -> u32| {
            let first = samples.first().map(value)?;
            samples.iter().all(|sample| value(sample) == first).then_some(first)
        };
        let flags = match same(flags_of) {
            Some(flags) => Flags::Same(flags),
            None => match samples.split_first() {
                Some((first, rest)) if first.sync && rest.iter().all(|sample| !sample.sync) => Flags::FirstSync,
                _ => Flags::Each,
            },
        };
        Self {
            duration: same(|sample| sample.duration),
            size: same(|sample| sample.size),
            flags,
            has_offsets: samples.iter().any(|sample| sample.composition_offset != 0),
        }
    }
}

fn flags_of(sample: &Sample) -> u32 {
    if sample.sync { SYNC } else { NON_SYNC }
}

/// Writes the boxes of a `traf`. Returns where the data offset is to be filled in.
fn track_fragment(out: &mut Vec<u8>, segment: &SegmentSamples) -> usize {
    let samples = segment.samples.as_slice();
    let shape = Shape::of(samples);
    let default_duration = shape.duration.or_else(|| samples.first().map(|sample| sample.duration)).unwrap_or(0);
    let default_flags = match shape.flags {
        Flags::Same(flags) => flags,
        Flags::FirstSync | Flags::Each => NON_SYNC,
    };
    // default-base-is-moof, default duration and flags; the default size only where it serves.
    let header_flags = 0x02_0028 | if shape.size.is_some() { 0x10 } else { 0 };
    full(out, *b"tfhd", 0, header_flags, |out| {
        put32(out, 1);
        put32(out, default_duration);
        if let Some(size) = shape.size {
            put32(out, size);
        }
        put32(out, default_flags);
    });
    full(out, *b"tfdt", 1, 0, |out| put64(out, segment.decode_time));
    let run_flags = 0x1
        | if matches!(shape.flags, Flags::FirstSync) { 0x4 } else { 0 }
        | if shape.duration.is_none() { 0x100 } else { 0 }
        | if shape.size.is_none() { 0x200 } else { 0 }
        | if matches!(shape.flags, Flags::Each) { 0x400 } else { 0 }
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
