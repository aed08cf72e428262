//! One `trak` box.

use super::boxes::Atom;
use super::edits::{self, Scales, Timeline};
use super::entry::{self, Entry};
use super::movie::{Track, TrackTables};
use super::tables::SampleTables;
use super::text::TextTables;
use super::{language, names};
use crate::bits::{Cursor, pair};
use crate::codec::Codec;
use crate::error::{FourCc, Mp4Error};
use crate::facts::{FrameRate, TrackKind};
use crate::timing::Timescale;

/// The part of a `tkhd` that matters.
struct Header {
    id: u32,
    enabled: bool,
    matrix: [u8; 36],
}

fn header(trak: &Atom<'_>) -> Result<Header, Mp4Error> {
    let tkhd = trak.required(*b"tkhd", "has no header (tkhd)")?;
    let (version, flags, mut cursor) = tkhd.full()?;
    let read = |cursor: &mut Cursor<'_>| {
        cursor.skip(if version == 1 { 16 } else { 8 })?;
        let id = cursor.u32()?;
        cursor.skip(if version == 1 { 12 } else { 8 })?;
        cursor.skip(16)?;
        Some((id, cursor.array::<36>()?))
    };
    let (id, matrix) = read(&mut cursor).ok_or_else(|| tkhd.malformed("is too short"))?;
    Ok(Header { id, enabled: flags & 1 == 1, matrix })
}

/// Scale and language code of an `mdhd`.
fn media_header(mdia: &Atom<'_>) -> Result<(Option<Timescale>, u16), Mp4Error> {
    let mdhd = mdia.required(*b"mdhd", "has no header (mdhd)")?;
    let (version, _, mut cursor) = mdhd.full()?;
    let read = |cursor: &mut Cursor<'_>| {
        cursor.skip(if version == 1 { 16 } else { 8 })?;
        let scale = cursor.u32()?;
        cursor.skip(if version == 1 { 8 } else { 4 })?;
        Some((Timescale::new(scale), cursor.u16()?))
    };
    read(&mut cursor).ok_or_else(|| mdhd.malformed("is too short"))
}

/// Kind and name of a `hdlr`.
fn handler<'a>(mdia: &Atom<'a>) -> Result<(TrackKind, &'a [u8]), Mp4Error> {
    let hdlr = mdia.required(*b"hdlr", "does not say what it holds (hdlr)")?;
    let mut cursor = hdlr.cursor();
    let mut read = || {
        cursor.skip(8)?;
        let kind = cursor.array::<4>()?;
        cursor.skip(12)?;
        Some((kind, cursor.rest()))
    };
    let (kind, name) = read().ok_or_else(|| hdlr.malformed("is too short"))?;
    let kind = match &kind {
        b"vide" => TrackKind::Video,
        b"soun" => TrackKind::Audio,
        b"text" | b"sbtl" | b"subt" | b"clcp" => TrackKind::Captions,
        _ => TrackKind::Other,
    };
    Ok((kind, name))
}

/// Degrees clockwise by which a matrix turns the picture.
fn rotation(matrix: &[u8; 36]) -> u16 {
    let mut cursor = Cursor::new(matrix);
    let mut number = || cursor.u32().unwrap_or(0).cast_signed();
    let (a, b, _, c, d) = (number(), number(), number(), number(), number());
    match (a.signum(), b.signum(), c.signum(), d.signum()) {
        (0, 1, -1, 0) => 90,
        (-1, 0, 0, -1) => 180,
        (0, -1, 1, 0) => 270,
        _ => 0,
    }
}

/// The size that a viewer sees, before rotation.
fn display_size((width, height): (u32, u32), (horizontal, vertical): (u32, u32)) -> (u32, u32) {
    let (wide, high) = (u64::from(horizontal), u64::from(vertical));
    if wide == 0 || high == 0 || wide == high {
        return (width, height);
    }
    let shown = (u64::from(width) * wide + high / 2) / high;
    match u32::try_from(shown) {
        Ok(shown @ 1..=131_072) => (shown, height),
        _ => (width, height),
    }
}

/// Ids of the tracks that hold the chapters of this one (`tref`).
pub(super) fn chapters(trak: &Atom<'_>) -> Vec<u32> {
    let found = trak.child(*b"tref").ok().flatten().and_then(|tref| tref.child(*b"chap").ok().flatten());
    let ids = found.map(|chap| chap.body.as_chunks().0).unwrap_or_default();
    ids.iter().map(|id| u32::from_be_bytes(*id)).collect()
}

/// Nearly all frames of one length: that rate. Otherwise the average, in thousandths.
fn frame_rate(tables: &SampleTables<'_>, duration: u64, scale: Timescale) -> Option<FrameRate> {
    let total = u64::from(tables.count);
    let mut longest = (0u64, 0u32);
    for entry in tables.times {
        let (count, delta) = pair(*entry);
        if u64::from(count) > longest.0 {
            longest = (u64::from(count), delta);
        }
    }
    if longest.0.saturating_mul(100) >= total.saturating_mul(95)
        && let Some(rate) = FrameRate::new(scale.get(), longest.1)
    {
        return Some(rate);
    }
    let thousandths = u128::from(total) * u128::from(scale.get()) * 1000;
    let milli = (thousandths + u128::from(duration) / 2).checked_div(u128::from(duration))?;
    FrameRate::new(u32::try_from(milli).ok()?, 1000)
}

/// Whether the samples are in another file (`dref`).
pub(super) fn is_external(minf: &Atom<'_>) -> Result<bool, Mp4Error> {
    let Some(dref) = minf.child(*b"dinf")?.map(|dinf| dinf.child(*b"dref")).transpose()?.flatten() else {
        return Ok(false);
    };
    let Some(Ok(entry)) = dref.children_after(8).next() else {
        return Ok(false);
    };
    let (_, flags, rest) = entry.full()?;
    // Some writers forget the flag but name no other place.
    Ok(flags & 1 == 0 && rest.rest().first().is_some_and(|byte| *byte != 0))
}

/// Reads a track. Tables of tracks that are not packaged are not looked at, and empty ones only where samples may
/// follow in fragments.
pub(super) fn parse<'a>(
    trak: &Atom<'a>,
    movie: Timescale,
    file_len: u64,
    may_have_fragments: bool,
) -> Result<Track<'a>, Mp4Error> {
    let Header { id, enabled, matrix } = header(trak)?;
    let mdia = trak.required(*b"mdia", "has no media (mdia)")?;
    let (scale, language) = media_header(&mdia)?;
    let (kind, handler_name) = handler(&mdia)?;
    let extended = mdia.child(*b"elng")?.and_then(|elng| language::from_elng(elng.body.get(4..)?));
    let user_name = trak.child(*b"udta")?.map(|udta| udta.child(*b"name")).and_then(Result::ok).flatten();
    let mut track = Track {
        id,
        kind,
        codec: Codec::Unsupported { fourcc: FourCc(*b"none") },
        language: extended.or_else(|| language::from_mdhd(language)),
        name: user_name.and_then(|name| names::chosen(name.body)).or_else(|| names::chosen(handler_name)),
        timescale: scale.unwrap_or(Timescale::MILLIS),
        duration: 0,
        sample_count: 0,
        payload_bytes: 0,
        width: 0,
        height: 0,
        coded_width: 0,
        coded_height: 0,
        rotation: 0,
        sample_rate: 0,
        channels: 0,
        frame_rate: None,
        enabled,
        tables: None,
        text: None,
    };
    let Some(minf) = mdia.child(*b"minf")? else {
        return Ok(track);
    };
    let Some(stbl) = minf.child(*b"stbl")? else {
        return Ok(track);
    };
    let Some(stsd) = stbl.child(*b"stsd")? else {
        return Ok(track);
    };
    if !matches!(kind, TrackKind::Video | TrackKind::Audio) {
        if let Some(Ok(first)) = stsd.children_after(8).next() {
            track.codec = Codec::Unsupported { fourcc: first.name };
        }
        // What is wrong with a text must not be in the way of the film: it is looked at when it is wanted.
        if kind == TrackKind::Captions {
            track.text = scale.map(|scale| TextTables { track: id, trak: *trak, minf, stbl, stsd, scale, movie });
        }
        return Ok(track);
    }
    // Which entry counts is written in the sample tables; tables of formats that are not packaged are not believed.
    let first = entry::parse(&stsd, 1, kind, id)?;
    if !first.codec.is_playable() {
        track.codec = first.codec;
        return Ok(track);
    }
    let samples = SampleTables::parse(&stbl, id)?;
    let entry = if samples.entry == 1 { first } else { entry::parse(&stsd, samples.entry, kind, id)? };
    describe(&mut track, &entry, &matrix);
    if !entry.codec.is_playable() || (samples.count == 0 && !may_have_fragments) {
        return Ok(track);
    }
    if scale.is_none() {
        return Err(mdia.malformed("has a time scale of zero"));
    }
    if is_external(&minf)? {
        return Err(Mp4Error::ExternalMedia { track: id });
    }
    let timeline = match trak.child(*b"edts")? {
        Some(edts) => edits::parse(&edts, id, Scales { movie, media: track.timescale })?,
        None => Timeline::default(),
    };
    let survey = samples.survey(file_len)?;
    track.sample_count = samples.count;
    track.payload_bytes = survey.payload;
    track.duration = u64::try_from(survey.duration).unwrap_or(0);
    if kind == TrackKind::Video {
        track.frame_rate = frame_rate(&samples, track.duration, track.timescale);
    }
    track.tables = Some(TrackTables { samples, survey, timeline, sample_entry: entry.iso, matrix });
    Ok(track)
}

fn describe(track: &mut Track<'_>, entry: &Entry, matrix: &[u8; 36]) {
    track.codec = entry.codec;
    track.sample_rate = if track.kind == TrackKind::Audio && entry.sample_rate == 0 {
        track.timescale.get()
    } else {
        entry.sample_rate
    };
    track.channels = entry.channels;
    (track.coded_width, track.coded_height) = entry.coded;
    if track.kind == TrackKind::Video {
        track.rotation = rotation(matrix);
        let (width, height) = display_size(entry.coded, entry.pixel_aspect);
        (track.width, track.height) =
            if matches!(track.rotation, 90 | 270) { (height, width) } else { (width, height) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(values: [i32; 5]) -> [u8; 36] {
        let mut matrix = [0; 36];
        for (at, value) in values.into_iter().enumerate() {
            matrix[at * 4..at * 4 + 4].copy_from_slice(&value.to_be_bytes());
        }
        matrix
    }

    #[test]
    fn the_matrix_turns_the_picture() {
        const ONE: i32 = 0x1_0000;
        for (values, expected) in [
            ([ONE, 0, 0, 0, ONE], 0),
            ([0, ONE, 0, -ONE, 0], 90),
            ([-ONE, 0, 0, 0, -ONE], 180),
            ([0, -ONE, 0, ONE, 0], 270),
            ([0, 0, 0, 0, 0], 0),
        ] {
            assert_eq!(rotation(&matrix(values)), expected);
        }
    }

    #[test]
    fn pixel_aspect_changes_the_width() {
        for (coded, aspect, expected) in [
            ((720, 576), (64, 45), (1024, 576)),
            ((1440, 1080), (4, 3), (1920, 1080)),
            ((1920, 1080), (1, 1), (1920, 1080)),
            ((1920, 1080), (0, 1), (1920, 1080)),
            ((1920, 1080), (u32::MAX, 1), (1920, 1080)),
        ] {
            assert_eq!(display_size(coded, aspect), expected);
        }
    }
}
