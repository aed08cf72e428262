//! Putting what an encoder wrote on the timeline of the film.

use core::time::Duration;

use super::{Cuts, IndexedSample, MapBuilder, MapError, SegmentMap, TrackFacts};
use crate::facts::TrackKind;
use crate::mp4::Movie;
use crate::timing::{Timescale, rescale};

/// Where a chunk lies in the film. Times are presentation ticks of the film, in `scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkPlace {
    /// When its first picture is shown, or the first sample of its sound that is heard.
    pub start: i64,
    /// Ticks in a second of all times here.
    pub scale: Timescale,
    /// When its last picture or sample ends: the start of the chunk behind it.
    pub end: i64,
    /// Where it is cut into segments, sorted.
    pub cuts: Vec<i64>,
    /// Encoder priming in front of `start`, in ticks of the encoded track: at the beginning of a track of sound only.
    pub priming: u64,
    /// The length of segments that is aimed at in all chunks of the track.
    pub target: Duration,
}

impl SegmentMap {
    /// The map of one track of a chunk: an ordinary MP4 file as an encoder writes it, with or without edit list and
    /// whatever time it begins at.
    ///
    /// The first picture is shown at the start, the last until the end, and each is decoded at the time at which the
    /// picture of its rank is shown. So the decode times of chunks join without gap or step, whatever the delay of
    /// the encoder. Frames of sound that begin at the end or behind it are padding of the encoder and left out.
    /// Bit rates are taken out of the sample entry, for they differ from chunk to chunk.
    ///
    /// # Errors
    /// [`MapError::Open`] where a segment of picture does not begin with a sync sample, or where pictures of one
    /// segment are shown during another; [`MapError::Unfit`] where there is no such track or it ends before it begins.
    pub fn of_chunk(movie: &Movie<'_>, track: usize, place: ChunkPlace) -> Result<Self, MapError> {
        let ChunkPlace { start, scale, end, cuts, priming, target } = place;
        let absent = MapError::Unfit { what: "there is no such track" };
        let track = movie.tracks.get(track).ok_or(absent)?;
        let tables = track.tables.as_ref().ok_or(absent)?;
        let facts = TrackFacts::of(track).ok_or(absent)?.without_bit_rates();
        let ticks = |time| rescale(time, scale, track.timescale);
        let priming = i64::try_from(priming).unwrap_or(i64::MAX);
        let (start, end) = (ticks(start).saturating_sub(priming), ticks(end));
        let shift = start.saturating_sub(tables.survey.earliest);
        let mut samples = Vec::new();
        let mut decode = 0i64;
        for sample in tables.samples.samples() {
            let sample = sample.map_err(|_malformed| MapError::Unfit { what: "the chunk is damaged" })?;
            let pts = decode.saturating_add(i64::from(sample.composition)).saturating_add(shift);
            let (offset, size, sync) = (sample.offset, sample.size, sample.sync);
            samples.push(IndexedSample { offset, size, dts: pts, pts, sync });
            decode = decode.saturating_add(i64::from(sample.duration));
        }
        let is_picture = track.kind == TrackKind::Video;
        if !is_picture {
            samples.retain(|sample| sample.pts < end);
        }
        let mut shown: Vec<i64> = samples.iter().map(|sample| sample.pts).collect();
        shown.sort_unstable();
        if shown.last().is_none_or(|last| *last >= end) {
            return Err(MapError::Unfit { what: "the chunk is longer than its place" });
        }
        // Times of pictures and of cuts were rounded separately: the picture nearest to a cut is meant.
        let count = i64::try_from(samples.len()).unwrap_or(i64::MAX).saturating_mul(2);
        let half = if is_picture { end.saturating_sub(start).checked_div(count).unwrap_or(0) } else { 0 };
        let cuts = cuts.into_iter().map(|cut| ticks(cut).saturating_sub(half)).collect();
        let mut builder = MapBuilder::new(facts, target, Cuts::At(cuts));
        for (sample, dts) in samples.iter_mut().zip(shown) {
            sample.dts = dts;
            builder.push(*sample)?;
        }
        let map = builder.finish(Some(end)).ok_or(MapError::Unfit { what: "the chunk is empty" })?;
        if is_picture && !map.is_closed() {
            return Err(MapError::Open);
        }
        Ok(map)
    }
}
