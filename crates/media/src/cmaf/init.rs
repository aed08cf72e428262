//! Initialization segments.

use super::write::{boxed, full, put16, put32, put64, zeros};
use crate::facts::TrackKind;
use crate::map::{SegmentMap, TrackHeader};
use crate::mp4::language_code;

/// The identity matrix of a movie header.
const IDENTITY: [u8; 36] = *b"\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0";

/// The initialization segment of a track: `ftyp` and `moov`. Its only track has the id 1.
///
/// Picture has no edit list; sound has one where it begins with encoder priming. The matrix of the source is kept, so
/// that a turned picture stays turned.
pub fn init_segment(map: &SegmentMap) -> Vec<u8> {
    let header = map.header();
    let mut out = Vec::with_capacity(1024);
    boxed(&mut out, *b"ftyp", |out| {
        out.extend_from_slice(b"iso6\0\0\0\0iso6mp41cmfc");
        if header.kind == TrackKind::Video {
            // Signed composition offsets and no edit list.
            out.extend_from_slice(b"cmf2");
        }
    });
    boxed(&mut out, *b"moov", |out| {
        full(out, *b"mvhd", 0, 0, |out| {
            zeros(out, 8);
            put32(out, header.timescale.get());
            put32(out, 0);
            put32(out, 0x0001_0000);
            put16(out, 0x0100);
            zeros(out, 10);
            out.extend_from_slice(&IDENTITY);
            zeros(out, 24);
            put32(out, 2);
        });
        track(out, header);
        boxed(out, *b"mvex", |out| {
            full(out, *b"trex", 0, 0, |out| {
                put32(out, 1);
                put32(out, 1);
                zeros(out, 12);
            });
        });
    });
    out
}

fn track(out: &mut Vec<u8>, header: &TrackHeader) {
    let is_sound = header.kind == TrackKind::Audio;
    boxed(out, *b"trak", |out| {
        full(out, *b"tkhd", 0, 0x7, |out| {
            zeros(out, 8);
            put32(out, 1);
            zeros(out, 20);
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
        if header.priming > 0 {
            boxed(out, *b"edts", |out| edit_list(out, header.priming));
        }
        boxed(out, *b"mdia", |out| media(out, header));
    });
}

/// Skips `priming` ticks and shows all that follows.
fn edit_list(out: &mut Vec<u8>, priming: u64) {
    match u32::try_from(priming).ok().filter(|priming| *priming < 1 << 31) {
        Some(priming) => full(out, *b"elst", 0, 0, |out| {
            put32(out, 1);
            put32(out, 0);
            put32(out, priming);
            put32(out, 0x0001_0000);
        }),
        None => full(out, *b"elst", 1, 0, |out| {
            put32(out, 1);
            put64(out, 0);
            put64(out, priming);
            put32(out, 0x0001_0000);
        }),
    }
}

fn media(out: &mut Vec<u8>, header: &TrackHeader) {
    let is_sound = header.kind == TrackKind::Audio;
    full(out, *b"mdhd", 0, 0, |out| {
        zeros(out, 8);
        put32(out, header.timescale.get());
        put32(out, 0);
        put16(out, language_code(header.language.as_deref()));
        put16(out, 0);
    });
    full(out, *b"hdlr", 0, 0, |out| {
        put32(out, 0);
        out.extend_from_slice(if is_sound { b"soun" } else { b"vide" });
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
        if is_sound {
            full(out, *b"smhd", 0, 0, |out| zeros(out, 4));
        } else {
            full(out, *b"vmhd", 0, 1, |out| zeros(out, 8));
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
                out.extend_from_slice(&header.sample_entry);
            });
            full(out, *b"stts", 0, 0, |out| put32(out, 0));
            full(out, *b"stsc", 0, 0, |out| put32(out, 0));
            full(out, *b"stsz", 0, 0, |out| zeros(out, 8));
            full(out, *b"stco", 0, 0, |out| put32(out, 0));
        });
    });
}
