//! The boxes that describe a movie and its tracks, as initialization segments and progressive files have them.

use super::write::{boxed, full, put16, put32, put64, zeros};
use crate::facts::TrackKind;
use crate::map::TrackHeader;
use crate::mp4::language_code;
use crate::timing::Timescale;

/// The identity matrix of a movie header.
pub(crate) const IDENTITY: [u8; 36] =
    *b"\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0";

/// Flags of a track that is enabled and part of the presentation, and of one that waits to be chosen.
const ENABLED: u32 = 0x7;
const WAITING: u32 = 0x6;

/// One entry of an edit list (ISO/IEC 14496-12, 8.6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// How long it lasts, in ticks of the movie. Zero: to the end, in fragmented files.
    pub(crate) duration: u64,
    /// Where in the track it begins, in ticks of the track; nothing is shown without.
    pub(crate) media_time: Option<u64>,
}

/// What a track says beside its header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrackBox<'a> {
    /// From 1.
    pub(crate) id: u32,
    pub(crate) header: &'a TrackHeader,
    /// Its `stsd` entry: that of the header, or what protection made of it.
    pub(crate) entry: &'a [u8],
    /// Whether players begin with it.
    pub(crate) enabled: bool,
    /// Tracks of which one is played at a time share a number; 0 for none.
    pub(crate) alternate_group: u16,
    /// How long it is shown, in ticks of the movie; 0 in fragmented files.
    pub(crate) shown: u64,
    /// The sum of its samples, in its own ticks; 0 in fragmented files.
    pub(crate) duration: u64,
    /// The edit list; none is written when it is empty.
    pub(crate) edits: &'a [Edit],
}

/// Writes the `mvhd` of a movie with its length in ticks.
pub(crate) fn movie_header(out: &mut Vec<u8>, timescale: Timescale, duration: u64, next_track: u32) {
    timed(out, *b"mvhd", 0, &[duration], |out, long| {
        times(out, long);
        put32(out, timescale.get());
        length(out, long, duration);
        put32(out, 0x0001_0000);
        put16(out, 0x0100);
        zeros(out, 10);
        out.extend_from_slice(&IDENTITY);
        zeros(out, 24);
        put32(out, next_track);
    });
}

/// Writes the `trak` of a track; `tables` writes what follows the sample description.
pub(crate) fn track(out: &mut Vec<u8>, track: &TrackBox<'_>, tables: impl FnOnce(&mut Vec<u8>)) {
    let header = track.header;
    let is_sound = header.kind == TrackKind::Audio;
    boxed(out, *b"trak", |out| {
        let flags = if track.enabled { ENABLED } else { WAITING };
        timed(out, *b"tkhd", flags, &[track.shown], |out, long| {
            times(out, long);
            put32(out, track.id);
            zeros(out, 4);
            length(out, long, track.shown);
            zeros(out, 10);
            put16(out, track.alternate_group);
            put16(out, if is_sound { 0x0100 } else { 0 });
            put16(out, 0);
            out.extend_from_slice(&header.matrix);
            // The size before rotation, which is the matrix's.
            let turned = matches!(header.rotation, 90 | 270);
            let (width, height) = if turned { (header.height, header.width) } else { (header.width, header.height) };
            for side in [width, height] {
                put16(out, u16::try_from(side).unwrap_or(u16::MAX));
                put16(out, 0);
            }
        });
        if !track.edits.is_empty() {
            boxed(out, *b"edts", |out| edit_list(out, track.edits));
        }
        boxed(out, *b"mdia", |out| media(out, track, tables));
    });
}

fn edit_list(out: &mut Vec<u8>, edits: &[Edit]) {
    let is_short = |edit: &Edit| {
        edit.duration <= u32::MAX.into() && edit.media_time.is_none_or(|time| time <= i32::MAX.unsigned_abs().into())
    };
    let long = !edits.iter().all(is_short);
    full(out, *b"elst", u8::from(long), 0, |out| {
        put32(out, u32::try_from(edits.len()).unwrap_or(u32::MAX));
        for edit in edits {
            length(out, long, edit.duration);
            match edit.media_time {
                Some(time) => length(out, long, time),
                None if long => put64(out, u64::MAX),
                None => put32(out, u32::MAX),
            }
            put32(out, 0x0001_0000);
        }
    });
}

fn media(out: &mut Vec<u8>, track: &TrackBox<'_>, tables: impl FnOnce(&mut Vec<u8>)) {
    let header = track.header;
    timed(out, *b"mdhd", 0, &[track.duration], |out, long| {
        times(out, long);
        put32(out, header.timescale.get());
        length(out, long, track.duration);
        put16(out, language_code(header.language.as_deref()));
        put16(out, 0);
    });
    full(out, *b"hdlr", 0, 0, |out| {
        put32(out, 0);
        out.extend_from_slice(match header.kind {
            TrackKind::Audio => b"soun",
            // As players know text that is to be read with the picture.
            TrackKind::Captions => b"sbtl",
            TrackKind::Video | TrackKind::Other => b"vide",
        });
        zeros(out, 12);
        out.extend_from_slice(header.name.as_deref().unwrap_or_default().as_bytes());
        out.push(0);
    });
    // A tag that says more than the three letters of the header.
    if let Some(language) = header.language.as_deref().filter(|tag| tag.len() > 3) {
        full(out, *b"elng", 0, 0, |out| {
            out.extend_from_slice(language.as_bytes());
            out.push(0);
        });
    }
    boxed(out, *b"minf", |out| {
        match header.kind {
            TrackKind::Audio => full(out, *b"smhd", 0, 0, |out| zeros(out, 4)),
            TrackKind::Captions => full(out, *b"nmhd", 0, 0, |_| {}),
            TrackKind::Video | TrackKind::Other => full(out, *b"vmhd", 0, 1, |out| zeros(out, 8)),
        }
        boxed(out, *b"dinf", |out| {
            full(out, *b"dref", 0, 0, |out| {
                put32(out, 1);
                full(out, *b"url ", 0, 1, |_| {});
            });
        });
        boxed(out, *b"stbl", |out| {
            full(out, *b"stsd", 0, 0, |out| {
                put32(out, 1);
                out.extend_from_slice(track.entry);
            });
            tables(out);
        });
    });
}

/// Writes a full box whose lengths have 32 bits where they fit, and 64 (version 1) otherwise.
fn timed(out: &mut Vec<u8>, name: [u8; 4], flags: u32, lengths: &[u64], content: impl FnOnce(&mut Vec<u8>, bool)) {
    let long = lengths.iter().any(|length| u32::try_from(*length).is_err());
    full(out, name, u8::from(long), flags, |out| content(out, long));
}

/// When it was made and changed: not told, so that the same track gives the same bytes.
fn times(out: &mut Vec<u8>, long: bool) {
    zeros(out, if long { 16 } else { 8 });
}

fn length(out: &mut Vec<u8>, long: bool, length: u64) {
    if long {
        put64(out, length);
    } else {
        put32(out, u32::try_from(length).unwrap_or(u32::MAX));
    }
}
