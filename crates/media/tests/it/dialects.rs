//! The many ways in which files say the same.

use kinora_media::cmaf::init_segment;
use kinora_media::mp4::parse;
use kinora_media::{Codec, Mp4Error, SegmentMap};

use crate::support::film::{self, FilmTrack, TURNED_RIGHT, boxed, film, full};
use crate::support::package::{index, plan, whole};
use crate::support::tree::{edit, tree};

fn only(track: FilmTrack) -> (Vec<u8>, SegmentMap) {
    let file = film(&[track], false);
    let mut planned = plan(&file).unwrap();
    assert_eq!(planned.len(), 1);
    (file, planned.remove(0).map)
}

fn whole_of(track: FilmTrack) -> Vec<u8> {
    let (file, map) = only(track);
    whole(&map, &file)
}

#[test]
fn places_and_widths_of_tables_do_not_matter() {
    let plain = FilmTrack::video(60, 25);
    let expected = whole_of(plain.clone());
    assert_eq!(whole_of(FilmTrack { wide_offsets: true, ..plain.clone() }), expected);
    assert_eq!(whole_of(FilmTrack { per_chunk: 7, ..plain.clone() }), expected);
    let front = film(std::slice::from_ref(&plain), true);
    assert_eq!(whole(&plan(&front).unwrap()[0].map, &front), expected);
}

#[test]
fn equal_sizes_may_be_written_once() {
    let mut track = FilmTrack::audio(60);
    track.samples.iter_mut().for_each(|sample| sample.0 = 96);
    let expected = whole_of(track.clone());
    track.uniform = true;
    assert_eq!(whole_of(track), expected);
}

#[test]
fn compact_sizes_of_every_width_are_read() {
    for (field, max) in [(16u32, 500u32), (8, 200), (4, 15)] {
        let mut track = FilmTrack::audio(33);
        track.samples.iter_mut().enumerate().for_each(|(at, sample)| sample.0 = at as u32 * 31 % max);
        let sizes: Vec<u32> = track.samples.iter().map(|sample| sample.0).collect();
        let mut body = [field.to_be_bytes(), 33u32.to_be_bytes()].concat();
        match field {
            16 => body.extend(sizes.iter().flat_map(|size| (*size as u16).to_be_bytes())),
            8 => body.extend(sizes.iter().map(|size| *size as u8)),
            _ => body.extend(sizes.chunks(2).map(|pair| (pair[0] << 4 | pair.get(1).unwrap_or(&0)) as u8)),
        }
        let file = film(&[track], false);
        let expected = whole(&plan(&file).unwrap()[0].map, &file);
        let stz2 = full(b"stz2", 0, 0, &body);
        let stbl = |stbl: &[u8]| {
            let at = stbl.windows(4).position(|name| name == b"stsz").unwrap() - 4;
            let len = u32::from_be_bytes(stbl[at..at + 4].try_into().unwrap()) as usize;
            [&stbl[..at], &stz2, &stbl[at + len..]].concat()
        };
        let compact = edit(&file, b"stbl", &stbl);
        assert_eq!(whole(&plan(&compact).unwrap()[0].map, &compact), expected, "{field} bits");
    }
}

#[test]
fn without_a_sync_table_every_sample_is_one() {
    let mut track = FilmTrack::video(250, 25);
    track.syncs = None;
    let (_, map) = only(track);
    assert!(map.header().independent);
    assert!(map.samples(0).unwrap().samples.iter().all(|sample| sample.sync));
    assert_eq!(map.segment_count(), 3);
}

#[test]
fn an_empty_sync_table_makes_one_segment() {
    let mut track = FilmTrack::video(250, 25);
    track.syncs = Some(Vec::new());
    let (_, map) = only(track);
    assert!(!map.header().independent);
    assert_eq!(map.segment_count(), 1);
}

#[test]
fn quicktime_sound_descriptions_become_iso() {
    let plain = init_segment(&only(FilmTrack::audio(20)).1);
    let esds = film::esds();
    let wave = boxed(b"wave", &[boxed(b"frma", b"mp4a"), boxed(b"mp4a", &[0; 4]), esds.clone(), vec![0; 8]].concat());
    for (version, extra, boxes) in [
        (1, vec![0; 16], wave.clone()),
        (1, vec![0; 16], esds.clone()),
        (2, vec![0; 36], wave.clone()),
        (1, vec![], esds.clone()),
        (0, vec![], [wave, vec![0; 4]].concat()),
    ] {
        let mut track = FilmTrack::audio(20);
        track.entries = vec![film::sound(b"mp4a", version, &extra, &boxes)];
        assert_eq!(init_segment(&only(track).1), plain, "version {version}, {} more bytes", extra.len());
    }
}

#[test]
fn mp3_of_quicktime_gets_an_elementary_stream_descriptor() {
    let mut track = FilmTrack::audio(20);
    track.entries = vec![film::sound(b".mp3", 1, &[0; 16], &[])];
    let (_, map) = only(track);
    assert_eq!(map.header().codec, "mp4a.6B");
    assert!(tree(&init_segment(&map)).contains("mp4a 71"), "{}", tree(&init_segment(&map)));
}

#[test]
fn color_and_pixel_aspect_are_kept() {
    let extra = [
        boxed(b"colr", b"nclc\0\x01\0\x01\0\x01"),
        boxed(b"pasp", b"\0\0\0\x04\0\0\0\x03"),
        boxed(b"gama", b"\0\0\0\0"),
        boxed(b"clli", b"\0\x01\0\x02"),
        vec![0; 4],
    ];
    let mut track = FilmTrack::video(50, 25);
    track.entries = vec![film::avc1(&extra.concat())];
    let (_, map) = only(track);
    assert_eq!((map.header().width, map.header().height, map.header().coded_width), (853, 360, 640));
    let tree = tree(&init_segment(&map));
    // QuickTime's color box has no range flag; ISO's has.
    assert!(tree.contains("colr 19 6e636c78 00010001 000100"), "{tree}");
    assert!(tree.contains("pasp 16") && tree.contains("clli 12") && !tree.contains("gama"), "{tree}");
}

#[test]
fn the_sample_format_says_where_parameter_sets_are() {
    let hevc = |arrays: &[u8]| {
        let mut config = b"\x01\x01\x60\0\0\0\xb0\0\0\0\0\0\x5d\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f".to_vec();
        config.extend(arrays);
        config
    };
    let sets = b"\x03\x20\0\x01\0\x01\xaa\x21\0\x01\0\x01\xbb\x22\0\x01\0\x01\xcc";
    for (name, config_name, config, expected) in [
        (b"hev1", b"hvcC", hevc(sets), "hvc1.1.6.L93.B0"),
        (b"hvc1", b"hvcC", hevc(sets), "hvc1.1.6.L93.B0"),
        (b"hev1", b"hvcC", hevc(&[0]), "hev1.1.6.L93.B0"),
        (b"avc3", b"avcC", b"\x01\x64\x00\x1e\xff\xe1\x00\x02\x67\x64\x01\x00\x01\x68".to_vec(), "avc1.64001E"),
        (b"avc3", b"avcC", b"\x01\x64\x00\x1e\xff\xe0\x00".to_vec(), "avc3.64001E"),
    ] {
        let mut track = FilmTrack::video(50, 25);
        track.entries = vec![film::visual(name, &boxed(config_name, &config))];
        let (_, map) = only(track);
        assert_eq!(map.header().codec, expected);
        let init = init_segment(&map);
        assert!(init.windows(4).any(|bytes| bytes == &expected.as_bytes()[..4]));
    }
}

#[test]
fn the_entry_that_samples_use_counts() {
    let mut track = FilmTrack::video(50, 25);
    track.entries = vec![boxed(b"jpeg", &[0; 78]), film::avc1(&[])];
    let file = film(&[track.clone()], false);
    let second = |stsc: &[u8]| {
        let mut stsc = stsc.to_vec();
        *stsc.last_mut().unwrap() = 2;
        stsc
    };
    let movie_of = |file: &[u8]| {
        let moov = index(file).unwrap().to_vec();
        parse(&moov, file.len() as u64).map(|movie| movie.tracks[0].codec.name())
    };
    assert_eq!(movie_of(&file), Ok("unsupported"));
    let mut both = track.clone();
    both.entries.swap(0, 1);
    assert_eq!(movie_of(&film(&[both], false)), Ok("h264"));
    let mut changed = track;
    changed.entries = vec![film::avc1(&[]), film::avc1(&[])];
    assert_eq!(movie_of(&edit(&film(&[changed.clone()], false), b"stsc", &second)), Ok("h264"));
    changed.per_chunk = 4;
    assert_eq!(
        movie_of(&edit(&film(&[changed], false), b"stsc", &second)),
        Err(Mp4Error::SeveralSampleEntries { track: 1 })
    );
}

#[test]
fn language_name_and_default_are_found() {
    let mut track = FilmTrack::audio(20);
    track.language = *b"por";
    track.name = "Director's cut";
    let (_, map) = only(track.clone());
    assert_eq!(map.header().language.as_deref(), Some("pt"));
    assert_eq!(map.header().name.as_deref(), Some("Director's cut"));
    assert!(map.header().enabled);
    track.extended_language = Some("pt-BR");
    track.enabled = false;
    let (_, map) = only(track);
    assert_eq!(map.header().language.as_deref(), Some("pt-BR"));
    assert!(!map.header().enabled);
    assert!(tree(&init_segment(&map)).contains("elng 18"));
}

#[test]
fn a_turned_picture_is_shown_upright_and_stays_turned() {
    let mut track = FilmTrack::video(50, 25);
    track.matrix = TURNED_RIGHT;
    let (_, map) = only(track);
    let header = map.header();
    assert_eq!((header.rotation, header.width, header.height), (90, 360, 640));
    let moov = crate::support::reader::init(&init_segment(&map));
    let tkhd = &moov.trak[0].tkhd;
    assert_eq!((tkhd.width.integer(), tkhd.height.integer()), (640, 360));
    assert_eq!((tkhd.matrix.b, tkhd.matrix.c), (TURNED_RIGHT[1], TURNED_RIGHT[3]));
}

#[test]
fn tracks_that_cannot_be_packaged_are_named_but_not_planned() {
    let mut other = FilmTrack::video(5, 5);
    other.handler = *b"tmcd";
    other.entries = vec![boxed(b"tmcd", &[0; 26])];
    let mut raw = FilmTrack::audio(5);
    raw.entries = vec![film::sound(b"sowt", 0, &[], &[])];
    let file = film(&[other, FilmTrack::video(50, 25), raw], false);
    let movie = parse(index(&file).unwrap(), file.len() as u64).unwrap();
    let codecs: Vec<_> = movie.tracks.iter().map(|track| track.codec).collect();
    assert!(matches!(codecs[0], Codec::Unsupported { fourcc } if &fourcc.0 == b"tmcd"));
    assert!(matches!(codecs[2], Codec::Unsupported { fourcc } if &fourcc.0 == b"sowt"));
    let planned = plan(&file).unwrap();
    assert_eq!(planned.iter().map(|planned| planned.track).collect::<Vec<_>>(), [1]);
}

#[test]
fn frame_rates_are_exact_where_they_are_steady() {
    let (_, map) = only(FilmTrack::video(100, 25));
    assert_eq!(map.header().frame_rate.unwrap().milli(), 25_000);
    let mut track = FilmTrack::video(100, 25);
    track.timescale = 30_000;
    track.samples.iter_mut().for_each(|sample| sample.1 = 1_001);
    track.samples[99].1 = 2_002;
    let rate = only(track.clone()).1.header().frame_rate.unwrap();
    assert_eq!((rate.num.get(), rate.den.get()), (30_000, 1_001));
    track.samples.iter_mut().step_by(2).for_each(|sample| sample.1 = 3_003);
    assert_eq!(only(track).1.header().frame_rate.unwrap().milli(), 14_910);
}
