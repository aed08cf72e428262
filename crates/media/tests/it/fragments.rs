//! Fragmented files of the real ffmpeg, indexed here and compared with ffprobe's packets.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackStart, shifts};
use kinora_media::mp4::fragments::FragmentIndexer;
use kinora_media::mp4::parse;
use kinora_media::timing::seconds;
use kinora_media::{Mp4Error, SegmentMap, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::film::{FilmTrack, boxed, film, full};
use crate::support::package::{index, plan, slice, whole};
use crate::support::tool;

/// The index of a whole file, with what was read for it.
struct Indexed {
    indexer: FragmentIndexer,
    samples: Vec<Vec<IndexedSample>>,
    reads: usize,
    bytes: u64,
}

fn moov(file: &[u8]) -> &[u8] {
    let at = file.windows(4).position(|name| name == b"moov").unwrap() - 4;
    let len = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    &file[at..at + len]
}

fn run(file: &[u8], file_len: u64) -> Result<Indexed, Mp4Error> {
    let indexer = FragmentIndexer::new(moov(file), file_len)?;
    let samples = vec![Vec::new(); indexer.tracks().len()];
    let mut indexed = Indexed { indexer, samples, reads: 0, bytes: 0 };
    loop {
        for (track, sample) in indexed.indexer.drain() {
            indexed.samples[track].push(sample);
        }
        let Some(range) = indexed.indexer.wants() else { return Ok(indexed) };
        indexed.reads += 1;
        indexed.bytes += range.end - range.start;
        let end = (range.end as usize).min(file.len());
        indexed.indexer.feed(&file[(range.start as usize).min(end)..end])?;
    }
}

fn maps(indexed: &Indexed) -> Vec<SegmentMap> {
    let tracks: Vec<_> = indexed.indexer.tracks().iter().zip(&indexed.samples).collect();
    let starts: Vec<_> = tracks
        .iter()
        .map(|(track, samples)| TrackStart {
            kind: track.kind,
            scale: track.facts.as_ref().unwrap().timescale(),
            first: samples[0].pts,
            earliest: samples.iter().map(|sample| sample.pts).min().unwrap(),
            offset: track.shift,
        })
        .collect();
    let maps = tracks.iter().zip(shifts(&starts)).map(|((track, samples), shift)| {
        let mut builder = MapBuilder::new(track.facts.clone().unwrap(), Duration::from_secs(4), Cuts::Grid);
        builder.set_shift(shift);
        for sample in *samples {
            builder.push(*sample).unwrap();
        }
        builder.finish(track.end_pts).unwrap()
    });
    maps.collect()
}

const PICTURE: &str = "testsrc2=size=160x96:rate=25:duration=9";
const SOUND: &str = "sine=frequency=440:sample_rate=48000:duration=9";

fn source(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("source.mp4");
    let inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-pix_fmt", "yuv420p"];
    let encoders = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-c:a", "aac"];
    tool::ffmpeg(&[&inputs[..], &encoders].concat(), &path);
    path
}

fn fragmented(source: &Path, options: &[&str], name: &str) -> PathBuf {
    let path = source.with_file_name(name);
    tool::ffmpeg(&[&["-i", source.to_str().unwrap(), "-c", "copy"], options].concat(), &path);
    path
}

fn compare(options: &[&str], name: &str) {
    let folder = TempDir::new().unwrap();
    let source = source(&folder);
    let path = fragmented(&source, options, name);
    let file = std::fs::read(&path).unwrap();
    let indexed = run(&file, file.len() as u64).unwrap();
    let mut added = Vec::new();
    for (track, samples) in indexed.samples.iter().enumerate() {
        let packets = tool::packets(&path, track, true);
        assert_eq!(samples.len(), packets.len(), "{options:?}");
        // It moves pictures with negative offsets later, all by the same.
        added.push(samples.iter().map(|sample| sample.dts - sample.pts).max().unwrap().max(0));
        for (sample, packet) in samples.iter().zip(&packets) {
            let (pts, size) = (sample.pts + added[track], u64::from(sample.size));
            let found = tool::Packet { pts, dts: sample.dts, size, key: sample.sync };
            assert_eq!(found, *packet, "{options:?} {track}");
        }
    }
    // Picture and sound lie to one another as ffprobe sees them with the edit lists applied.
    let maps = maps(&indexed);
    let moved: Vec<f64> = maps
        .iter()
        .enumerate()
        .map(|(track, map)| {
            let begins = tool::packets(&path, track, false).iter().map(|packet| packet.pts).min().unwrap();
            let scale = map.header().timescale;
            seconds(map.start(), scale) - seconds(begins - added[track], scale)
        })
        .collect();
    assert!((moved[0] - moved[1]).abs() < 0.0015, "{options:?} {moved:?}");
    // What is rendered from the fragments is what is rendered from the source.
    let original = std::fs::read(&source).unwrap();
    for (map, planned) in maps.iter().zip(plan(&original).unwrap()) {
        let header = map.header();
        assert_eq!((&header.codec, header.frame_rate), (&planned.map.header().codec, planned.map.header().frame_rate));
        let (here, there) = (folder.path().join("here.mp4"), folder.path().join("there.mp4"));
        std::fs::write(&here, whole(map, &file)).unwrap();
        std::fs::write(&there, whole(&planned.map, &original)).unwrap();
        assert!(tool::frames(&here, 0) == tool::frames(&there, 0), "{options:?}");
    }
    assert!(indexed.bytes < file.len() as u64, "{} of {} bytes in {} reads", indexed.bytes, file.len(), indexed.reads);
}

/// A test for each way of writing.
macro_rules! cases {
    ($($name:ident: $flags:expr, $file:expr;)+) => {
        $(#[test]
        fn $name() {
            compare($flags, $file);
        })+
    };
}

cases! {
    fragments_at_key_frames_are_indexed: &["-movflags", "frag_keyframe+empty_moov"], "a.mp4";
    fragments_counted_from_the_moof_are_indexed: &["-movflags", "frag_keyframe+empty_moov+default_base_moof"], "a.mp4";
    fragments_without_base_are_indexed: &["-movflags", "frag_keyframe+empty_moov+omit_tfhd_offset"], "a.mp4";
    a_fragment_for_each_track_is_indexed:
        &["-movflags", "frag_keyframe+empty_moov+separate_moof+default_base_moof"], "a.mp4";
    a_first_fragment_in_the_moov_is_indexed: &["-movflags", "frag_keyframe"], "a.mp4";
    a_delayed_moov_is_indexed: &["-movflags", "frag_keyframe+delay_moov"], "a.mp4";
    short_fragments_are_indexed: &["-movflags", "empty_moov+default_base_moof", "-frag_duration", "200000"], "a.mp4";
    fragments_of_dash_are_indexed: &["-movflags", "dash+delay_moov+global_sidx", "-frag_duration", "500000"], "a.mp4";
    signed_offsets_in_fragments_are_indexed:
        &["-movflags", "cmaf+frag_keyframe+empty_moov+negative_cts_offsets"], "a.mp4";
    fragments_of_quicktime_are_indexed: &["-movflags", "frag_keyframe+empty_moov"], "a.mov";
}

#[test]
fn a_long_file_is_indexed_with_few_small_reads() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mp4");
    let picture = "testsrc2=size=640x360:rate=25:duration=20,noise=alls=40";
    let options = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p"];
    let flags = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"];
    tool::ffmpeg(&[&["-f", "lavfi", "-i", picture], &options[..], &flags].concat(), &path);
    let file = std::fs::read(&path).unwrap();
    let indexed = run(&file, file.len() as u64).unwrap();
    assert_eq!(indexed.samples[0].len(), 500);
    // One read for each of twenty fragments, and a few for the boxes beside them.
    assert!(indexed.reads <= 25, "{} reads", indexed.reads);
    assert!(indexed.bytes * 20 < file.len() as u64, "{} of {} bytes", indexed.bytes, file.len());
}

#[test]
fn an_index_with_fragments_behind_it_says_so() {
    let folder = TempDir::new().unwrap();
    let path = fragmented(&source(&folder), &["-movflags", "frag_keyframe"], "a.mp4");
    let file = std::fs::read(&path).unwrap();
    let mut described = FragmentIndexer::new(moov(&file), file.len() as u64).unwrap();
    assert!(!described.drain().is_empty(), "it describes some of its samples itself");
    assert_eq!(parse(moov(&file), file.len() as u64).unwrap_err(), Mp4Error::Fragmented);
    let plain = film(&[FilmTrack::audio(5)], true);
    assert_eq!(parse(index(&plain).unwrap(), plain.len() as u64).unwrap().tracks.len(), 1);
}

#[test]
fn a_recording_that_was_cut_short_is_indexed_until_there() {
    let folder = TempDir::new().unwrap();
    let flags = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"];
    let path = fragmented(&source(&folder), &flags, "a.mp4");
    let file = std::fs::read(&path).unwrap();
    let all = run(&file, file.len() as u64).unwrap().samples[0].len();
    let cut = &file[..file.len() * 3 / 5];
    let mut indexer = FragmentIndexer::new(moov(cut), cut.len() as u64).unwrap();
    let mut found = 0;
    let error = loop {
        let range = indexer.wants().unwrap();
        let fed = indexer.feed(slice(cut, &range));
        let drained = indexer.drain();
        assert!(drained.iter().all(|(_, sample)| sample.offset + u64::from(sample.size) <= cut.len() as u64));
        found += drained.iter().filter(|(track, _)| *track == 0).count();
        if let Err(error) = fed {
            break error;
        }
    };
    assert!(matches!(error, Mp4Error::Truncated { .. }), "{error}");
    assert!(found >= all / 3 && found < all, "{found} of {all}");
}

/// A fragmented file of one track of sound, its fragments written by `moof`.
fn handmade(moofs: &[Vec<u8>]) -> Vec<u8> {
    let mut empty = FilmTrack::audio(0);
    empty.edits.clear();
    let plain = film(&[empty], true);
    let body = &index(&plain).unwrap()[8..];
    let trex = full(b"trex", 0, 0, &[1u32, 1, 1024, 100, 0].map(u32::to_be_bytes).concat());
    let moov = boxed(b"moov", &[body, &boxed(b"mvex", &trex)].concat());
    let mut file = [boxed(b"ftyp", b"iso6\0\0\0\0"), moov].concat();
    for moof in moofs {
        file.extend(moof);
        file.extend(boxed(b"mdat", &[7; 400]));
    }
    file
}

fn fragment(header: &[u8], run_flags: u32, run: &[u32]) -> Vec<u8> {
    let trun = full(b"trun", 0, run_flags, &run.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<_>>());
    boxed(b"moof", &boxed(b"traf", &[header, &trun].concat()))
}

#[test]
fn defaults_come_from_the_movie_and_times_go_on_by_themselves() {
    let tfhd = full(b"tfhd", 0, 0x02_0000, &1u32.to_be_bytes());
    let moof = fragment(&tfhd, 1, &[3, 60]);
    assert_eq!(moof.len(), 52);
    let file = handmade(&[moof.clone(), moof]);
    let indexed = run(&file, file.len() as u64).unwrap();
    let first = file.windows(4).position(|name| name == b"moof").unwrap() as u64 - 4;
    let expected = [0u64, 100, 200, 460, 560, 660].map(|at| first + 60 + at);
    let samples = &indexed.samples[0];
    assert_eq!(samples.iter().map(|sample| sample.offset).collect::<Vec<_>>(), expected);
    assert_eq!(samples.iter().map(|sample| sample.dts).collect::<Vec<_>>(), [0, 1024, 2048, 3072, 4096, 5120]);
    assert!(samples.iter().all(|sample| sample.sync && sample.size == 100 && sample.pts == sample.dts));
    assert_eq!(indexed.indexer.tracks()[0].end_pts, Some(6 * 1024));
    assert_eq!(indexed.indexer.tracks()[0].kind, TrackKind::Audio);
}

#[test]
fn fragments_that_lie_are_refused() {
    let error = |moof: Vec<u8>| {
        let file = handmade(&[moof]);
        run(&file, file.len() as u64).err().unwrap()
    };
    let tfhd = |flags: u32, body: &[u32]| {
        full(b"tfhd", 0, flags, &body.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<_>>())
    };
    let moof = |header: &[u8]| fragment(header, 1, &[3, 60]);
    assert!(matches!(error(moof(&[])), Mp4Error::Malformed { .. }));
    assert!(matches!(error(moof(&tfhd(0x1, &[1, 0]))), Mp4Error::Malformed { .. }));
    assert!(matches!(error(moof(&tfhd(0x1, &[1, u32::MAX, u32::MAX]))), Mp4Error::Malformed { .. }));
    assert!(matches!(error(moof(&tfhd(0x2, &[1, 2]))), Mp4Error::SeveralSampleEntries { track: 1 }));
    assert!(matches!(error(moof(&tfhd(0x10, &[1, 1000]))), Mp4Error::Truncated { .. }));
    let plain = tfhd(0x02_0000, &[1]);
    assert!(matches!(error(fragment(&plain, 1, &[u32::MAX, 60])), Mp4Error::LimitExceeded { .. }));
    assert!(matches!(error(fragment(&plain, 0x201, &[3, 60, 100])), Mp4Error::Malformed { .. }));
    let timed = [plain, full(b"tfdt", 1, 0, &[0xff; 8])].concat();
    assert!(matches!(error(fragment(&timed, 1, &[3, 60])), Mp4Error::Malformed { .. }));
    assert!(matches!(error(moof(&tfhd(0x02_0010, &[1, 0]))), Mp4Error::Malformed { .. }));
    let shared = vec![moof(&tfhd(0x02_0010, &[1, 130])); 30];
    let file = [handmade(&[]), shared.concat(), boxed(b"mdat", &[7; 400])].concat();
    assert!(matches!(run(&file, file.len() as u64), Err(Mp4Error::Malformed { .. })));
    // Of a track that nobody announced.
    let file = handmade(&[moof(&tfhd(0x02_0000, &[9]))]);
    assert!(run(&file, file.len() as u64).unwrap().samples[0].is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_damage_is_an_error_or_samples_in_the_file(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let tfhd = full(b"tfhd", 0, 0x02_0000, &1u32.to_be_bytes());
        let timed = [tfhd.clone(), full(b"tfdt", 0, 0, &3072u32.to_be_bytes())].concat();
        let mut file = handmade(&[
            fragment(&tfhd, 1, &[3, 60]),
            fragment(&timed, 0xf01, &[2, 108, 1024, 9, 0, 0, 1024, 8, 0x1_0000, 0]),
        ]);
        let from = moov(&file).len() + 16;
        for (at, value) in flips {
            let at = from + at.index(file.len() - from);
            file[at] = value;
        }
        if cuts {
            file.truncate(from + cut.index(file.len() - from));
        }
        if let Ok(indexed) = run(&file, file.len() as u64) {
            for sample in &indexed.samples[0] {
                prop_assert!(sample.offset + u64::from(sample.size) <= file.len() as u64);
            }
        }
    }
}

#[test]
fn a_file_is_indexed_while_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.mp4");
    let movflags = ["-c", "copy", "-movflags", "frag_keyframe+empty_moov+default_base_moof"];
    tool::ffmpeg(&[&["-i", source(&folder).to_str().unwrap()][..], &movflags].concat(), &path);
    let file = std::fs::read(path).unwrap();
    let whole = run(&file, file.len() as u64).unwrap();
    for step in [7, 1_000, 50_000] {
        let mut indexer = FragmentIndexer::growing(moov(&file), 0).unwrap();
        let mut samples = vec![Vec::new(); indexer.tracks().len()];
        let mut len = 0;
        while len < file.len() {
            len = (len + step).min(file.len());
            indexer.grow(len as u64);
            while let Some(range) = indexer.wants() {
                assert!(range.end <= len as u64, "nothing is asked for that is not there");
                indexer.feed(&file[range.start as usize..range.end as usize]).unwrap();
            }
            for (track, sample) in indexer.drain() {
                samples[track].push(sample);
            }
        }
        assert_eq!(samples, whole.samples, "growing by {step}");
    }
}

#[test]
fn a_file_that_grows_may_end_within_a_header() {
    let tfhd = full(b"tfhd", 0, 0x02_0000, &1u32.to_be_bytes());
    let moof = fragment(&tfhd, 1, &[3, 60]);
    // Its media data have a size of 64 bits.
    let data = [&1u32.to_be_bytes()[..], b"mdat", &416u64.to_be_bytes(), &[7; 400]].concat();
    let file = [handmade(&[]), moof.clone(), data.clone(), moof, data].concat();
    let mut indexer = FragmentIndexer::growing(moov(&file), 0).unwrap();
    let mut found = 0;
    for len in 1..=file.len() as u64 {
        indexer.grow(len);
        while let Some(range) = indexer.wants() {
            indexer.feed(slice(&file, &range)).unwrap();
        }
        found += indexer.drain().len();
    }
    assert_eq!(found, 6);
    // One that does not grow any more ends there.
    let end = file.len() as u64 - 404;
    assert!(matches!(run(&file[..end as usize], end), Err(Mp4Error::Truncated { .. })));
}
