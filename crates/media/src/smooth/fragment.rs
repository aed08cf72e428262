//! Fragments ([MS-SSTR], 2.2.4).

use core::ops::Range;

use super::time::{shown, ticks};
use crate::bits::len_u64;
use crate::cmaf::MediaSegment;
use crate::cmaf::moof::{Flags, SYNC, flags_of, moof};
use crate::cmaf::write::{boxed, full, put32, put64};
use crate::facts::TrackKind;
use crate::map::{Sample, SegmentMap, SegmentSamples};
use crate::timing::{Timescale, rescale};

/// Type of the box that tells when a fragment starts and how long it is ([MS-SSTR], 2.2.4.4).
const TFXD: [u8; 16] = *b"\x6d\x1d\x9b\x05\x42\xd5\x44\xe6\x80\xe2\x14\x1d\xaf\xf7\x57\xb2";

/// The only track. Players put the id there that they gave it.
const TRACK: u32 = 1;

/// Segment `n`, from 0, as a fragment: a `moof` and an `mdat`. `None` behind the last, and where nothing of it is shown.
/// Its sequence number is `n + 1`.
///
/// The first sample is decoded when the fragment starts, and the last ends when it does, so that the decode times of
/// fragments join whatever the delay of the encoder. There is no `tfdt`: players put the start of the address there.
pub fn fragment(map: &SegmentMap, n: u32) -> Option<MediaSegment> {
    let shown = shown(map, n)?;
    let SegmentSamples { samples, runs, decode_time } = map.shown_samples(n)?;
    if samples.is_empty() {
        return None;
    }
    let scale = map.header().timescale;
    let span = ticks(shown.start, scale)..ticks(shown.end, scale);
    let timed = Timeline::new(map, shown, &samples, decode_time).retimed(&samples, &span);
    let payload_len = runs.iter().map(|run| run.end.saturating_sub(run.start)).sum();
    let mut head = Vec::with_capacity(160 + timed.len().saturating_mul(16));
    moof(&mut head, n.saturating_add(1), payload_len, |out| track_fragment(out, &timed, span));
    let len = len_u64(head.len()).saturating_add(payload_len);
    Some(MediaSegment { head, payload: runs, len })
}

/// When the samples of a segment are decoded and shown, in ticks of the track.
struct Timeline {
    scale: Timescale,
    /// When the first is decoded by the map, on the timeline of the presentation.
    first: i64,
    /// When the first is decoded here.
    start: u64,
    /// How long the samples last by the map, and how much of that there is room for before the next fragment: less where
    /// that begins with pictures that are shown before the one at which decoding begins.
    total: u64,
    room: u64,
}

impl Timeline {
    fn new(map: &SegmentMap, shown: Range<u64>, samples: &[Sample], decode_time: u64) -> Self {
        let first = i64::try_from(decode_time).unwrap_or(i64::MAX).saturating_sub_unsigned(map.header().priming);
        let total = samples.iter().map(|sample| u64::from(sample.duration)).sum();
        // Sound in front of which something was left out begins a part of a frame later, and a last frame that stays, with
        // the timeline.
        let (first, start) = match map.header().kind {
            TrackKind::Audio => (first.max(0), first.max(0).unsigned_abs().max(shown.start).min(shown.end)),
            _ => (first, shown.start),
        };
        let room = shown.end.saturating_sub(start).min(total);
        Self { scale: map.header().timescale, first, start, total, room }
    }

    /// The samples with durations and offsets in units of 100 nanoseconds. Times are converted, and durations are the
    /// differences, so that nothing drifts.
    fn retimed(&self, samples: &[Sample], span: &Range<u64>) -> Vec<Sample> {
        let mut passed = 0u64;
        let mut decode = span.start;
        let mut timed = Vec::with_capacity(samples.len());
        for (at, sample) in (1..).zip(samples) {
            let composed = self.first.saturating_add_unsigned(passed).saturating_add(sample.composition_offset.into());
            let composed = rescale(composed, self.scale, Timescale::HUNDRED_NANOS);
            let offset = composed.saturating_sub_unsigned(decode);
            passed = passed.saturating_add(sample.duration.into());
            let next = if at == samples.len() { span.end } else { self.decoded_after(passed) };
            timed.push(Sample {
                size: sample.size,
                duration: u32::try_from(next.saturating_sub(decode)).unwrap_or(u32::MAX),
                composition_offset: i32::try_from(offset).unwrap_or(if offset < 0 { i32::MIN } else { i32::MAX }),
                sync: sample.sync,
            });
            decode = next;
        }
        timed
    }

    /// When the sample is decoded in front of which others last so long by the map, in units of 100 nanoseconds.
    fn decoded_after(&self, passed: u64) -> u64 {
        let moved = u128::from(passed) * u128::from(self.room);
        let moved = moved.checked_div(self.total.into()).and_then(|moved| u64::try_from(moved).ok());
        ticks(self.start.saturating_add(moved.unwrap_or(0)), self.scale)
    }
}

/// Writes the boxes of a `traf`. Returns where the data offset is to be filled in.
///
/// Every sample tells its duration and size: not all players look for defaults.
fn track_fragment(out: &mut Vec<u8>, samples: &[Sample], span: Range<u64>) -> usize {
    let flags = Flags::of(samples);
    let has_offsets = samples.iter().any(|sample| sample.composition_offset != 0);
    let is_signed = samples.iter().any(|sample| sample.composition_offset < 0);
    // default-base-is-moof, default flags.
    full(out, *b"tfhd", 0, 0x02_0020, |out| {
        put32(out, TRACK);
        put32(out, flags.default());
    });
    let run_flags = 0x301 | flags.fields() | if has_offsets { 0x800 } else { 0 };
    let mut data_offset = 0;
    full(out, *b"trun", u8::from(is_signed), run_flags, |out| {
        put32(out, u32::try_from(samples.len()).unwrap_or(u32::MAX));
        data_offset = out.len();
        put32(out, 0);
        if matches!(flags, Flags::FirstSync) {
            put32(out, SYNC);
        }
        for sample in samples {
            put32(out, sample.duration);
            put32(out, sample.size);
            if matches!(flags, Flags::Each) {
                put32(out, flags_of(sample));
            }
            if has_offsets {
                put32(out, sample.composition_offset.cast_unsigned());
            }
        }
    });
    boxed(out, *b"uuid", |out| {
        out.extend_from_slice(&TFXD);
        // Version 1: both numbers have 64 bits.
        put32(out, 0x0100_0000);
        put64(out, span.start);
        put64(out, span.end.saturating_sub(span.start));
    });
    data_offset
}
