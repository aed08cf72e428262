//! Cutting tracks into segments.
//!
//! Picture is cut at the first sync sample at or after each point of a regular grid, so that a long group of pictures
//! makes a long segment. Sound is cut at the frame that is heard at each cut of the first picture track, so that who begins
//! with a picture has its sound whole; and at those of the grid where no picture is or it has ended. A rest of sound that is too
//! short for a segment of its own belongs to the one before it.

use core::time::Duration;

use super::block::Columns;
use super::cuts::{Cutter, shortest_last, target_ms};
use super::write::Writer;
use super::{MapError, Sample, SegmentMap, TrackHeader};
use crate::align::{self, Laid, Placement};
use crate::error::{FourCc, Mp4Error};
use crate::facts::TrackKind;
use crate::mp4::{Movie, Track, TrackTables};

/// The length of segments that is aimed at unless somebody wants another.
pub const DEFAULT_TARGET: Duration = Duration::from_secs(4);

/// A track of a movie and its map.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlannedTrack {
    /// Which of [`Movie::tracks`] it is.
    pub track: usize,
    /// Its map.
    pub map: SegmentMap,
    /// By how many of its ticks the presentation lies later than the timeline of the movie, edit lists applied.
    pub shift: i64,
}

impl SegmentMap {
    /// Cuts every playable track of a movie into segments of about `target`.
    ///
    /// Tracks that cannot be packaged are left out; which of several picture tracks plays is for the caller to say.
    ///
    /// # Errors
    /// Sample tables whose times do not fit together.
    pub fn plan(movie: &Movie<'_>, target: Duration) -> Result<Vec<PlannedTrack>, Mp4Error> {
        let target_ms = target_ms(target);
        let playable: Vec<_> = movie
            .tracks
            .iter()
            .enumerate()
            .filter(|(_, track)| track.is_playable())
            .filter_map(|(index, track)| Some((index, track, track.tables.as_ref()?)))
            .collect();
        let laid: Vec<_> = playable.iter().map(|(_, track, tables)| lay(track, tables)).collect();
        let placed = align::place(&laid);
        let mut maps = Vec::new();
        let mut points = Vec::new();
        let mut followed = None;
        let pictures = |track: &Track<'_>| track.kind == TrackKind::Video;
        // Picture first: sound follows it. Then the order of the file again.
        for wants_picture in [true, false] {
            for (((index, track, tables), placement), own) in playable.iter().zip(&placed).zip(&laid) {
                if pictures(track) != wants_picture {
                    continue;
                }
                let cuts = match followed {
                    Some((scale, end)) if !wants_picture => {
                        Cutter::following(points.clone(), end, scale, (track.timescale, target_ms))
                    }
                    _ => Cutter::grid(track.timescale, target_ms),
                };
                let map = cut(track, tables, *placement, cuts)?;
                if wants_picture && followed.is_none() {
                    points = map.segments().skip(1).map(|segment| segment.start).collect();
                    let end = map.start().saturating_add_unsigned(map.duration());
                    followed = Some((track.timescale, end));
                }
                let shift = placement.offset.saturating_sub(own.offset);
                maps.push(PlannedTrack { track: *index, map, shift });
            }
        }
        maps.sort_by_key(|planned| planned.track);
        Ok(maps)
    }
}

fn lay(track: &Track<'_>, tables: &TrackTables<'_>) -> Laid {
    Laid {
        kind: track.kind,
        scale: track.timescale,
        first: tables.survey.first,
        earliest: tables.survey.earliest,
        offset: tables.timeline.shift(),
    }
}

fn cut(
    track: &Track<'_>,
    tables: &TrackTables<'_>,
    placement: Placement,
    mut cuts: Cutter,
) -> Result<SegmentMap, Mp4Error> {
    let malformed = |name, why| Mp4Error::Malformed { name: FourCc(name), offset: 0, why };
    let too_large = |_: MapError| Mp4Error::LimitExceeded { what: "samples in one track", limit: 1 << 32 };
    let mut writer = Writer::default();
    let mut columns = Columns::default();
    let mut independent = true;
    let mut decode = 0i64;
    let mut segment_decode = 0i64;
    let mut segment_start = i64::MAX;
    let mut end = tables.survey.end.saturating_add(placement.offset);
    let last_cut = end.saturating_sub(shortest_last(track.timescale));
    for sample in tables.samples.samples() {
        let sample = sample?;
        let composed = decode + i64::from(sample.composition);
        let time = composed.saturating_add(placement.offset);
        let begins = match track.kind {
            TrackKind::Video => sample.sync && cuts.reached(time),
            _ => time <= last_cut && cuts.reached_by_sound(time, time.saturating_add(sample.duration.into())),
        };
        if begins && !columns.samples().is_empty() {
            writer.push(&columns, segment_start, decode_time(segment_decode, placement)).map_err(too_large)?;
            columns.clear();
            segment_decode = decode;
            segment_start = i64::MAX;
        }
        if columns.samples().is_empty() {
            independent &= sample.sync;
        }
        segment_start = segment_start.min(time);
        let composition_offset = i32::try_from(i64::from(sample.composition) - tables.survey.first)
            .map_err(|_overflow| malformed(*b"ctts", "has composition offsets too far apart"))?;
        let range = sample.range();
        columns.push(
            Sample { size: sample.size, duration: sample.duration, composition_offset, sync: sample.sync },
            range.start,
        );
        decode += i64::from(sample.duration);
    }
    writer.push(&columns, segment_start, decode_time(segment_decode, placement)).map_err(too_large)?;
    for line in writer.lines.iter_mut().rev() {
        // Where pictures of a later segment are shown before those of an earlier one, segments would overlap.
        line.start = line.start.min(end);
        line.duration = end.abs_diff(line.start);
        end = line.start;
    }
    let header = header(track, tables, placement, (independent, cuts.target_ms));
    writer.finish(&header).map_err(|_overflow| malformed(*b"stbl", "has times that do not fit together"))
}

fn decode_time(decode: i64, placement: Placement) -> u64 {
    placement.decode_start.saturating_add(decode.unsigned_abs())
}

fn header(
    track: &Track<'_>,
    tables: &TrackTables<'_>,
    placement: Placement,
    (independent, target_ms): (bool, u32),
) -> TrackHeader {
    TrackHeader {
        kind: track.kind,
        codec: track.codec.rfc6381(),
        codec_name: track.codec.name().to_owned(),
        timescale: track.timescale,
        target_ms,
        priming: placement.priming,
        independent,
        enabled: track.enabled,
        width: track.width,
        height: track.height,
        coded_width: track.coded_width,
        coded_height: track.coded_height,
        rotation: track.rotation,
        frame_rate: track.frame_rate,
        sample_rate: track.sample_rate,
        channels: track.channels,
        language: track.language.clone(),
        name: track.name.clone(),
        matrix: tables.matrix,
        sample_entry: tables.sample_entry.clone(),
    }
}
