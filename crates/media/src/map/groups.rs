//! How the groups of pictures of a track lie, and what its decoder must know: whether it may stand beside others.

use super::facts::visual_boxes;
use super::{SegmentMap, SegmentSamples, TrackHeader};
use crate::bits::Cursor;
use crate::codec::{AvcProfile, avc_profile};
use crate::facts::{TrackKind, VideoRange};

/// The groups of pictures of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Groups {
    /// Whether the track begins with a sync sample, and no group has pictures that are shown before its sync sample
    /// or after the next one.
    ///
    /// Times say this, not the samples: a picture of an open group that is shown in its place but refers to one in
    /// front of the sync sample is not noticed.
    pub closed: bool,
    /// The longest group in ticks, from sync sample to sync sample or to the end.
    pub longest: u64,
    /// When the first sync sample is shown, in ticks; `None` where there is none.
    pub first_sync: Option<i64>,
}

impl SegmentMap {
    /// Looks at the groups of pictures. Sound has one for each frame.
    pub fn groups(&self) -> Groups {
        let mut groups = Groups { closed: true, longest: 0, first_sync: None };
        let mut sync = None;
        let mut latest = i64::MIN;
        self.each_sample(|_, time, is_sync| {
            if is_sync {
                groups.closed &= time > latest || latest == i64::MIN;
                groups.longest = groups.longest.max(sync.map_or(0, |before: i64| time.abs_diff(before)));
                groups.first_sync = groups.first_sync.or(Some(time));
                sync = Some(time);
            } else {
                groups.closed &= sync.is_some_and(|sync| time > sync);
            }
            latest = latest.max(time);
        });
        let end = self.start().saturating_add_unsigned(self.duration());
        groups.longest = groups.longest.max(sync.map_or(self.duration(), |sync| end.max(sync).abs_diff(sync)));
        groups
    }

    /// Whether every segment begins with a sync sample that is shown before all others of it, and no picture is shown
    /// during another segment.
    pub(super) fn is_closed(&self) -> bool {
        let mut closed = true;
        let mut current = None;
        let (mut latest, mut first) = (i64::MIN, i64::MIN);
        self.each_sample(|segment, time, is_sync| {
            if current != Some(segment) {
                closed &= is_sync && (current.is_none() || time > latest);
                (current, first) = (Some(segment), time);
            }
            closed &= time >= first;
            latest = latest.max(time);
        });
        closed
    }

    /// Calls with the segment, the presentation time and the sync flag of every sample in decode order.
    fn each_sample(&self, mut visit: impl FnMut(u32, i64, bool)) {
        let priming = i64::try_from(self.header().priming).unwrap_or(i64::MAX);
        let mut scratch = SegmentSamples::default();
        for n in 0..self.segment_count() {
            if self.read_samples(n, &mut scratch).is_none() {
                return;
            }
            let mut decode = i64::try_from(scratch.decode_time).unwrap_or(i64::MAX).saturating_sub(priming);
            for sample in &scratch.samples {
                visit(n, decode.saturating_add(i64::from(sample.composition_offset)), sample.sync);
                decode = decode.saturating_add(i64::from(sample.duration));
            }
        }
    }
}

impl TrackHeader {
    /// The range of brightness, as the sample entry tells it: its `colr` box, or the configuration of VP9. Where both
    /// are silent it is the standard range.
    pub fn range(&self) -> VideoRange {
        if self.kind != TrackKind::Video {
            return VideoRange::Sdr;
        }
        let told = visual_boxes(&self.sample_entry).find_map(|(name, body)| match &name {
            b"colr" => {
                let values = body.strip_prefix(b"nclx")?;
                Cursor::new(values.get(2..)?).u16()
            }
            _ => None,
        });
        let configured = || self.configuration(*b"vpcC")?.get(8).copied().map(u16::from);
        told.or_else(configured).map_or(VideoRange::Sdr, VideoRange::of_transfer)
    }

    /// What an H.264 decoder must know; `None` for other codecs, or where the configuration cannot be read.
    pub fn avc(&self) -> Option<AvcProfile> {
        if self.kind != TrackKind::Video {
            return None;
        }
        avc_profile(self.configuration(*b"avcC")?)
    }
}
