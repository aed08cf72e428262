//! Files that lie, and files that were cut off.

use kinora_media::mp4::parse;
use kinora_media::{Mp4Error, SegmentMap};

use crate::support::film::{FilmTrack, avc1, boxed, film, full, mp4a};
use crate::support::package::{index, plan, whole};
use crate::support::tree::edit;

fn small() -> Vec<u8> {
    let mut picture = FilmTrack::video(12, 5);
    let mut sound = FilmTrack::audio(9);
    picture.samples.iter_mut().chain(&mut sound.samples).for_each(|sample| sample.0 %= 20);
    film(&[picture, sound], true)
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// What happens when one box of an ordinary film is replaced.
fn with(name: &[u8; 4], body: &[u8]) -> Result<usize, Mp4Error> {
    let file = film(&[FilmTrack::video(50, 25)], false);
    plan(&edit(&file, name, &|_| body.to_vec())).map(|planned| planned.len())
}

#[test]
fn a_file_cut_anywhere_is_an_error_that_says_so() {
    let file = small();
    assert_eq!(plan(&file).unwrap().len(), 2);
    for len in 0..file.len() {
        let error = plan(&file[..len]).unwrap_err();
        let cut = matches!(error, Mp4Error::Truncated { has, .. } if has == len as u64);
        // Shorter than the header of the box that follows `ftyp`, nothing is known to be missing.
        assert!(cut || error == Mp4Error::NoMoov, "{len}: {error}");
    }
}

#[test]
fn an_index_cut_anywhere_does_not_panic() {
    let file = small();
    let moov = index(&file).unwrap();
    for len in 0..moov.len() {
        assert!(parse(&moov[..len], file.len() as u64).is_err());
    }
}

#[test]
fn every_byte_of_an_index_may_be_wrong() {
    let file = small();
    let at = index(&file).unwrap().as_ptr() as usize - file.as_ptr() as usize;
    let len = index(&file).unwrap().len();
    let mut rendered = 0;
    for position in at..at + len {
        for value in [0x00, 0x01, 0x7f, 0xff] {
            let mut file = file.clone();
            file[position] = value;
            if let Ok(planned) = plan(&file) {
                for planned in planned {
                    rendered += whole(&planned.map, &file).len();
                    assert_eq!(SegmentMap::decode(planned.map.as_bytes().to_vec()).unwrap(), planned.map);
                }
            }
        }
    }
    assert!(rendered > 0);
}

#[test]
fn every_byte_of_a_map_may_be_wrong() {
    let file = small();
    for planned in plan(&file).unwrap() {
        let bytes = planned.map.into_bytes();
        for len in 0..bytes.len() {
            assert!(SegmentMap::decode(bytes[..len].to_vec()).is_err());
        }
        for position in 0..bytes.len() {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[position] = value;
                if let Ok(map) = SegmentMap::decode(bytes) {
                    for n in 0..map.segment_count() {
                        kinora_media::cmaf::media_segment(&map, n).unwrap();
                        kinora_media::smooth::fragment(&map, n);
                    }
                    kinora_media::cmaf::init_segment(&map);
                    map.relocated().unwrap();
                }
            }
        }
    }
}

#[test]
fn counts_are_checked_against_the_bytes_that_are_there() {
    let million = 1_000_000_000;
    for (name, body) in [
        (b"stsz", numbers(&[0, 0, million])),
        (b"stts", numbers(&[0, million, 50, 512])),
        (b"ctts", numbers(&[0, million, 50, 512])),
        (b"stss", numbers(&[0, million, 1])),
        (b"stsc", numbers(&[0, million, 1, 1, 1])),
        (b"stco", numbers(&[0, million, 1])),
        (b"stsd", numbers(&[0, million])),
        (b"elst", numbers(&[0, million, 1])),
    ] {
        let error = with(name, &body).unwrap_err();
        assert!(matches!(error, Mp4Error::Malformed { .. }), "{}: {error}", name.escape_ascii());
    }
}

#[test]
fn numbers_that_lie_are_refused() {
    let malformed = |result: Result<usize, Mp4Error>, name: &[u8; 4]| match result {
        Err(Mp4Error::Malformed { name: found, .. }) => assert_eq!(&found.0, name),
        other => panic!("{other:?}"),
    };
    // A time table of 2^28 samples is only read as far as there are samples; one of none is an error.
    assert_eq!(with(b"stts", &numbers(&[0, 1, 1 << 28, 512])), Ok(1));
    malformed(with(b"stts", &numbers(&[0, 1, 49, 512])), b"stts");
    malformed(with(b"stts", &numbers(&[0, 0])), b"stts");
    malformed(with(b"stsc", &numbers(&[0, 1, 1, 0, 1])), b"stsc");
    malformed(with(b"stsc", &numbers(&[0, 1, 2, 1, 1])), b"stsc");
    malformed(with(b"stsc", &numbers(&[0, 0])), b"stsc");
    malformed(with(b"stsc", &numbers(&[0, 1, 1, 1, 9])), b"stsd");
    malformed(with(b"stco", &numbers(&[0, 0])), b"stco");
    malformed(with(b"mdhd", &numbers(&[0, 0, 0, 0, 0, 0])), b"mdia");
    malformed(with(b"ctts", &numbers(&[0, 2, 1, i32::MIN.cast_unsigned(), 1, i32::MAX.cast_unsigned()])), b"ctts");
}

#[test]
fn samples_outside_the_file_are_told_from_a_file_that_was_cut() {
    let outside = with(b"stsz", &numbers(&[0, 0x7fff_ffff, 50])).unwrap_err();
    assert_eq!(outside, Mp4Error::SampleOutsideFile { track: 1, sample: 0 });
    let file = film(&[FilmTrack::video(50, 25)], true);
    let cut = plan(&file[..file.len() - 40]).unwrap_err();
    let Mp4Error::Truncated { needs, has, .. } = cut else { panic!("{cut}") };
    assert_eq!(needs - has, 40);
    assert!(cut.to_string().contains("40 bytes are missing"), "{cut}");
}

#[test]
fn samples_that_share_bytes_cannot_claim_more_than_the_file() {
    let file = film(&[FilmTrack::video(50, 25)], false);
    let body = numbers(&[0, file.len() as u32 / 2, 50]);
    let everywhere = |_: &[u8]| [numbers(&[0, 50]), numbers(&[8; 50])].concat();
    let edited = edit(&edit(&file, b"stsz", &|_| body.clone()), b"stco", &everywhere);
    assert!(matches!(plan(&edited), Err(Mp4Error::Malformed { .. })));
}

#[test]
fn work_is_bounded() {
    let limit = |result: Result<usize, Mp4Error>| {
        assert!(matches!(result, Err(Mp4Error::LimitExceeded { .. })));
    };
    limit(with(b"stsz", &numbers(&[0, 1, u32::MAX])));
    let tracks = vec![FilmTrack::audio(1); 65];
    limit(plan(&film(&tracks, false)).map(|planned| planned.len()));
}

#[test]
fn protected_films_are_refused() {
    for (picture, entry) in [(true, avc1(&[])), (false, mp4a())] {
        let mut track = if picture { FilmTrack::video(50, 25) } else { FilmTrack::audio(50) };
        let mut entry = entry;
        entry[4..8].copy_from_slice(if picture { b"encv" } else { b"enca" });
        track.entries = vec![entry];
        assert_eq!(plan(&film(&[track], false)).unwrap_err(), Mp4Error::Encrypted { track: 1 });
    }
}

#[test]
fn edit_lists_that_say_more_are_refused() {
    let one = 0x1_0000;
    let error = with(b"elst", &numbers(&[0, 2, 1_000, 1_024, one, 1_000, 90_000, one])).unwrap_err();
    assert!(matches!(error, Mp4Error::UnsupportedEdits { track: 1, .. }));
    assert!(matches!(with(b"elst", &numbers(&[0, 1, 1_000, 0, one / 2])), Err(Mp4Error::UnsupportedEdits { .. })));
}

#[test]
fn a_reference_movie_is_refused() {
    let file = film(&[FilmTrack::video(50, 25)], false);
    let outside =
        boxed(b"dinf", &full(b"dref", 0, 0, &[&numbers(&[1])[..], &full(b"url ", 0, 0, b"file:///x\0")].concat()));
    let edited = edit(&file, b"minf", &|body| [&outside, body].concat());
    assert_eq!(plan(&edited).unwrap_err(), Mp4Error::ExternalMedia { track: 1 });
}

#[test]
fn a_map_of_another_version_is_not_read() {
    let file = small();
    let mut bytes = plan(&file).unwrap()[0].map.as_bytes().to_vec();
    bytes[7] = 2;
    let error = SegmentMap::decode(bytes).unwrap_err();
    assert_eq!(error.to_string(), "segment map version 2 is not supported; version 1 is");
    assert_eq!(SegmentMap::decode(b"%PDF".to_vec()).unwrap_err().to_string(), "these bytes are not a segment map");
}
