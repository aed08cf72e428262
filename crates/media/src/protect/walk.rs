//! Walking through the samples of a track, whatever its codec is.

use super::error::Fault;
use super::ranges::{Ranges, Subsample};
use super::{Scheme, av1, avc, hevc, vp9};
use crate::facts::TrackKind;
use crate::map::{TrackHeader, visual_boxes};

/// Finds the protected ranges of samples, one after the other from the beginning of a segment.
pub(super) struct Walk {
    codec: Codec,
    ranges: Ranges,
}

enum Codec {
    /// Samples are protected as a whole.
    Whole,
    Avc(avc::Walk),
    Hevc(hevc::Walk),
    Av1(Box<av1::Walk>),
    Vp9(vp9::Walk),
}

impl Walk {
    /// `None` for a track that cannot be protected so.
    pub(super) fn new(header: &TrackHeader, scheme: Scheme) -> Option<Self> {
        let config = |wanted: &[u8; 4]| {
            visual_boxes(&header.sample_entry).find(|(name, _)| name == wanted).map(|(_, config)| config)
        };
        let codec = match (header.kind, header.codec_name.as_str()) {
            (TrackKind::Audio, _) => Codec::Whole,
            (TrackKind::Video, "h264") => Codec::Avc(avc::Walk::new(config(b"avcC")?)?),
            (TrackKind::Video, "hevc") => Codec::Hevc(hevc::Walk::new(config(b"hvcC")?)?),
            (TrackKind::Video, "av1") => Codec::Av1(Box::new(av1::Walk::new(config(b"av1C")?))),
            // The binding of VP9 knows the one scheme only.
            (TrackKind::Video, "vp9") if scheme == Scheme::Cenc => Codec::Vp9(vp9::Walk::default()),
            _ => return None,
        };
        Some(Self { codec, ranges: Ranges::new(scheme) })
    }

    /// The ranges of the next sample; `None` where it is protected as a whole.
    pub(super) fn sample(&mut self, sample: &[u8]) -> Result<Option<Vec<Subsample>>, Fault> {
        let ranges = &mut self.ranges;
        match &mut self.codec {
            Codec::Whole => return Ok(None),
            Codec::Avc(walk) => walk.sample(sample, ranges)?,
            Codec::Hevc(walk) => walk.sample(sample, ranges)?,
            Codec::Av1(walk) => walk.sample(sample, ranges)?,
            Codec::Vp9(walk) => walk.sample(sample, ranges)?,
        }
        ranges.finish(sample.len()).map(Some)
    }
}
