//! Segments without what an encoder puts in front of the sound.

use super::{SegmentMap, SegmentSamples};
use crate::facts::TrackKind;

impl SegmentMap {
    /// The samples of segment `n`, from 0, without those of sound that begin before the timeline does: for formats
    /// that cannot tell players to skip them. The decode time is that of the first that is left.
    ///
    /// Nothing is left of a segment that ends before the timeline begins. Of another the last sample is, whenever it begins.
    pub(crate) fn shown_samples(&self, n: u32) -> Option<SegmentSamples> {
        let mut segment = self.samples(n)?;
        if self.header().kind != TrackKind::Audio {
            return Some(segment);
        }
        let info = self.segment(n)?;
        let is_shown = info.start.saturating_add_unsigned(info.duration) > 0;
        let kept = usize::from(is_shown);
        let (mut count, mut bytes) = (0, 0u64);
        for sample in &segment.samples {
            if segment.decode_time >= self.header().priming || count + kept >= segment.samples.len() {
                break;
            }
            segment.decode_time = segment.decode_time.saturating_add(sample.duration.into());
            bytes = bytes.saturating_add(sample.size.into());
            count += 1;
        }
        segment.samples.drain(..count);
        for run in &mut segment.runs {
            let cut = bytes.min(run.end.saturating_sub(run.start));
            run.start += cut;
            bytes -= cut;
        }
        segment.runs.retain(|run| !run.is_empty());
        Some(segment)
    }
}
