//! Flash video: files of the real ffmpeg read beside ffprobe, files built here, and files that lie.

use std::path::Path;

use kinora_media::flv::Flv;
use kinora_media::index::{IndexError, Sample};
use kinora_media::matroska::Matroska;
use kinora_media::timing::seconds;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::indexed::{Indexed, compare, index, on_grid, same_configurations};
use crate::support::tool;

const X264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p"];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "96k"];

fn make(path: &Path, inputs: &[&str], options: &[&[&str]]) {
    let mut arguments = vec!["-threads", "2"];
    for input in inputs {
        arguments.extend(["-f", "lavfi", "-i", input]);
    }
    arguments.extend(options.iter().copied().flatten());
    tool::ffmpeg(&arguments, path);
}

const PICTURE: &str = "testsrc2=size=160x96:rate=30000/1001:duration=3";
const SOUND: &str = "sine=frequency=440:sample_rate=44100:duration=3";

fn read(file: &[u8]) -> Result<Indexed, IndexError> {
    index(Flv::new(file.len() as u64), file, usize::MAX)
}

fn agree(path: &Path, names: &[&str]) -> Indexed {
    let file = std::fs::read(path).unwrap();
    let indexed = read(&file).unwrap();
    assert_eq!(indexed.tracks.iter().map(|track| track.codec.rfc6381()).collect::<Vec<_>>(), names);
    for stream in 0..names.len() {
        compare(path, &file, &indexed, stream, 0.001_1);
        let track = &indexed.tracks[stream];
        let of = |name| tool::field(path, stream, name).parse::<u32>().unwrap_or(0);
        let picture = (of("width"), of("height"));
        assert_eq!((track.coded_width, track.coded_height), picture);
        assert_eq!((track.sample_rate, u32::from(track.channels)), (of("sample_rate"), of("channels")));
        for (sample, packet) in indexed.samples[stream].iter().zip(tool::hashed_packets(path, stream)) {
            let dts = seconds(sample.dts, track.timescale);
            assert!((dts - packet.dts.unwrap()).abs() <= 0.001_1, "{dts} is not {packet:?}");
        }
    }
    same_configurations(path, &indexed.tracks);
    for piece in [1, 1_000] {
        assert_eq!(index(Flv::new(file.len() as u64), &file, piece).unwrap().samples, indexed.samples);
    }
    indexed
}

#[test]
fn h264_and_aac_are_indexed_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.flv");
    make(&path, &[PICTURE, SOUND], &[X264, AAC]);
    let indexed = agree(&path, &["avc1.4D400B", "mp4a.40.2"]);
    assert_eq!((indexed.tracks[0].timescale.get(), indexed.tracks[1].timescale.get()), (30_000, 44_100));
    on_grid(&indexed.samples[0], 1_001);
    on_grid(&indexed.samples[1], 1_024);
    assert!(indexed.tracks[0].duration_hint.unwrap().abs_diff(90_090) < 3_000);
}

#[test]
fn mp3_alone_is_indexed_as_ffprobe_reads_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.flv");
    make(&path, &[SOUND], &[&["-c:a", "libmp3lame"]]);
    let indexed = agree(&path, &["mp4a.6B"]);
    on_grid(&indexed.samples[0], 1_152);
}

#[test]
fn codecs_that_no_player_takes_are_told_and_not_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.flv");
    make(&path, &[PICTURE, SOUND], &[&["-r", "25", "-c:v", "flv1", "-c:a", "pcm_s16le"]]);
    let indexed = read(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(indexed.tracks.iter().map(|track| track.codec.rfc6381()).collect::<Vec<_>>(), ["s263", "lpcm"]);
    assert!(indexed.tracks.iter().all(|track| !track.playable));
    assert!(indexed.samples.iter().all(Vec::is_empty));
}

fn tag(kind: u8, time: u32, body: &[&[u8]]) -> Vec<u8> {
    let body = body.concat();
    let [high, times @ ..] = time.to_be_bytes();
    let [_, len @ ..] = (body.len() as u32).to_be_bytes();
    let trailer = (body.len() as u32 + 11).to_be_bytes();
    [&[kind][..], &len, &times, &[high, 0, 0, 0], &body, &trailer].concat()
}

const HEADER: &[u8] = b"FLV\x01\x05\0\0\0\x09\0\0\0\0";

/// Four seconds of sound, from a time on.
fn sound(from: u32) -> Vec<u8> {
    (0..173).flat_map(|frame| tag(8, from + frame * 1_024_000 / 44_100, &[b"\xaf\x01", &[7; 9]])).collect()
}

const AAC_CONFIG: &[u8] = b"\xaf\x00\x12\x10";

#[test]
fn times_that_begin_anew_go_on() {
    let file = [HEADER, &tag(8, 0, &[AAC_CONFIG]), &sound(0x0100_0000), &tag(8, 0, &[AAC_CONFIG]), &sound(0)].concat();
    let indexed = read(&file).unwrap();
    let samples = &indexed.samples[0];
    assert_eq!(samples.len(), 346);
    // Beyond 24 bits, and less than two frames from one to the next.
    assert!(seconds(samples[0].dts, indexed.tracks[0].timescale) > 16_777.0);
    assert!(samples.windows(2).all(|pair| (1_024..2_048).contains(&(pair[1].dts - pair[0].dts))));
}

#[test]
fn hevc_in_an_extended_header_is_indexed() {
    // The configuration and the frames of a real encoder, in tags written here.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mkv");
    let x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "bframes=0:log-level=none:pools=1"];
    make(&path, &["testsrc2=size=160x96:rate=25:duration=1"], &[&x265]);
    let source = std::fs::read(&path).unwrap();
    let from = index(Matroska::new(source.len() as u64), &source, usize::MAX).unwrap();
    let entry = &from.tracks[0].sample_entry;
    let at = entry.windows(4).position(|name| name == b"hvcC").unwrap();
    let size = u32::from_be_bytes(entry[at - 4..at].try_into().unwrap()) as usize;
    let config = &entry[at + 4..at - 4 + size];

    let mut file = [HEADER, &tag(9, 0, &[b"\x90hvc1", config])].concat();
    for (number, sample) in (0u32..).zip(&from.samples[0]) {
        let bytes = &source[sample.offset as usize..][..sample.size as usize];
        let first = if sample.sync { b"\x91hvc1\0\0\x50" } else { b"\xa1hvc1\0\0\x50" };
        file.extend(tag(9, number * 40, &[first, bytes]));
    }
    let indexed = read(&file).unwrap();
    let track = &indexed.tracks[0];
    assert_eq!((track.codec, track.coded_width, track.coded_height), (from.tracks[0].codec, 160, 96));
    assert_eq!(&track.sample_entry, entry);
    for (found, expected) in indexed.samples[0].iter().zip(&from.samples[0]) {
        let bytes = |file: &[u8], sample: &Sample| file[sample.offset as usize..][..sample.size as usize].to_vec();
        assert_eq!(bytes(&file, found), bytes(&source, expected));
        assert_eq!((found.sync, found.pts - found.dts), (expected.sync, 80));
    }
    assert_eq!(indexed.samples[0].len(), from.samples[0].len());
}

#[test]
fn a_new_configuration_in_the_middle_is_refused() {
    let other = tag(8, 5_000, &[b"\xaf\x00\x11\x90"]);
    let file = [HEADER, &tag(8, 0, &[AAC_CONFIG]), &sound(0), &other, &sound(5_000)].concat();
    assert_eq!(read(&file), Err(IndexError::SeveralConfigurations { track: "sound" }));
    let mp3 = tag(8, 5_000, &[b"\x2f\xff\xfb\x90\x64"]);
    let file = [HEADER, &tag(8, 0, &[AAC_CONFIG]), &sound(0), &mp3].concat();
    assert_eq!(read(&file), Err(IndexError::SeveralConfigurations { track: "sound" }));
}

fn small() -> Vec<u8> {
    let config = b"\x17\0\0\0\0\x01\x64\x00\x1f\xff\xe1\x00\x1b\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03\x03\x20\xf1\x83\x19\x60\x01\x00\x04\x68\xeb\xe3\xcb";
    let mut file = [HEADER, &tag(9, 0, &[config]), &tag(8, 0, &[AAC_CONFIG])].concat();
    for frame in 0..20u32 {
        let first: &[u8] = if frame % 5 == 0 { b"\x17\x01\0\0\x28" } else { b"\x27\x01\0\0\x28" };
        file.extend(tag(9, frame * 40, &[first, &vec![1; frame as usize + 1]]));
        file.extend(tag(8, frame * 23, &[b"\xaf\x01", &[2; 5]]));
    }
    file
}

#[test]
fn a_file_cut_anywhere_gives_what_is_there() {
    let file = small();
    let all = read(&file).unwrap();
    assert_eq!(all.samples.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20]);
    for len in 0..file.len() {
        match read(&file[..len]) {
            Ok(indexed) => {
                let inside = |sample: &Sample| sample.offset + u64::from(sample.size) <= len as u64;
                assert!(indexed.samples.iter().flatten().all(inside), "{len}");
                let pairs = indexed.samples.iter().zip(&all.samples);
                assert!(indexed.samples.len() < 2 || pairs.into_iter().all(|(part, whole)| whole.starts_with(part)));
            }
            Err(IndexError::NoTracks | IndexError::Foreign { .. }) => {}
            Err(error) => panic!("{len}: {error}"),
        }
    }
}

#[test]
fn what_is_no_flash_video_is_refused() {
    assert_eq!(read(b"FLV\x02\x05\0\0\0\x09\0\0\0\0"), Err(IndexError::Foreign { format: "Flash video" }));
    assert!(matches!(read(b"FLV\x01\x05\0\0\0\x01\0\0\0\0"), Err(IndexError::Malformed { .. })));
    assert_eq!(read(HEADER), Err(IndexError::NoTracks));
}

#[test]
fn every_byte_of_a_file_may_be_wrong() {
    let file = small();
    let mut found = 0;
    for position in 0..file.len() {
        for value in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            let mut file = file.clone();
            file[position] = value;
            if let Ok(indexed) = read(&file) {
                let len = file.len() as u64;
                let inside = |sample: &Sample| sample.size > 0 && sample.offset + u64::from(sample.size) <= len;
                assert!(indexed.samples.iter().flatten().all(inside));
                assert!(indexed.samples.iter().all(|samples| samples.is_sorted_by_key(|sample| sample.dts)));
                found += indexed.samples.iter().map(Vec::len).sum::<usize>();
            }
        }
    }
    assert!(found > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_indexed_or_refused(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        piece in 1usize..400,
    ) {
        let mut file = small();
        for (at, value) in &damage {
            let at = at.index(file.len());
            file[at] = *value;
        }
        let whole = read(&file);
        let pieces = index(Flv::new(file.len() as u64), &file, piece);
        prop_assert_eq!(whole.map(|found| found.samples), pieces.map(|found| found.samples));
    }
}
