//! Joining parts of one track.

use super::block::Columns;
use super::write::Writer;
use super::{MapError, SegmentMap, SegmentSamples, TrackHeader};

/// Where the part behind begins.
struct Following {
    start: i64,
    decode_time: u64,
}

impl SegmentMap {
    /// One map of parts that follow one another, each with what is added to its byte offsets.
    ///
    /// Parts carry absolute times, so that a segment renders the same bytes but for its number. A part that begins
    /// later or a little earlier than the one before ends lengthens or shortens that one's last segment, and likewise
    /// its last sample. A part without priming behind one with priming is decoded that much later.
    ///
    /// # Errors
    /// No parts, parts of tracks that differ in what an initialization segment shows, or parts out of order.
    pub fn join(parts: &[(&Self, u64)]) -> Result<Self, MapError> {
        let Some((first, _)) = parts.first() else {
            return Err(MapError::Unfit { what: "there are none" });
        };
        let mut header = first.header().clone();
        let mut writer = Writer::default();
        let mut rest = parts;
        while let Some(((part, base), behind)) = rest.split_first() {
            rest = behind;
            let delay = compare(first.header(), part.header())?;
            header.independent &= part.header().independent;
            let following = match behind.first() {
                None => None,
                Some((next, _)) => {
                    let delay = compare(first.header(), next.header())?;
                    next.line(0).map(|line| Following {
                        start: line.start,
                        decode_time: line.decode_time.saturating_add(delay),
                    })
                }
            };
            append(&mut writer, part, (*base, delay), following.as_ref())?;
        }
        writer.finish(&header)
    }
}

/// Checks that two parts can share an initialization segment. Returns by how much the second is decoded later.
fn compare(first: &TrackHeader, part: &TrackHeader) -> Result<u64, MapError> {
    let differences = [
        (first.kind != part.kind, "kinds"),
        (first.timescale != part.timescale, "time scales"),
        (first.sample_entry != part.sample_entry, "decoder configurations"),
        ((first.width, first.height) != (part.width, part.height), "sizes"),
        (first.matrix != part.matrix, "rotations"),
        (first.language != part.language, "languages"),
        (first.name != part.name, "names"),
        (part.priming != 0 && first.priming != part.priming, "primings"),
    ];
    match differences.iter().find(|(differs, _)| *differs) {
        Some((_, what)) => Err(MapError::Differs { what }),
        None => Ok(first.priming - part.priming),
    }
}

fn append(
    writer: &mut Writer,
    part: &SegmentMap,
    (base, delay): (u64, u64),
    following: Option<&Following>,
) -> Result<(), MapError> {
    let mut scratch = SegmentSamples::default();
    let mut columns = Columns::default();
    let count = part.segment_count();
    writer.lead(part.decode_lead());
    for n in 0..count {
        let damaged = MapError::Damaged { what: "a segment cannot be read" };
        let mut line = part.line(n).ok_or(damaged)?;
        let following = following.filter(|_| n + 1 == count);
        line.decode_time = line.decode_time.saturating_add(delay);
        if let Some(following) = following {
            let duration = following.start.checked_sub(line.start).and_then(|ticks| u64::try_from(ticks).ok());
            line.duration = duration.ok_or(MapError::Overlap)?;
        }
        let mut changed = base != 0;
        if changed || following.is_some() {
            part.read_samples(n, &mut scratch).ok_or(damaged)?;
        }
        if let Some(following) = following {
            changed |= stretch(&mut scratch, line.decode_time, following.decode_time)?;
        }
        if !changed {
            writer.copy(part.block(n).ok_or(damaged)?, line)?;
            continue;
        }
        columns.clear();
        for (sample, _, at) in scratch.placed() {
            let offset = at.checked_add(base).ok_or(MapError::Unfit { what: "a sample lies too far away" })?;
            columns.push(*sample, offset);
        }
        if columns.samples().len() < scratch.samples.len() {
            return Err(damaged);
        }
        writer.push(&columns, line.start, line.decode_time)?;
        if let Some(written) = writer.lines.last_mut() {
            written.duration = line.duration;
        }
    }
    Ok(())
}

/// Makes the last sample last until the next segment is decoded. Returns whether it did not.
fn stretch(segment: &mut SegmentSamples, decode_time: u64, until: u64) -> Result<bool, MapError> {
    let ticks: u64 = segment.samples.iter().map(|sample| u64::from(sample.duration)).sum();
    let Some(last) = segment.samples.last_mut() else { return Ok(false) };
    let before = decode_time.saturating_add(ticks).saturating_sub(u64::from(last.duration));
    let duration = until.checked_sub(before).ok_or(MapError::Overlap)?;
    let duration = u32::try_from(duration).map_err(|_overflow| MapError::Unfit { what: "the gap is too long" })?;
    Ok(core::mem::replace(&mut last.duration, duration) != duration)
}
