//! Tracks in one file with an index: every range of it, and the index as other programs read it.

use kinora_media::cmaf::{Front, IndexedFile, init_segment};
use kinora_media::timing::seconds;
use kinora_media::{SegmentMap, TrackKind};
use mp4_atom::{Atom as _, Decode as _, Header, Sidx};
use proptest::prelude::*;
use std::ops::Range;
use tempfile::TempDir;

use crate::support::film::{FilmTrack, film};
use crate::support::package::{plan, segment, whole};
use crate::support::tool;

/// A range of the file, as a server reads it.
fn read(file: &IndexedFile, map: &SegmentMap, object: &[u8], range: Range<u64>) -> Vec<u8> {
    let front = file.front();
    let clamp = |at: u64| (at as usize).min(front.len());
    let mut bytes = front[clamp(range.start)..clamp(range.end)].to_vec();
    for (n, part) in file.segments(range) {
        bytes.extend(&segment(map, n, object)[part.start as usize..part.end as usize]);
    }
    bytes
}

fn all(file: &IndexedFile, map: &SegmentMap, object: &[u8]) -> Vec<u8> {
    read(file, map, object, 0..file.size())
}

/// A box of a range.
fn sidx(bytes: &[u8]) -> Sidx {
    let mut rest = bytes;
    let header = Header::decode(&mut rest).unwrap();
    assert_eq!((header.kind, header.size), (Sidx::KIND, Some(rest.len())));
    let index = Sidx::decode_body(&mut rest).unwrap();
    assert!(rest.is_empty());
    index
}

fn maps() -> (Vec<u8>, Vec<SegmentMap>) {
    let object = film(&[FilmTrack::video(250, 40), FilmTrack::audio(469)], false);
    let maps = plan(&object).unwrap().into_iter().map(|planned| planned.map).collect();
    (object, maps)
}

#[test]
fn the_index_says_where_each_segment_is_and_how_long_it_is_shown() {
    let (object, maps) = maps();
    for map in &maps {
        let file = IndexedFile::new(map).unwrap();
        let bytes = all(&file, map, &object);
        assert_eq!(bytes.len() as u64, file.size());
        let Front { init, index } = Front::of(map).unwrap();
        assert_eq!((init.start, index.start, index.end), (0, init.end, file.front().len() as u64));
        let plain = init_segment(map);
        let branded = &bytes[..init.end as usize];
        assert_eq!(branded.len(), plain.len() + 4);
        let end = plain.windows(4).position(|name| name == b"moov").unwrap() - 4;
        assert_eq!((&branded[end..end + 4], &branded[end + 4..]), (&b"dash"[..], &plain[end..]));
        let index = sidx(&bytes[index.start as usize..index.end as usize]);
        let header = map.header();
        assert_eq!((index.reference_id, index.timescale, index.first_offset), (1, header.timescale.get(), 0));
        assert_eq!(index.earliest_presentation_time, 0);
        assert_eq!(index.references.len(), map.segment_count() as usize);
        let mut at = file.front().len();
        for (n, reference) in (0..).zip(&index.references) {
            let expected = segment(map, n, &object);
            assert_eq!(&bytes[at..at + reference.referenced_size as usize], expected, "segment {n}");
            assert!(reference.starts_with_sap && reference.sap_type == 1 && !reference.reference_type);
            at += reference.referenced_size as usize;
        }
        assert_eq!(at, bytes.len());
        let shown: u64 = index.references.iter().map(|reference| u64::from(reference.subsegment_duration)).sum();
        let end = map.start().saturating_add_unsigned(map.duration());
        assert_eq!(shown, u64::try_from(end).unwrap());
    }
}

#[test]
fn other_programs_read_the_same_samples_by_the_index_and_without() {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("source.mp4");
    let picture = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=9"];
    let sound = ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=9"];
    let coded = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-c:a", "aac"];
    tool::ffmpeg(&[&picture[..], &sound, &coded].concat(), &source);
    let object = std::fs::read(&source).unwrap();
    for planned in plan(&object).unwrap() {
        let map = &planned.map;
        let paths = ["plain.mp4", "indexed.mp4"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], whole(map, &object)).unwrap();
        std::fs::write(&paths[1], all(&IndexedFile::new(map).unwrap(), map, &object)).unwrap();
        let [plain, indexed] = paths.each_ref().map(|path| tool::packets(path, 0, false));
        assert_eq!(indexed, plain);
        // Only the index tells how long it is without reading to the end.
        let told: f64 = tool::duration(&paths[1]);
        let length = seconds(map.duration().cast_signed(), map.header().timescale);
        assert!((told - length).abs() < 0.05, "{told}, not {length}");
        assert!(matches!(map.header().kind, TrackKind::Video | TrackKind::Audio));
    }
}

proptest! {
    #[test]
    fn any_range_is_the_same_bytes(start in 0_u64..200_000, len in 0_u64..200_000) {
        let (object, maps) = maps();
        for map in &maps {
            let file = IndexedFile::new(map).unwrap();
            let whole = all(&file, map, &object);
            let range = start % file.size()..(start % file.size() + len).min(file.size());
            let expected = &whole[range.start as usize..range.end as usize];
            prop_assert_eq!(read(&file, map, &object, range), expected);
        }
    }
}
