//! Initialization segments.

use super::track::{Edit, TrackBox, movie_header, track};
use super::write::{boxed, full, put32, zeros};
use crate::facts::TrackKind;
use crate::map::SegmentMap;

/// The initialization segment of a track: `ftyp` and `moov`. Its only track has the id 1.
///
/// Picture has no edit list; sound has one where it begins with encoder priming. The matrix of the source is kept, so
/// that a turned picture stays turned.
pub fn init_segment(map: &SegmentMap) -> Vec<u8> {
    write_init(map, &map.header().sample_entry, |_| {})
}

/// The same with another `stsd` entry, and what `last` adds to the end of the `moov`.
pub(crate) fn write_init(map: &SegmentMap, entry: &[u8], last: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
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
        movie_header(out, header.timescale, 0, 2);
        // Skips the priming and shows all that follows.
        let edits: &[Edit] = &[Edit { duration: 0, media_time: Some(header.priming) }];
        let edits = if header.priming > 0 { edits } else { &[] };
        let only = TrackBox { id: 1, header, entry, enabled: true, alternate_group: 0, shown: 0, duration: 0, edits };
        track(out, &only, |out| {
            full(out, *b"stts", 0, 0, |out| put32(out, 0));
            full(out, *b"stsc", 0, 0, |out| put32(out, 0));
            full(out, *b"stsz", 0, 0, |out| zeros(out, 8));
            full(out, *b"stco", 0, 0, |out| put32(out, 0));
        });
        boxed(out, *b"mvex", |out| {
            full(out, *b"trex", 0, 0, |out| {
                put32(out, 1);
                put32(out, 1);
                zeros(out, 12);
            });
        });
        last(out);
    });
    out
}
