//! Matroska and WebM: files of the real ffmpeg read beside ffprobe, files built here, and files that lie.

use std::path::PathBuf;
use std::time::Duration;

use kinora_media::index::{IndexError, IndexedTrack, Sample};
use kinora_media::map::{Cuts, MapBuilder};
use kinora_media::matroska::Matroska;
use kinora_media::{FrameRate, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::indexed::{Indexed, compare, index, on_grid, same_configurations};
use crate::support::package::whole;
use crate::support::tool;

const SOUND: &str = "sine=frequency=440:sample_rate=48000:duration=3";
const X264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p"];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "96k"];
const OPUS: &[&str] = &["-c:a", "libopus", "-b:a", "64k"];

fn make(folder: &TempDir, name: &str, rate: &str, options: &[&[&str]]) -> PathBuf {
    let path = folder.path().join(name);
    let picture = format!("testsrc2=size=160x96:rate={rate}:duration=3");
    let mut arguments = vec!["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", SOUND, "-threads", "2"];
    arguments.extend(options.iter().copied().flatten());
    tool::ffmpeg(&arguments, &path);
    path
}

fn read(file: &[u8]) -> Result<Indexed, IndexError> {
    index(Matroska::new(file.len() as u64), file, usize::MAX)
}

/// Reads a file, compares it with what ffprobe says, and gives what was found.
fn agree(path: &PathBuf, names: &[&str]) -> Indexed {
    let file = std::fs::read(path).unwrap();
    let indexed = read(&file).unwrap();
    let found: Vec<_> = indexed.tracks.iter().map(|track| track.codec.rfc6381()).collect();
    assert_eq!(found, names);
    for stream in 0..names.len() {
        // Times are rounded to milliseconds in the file.
        compare(path, &file, &indexed, stream, 0.001_1);
        let of = |name| tool::field(path, stream, name).parse::<u32>().unwrap();
        let track = &indexed.tracks[stream];
        if track.kind == TrackKind::Video {
            assert_eq!((track.coded_width, track.coded_height), (of("width"), of("height")));
            let mut times: Vec<_> = indexed.samples[stream].iter().map(|sample| sample.pts).collect();
            times.sort_unstable();
            assert!(indexed.samples[stream].iter().map(|sample| sample.dts).eq(times));
        } else {
            assert_eq!((track.sample_rate, u32::from(track.channels)), (of("sample_rate"), of("channels")));
        }
    }
    same_configurations(path, &indexed.tracks);
    for piece in [1, 1_000] {
        let again = index(Matroska::new(file.len() as u64), &file, piece).unwrap();
        assert_eq!((again.tracks, again.samples), (indexed.tracks.clone(), indexed.samples.clone()));
    }
    indexed
}

#[test]
fn h264_and_aac_are_indexed_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let indexed = agree(&make(&folder, "a.mkv", "30000/1001", &[X264, AAC]), &["avc1.4D400B", "mp4a.40.2"]);
    let [picture, sound] = &indexed.tracks[..] else { panic!("{indexed:?}") };
    assert_eq!(picture.frame_rate, FrameRate::new(30_000, 1_001));
    assert_eq!((picture.timescale.get(), sound.timescale.get()), (30_000, 48_000));
    on_grid(&indexed.samples[0], 1_001);
    on_grid(&indexed.samples[1], 1_024);
    assert!(picture.duration_hint.unwrap().abs_diff(90_090) < 2_000);
}

#[test]
fn hevc_and_opus_are_indexed_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let x265: &[&str] =
        &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "bframes=3:keyint=25:log-level=none:pools=1"];
    let indexed = agree(&make(&folder, "a.mkv", "25", &[x265, OPUS]), &["hvc1.1.6.L30.90", "opus"]);
    on_grid(&indexed.samples[0], 512);
    on_grid(&indexed.samples[1], 960);
    assert_eq!((indexed.tracks[1].priming, indexed.samples[1][0].pts), (312, -312));
}

#[test]
fn vp9_and_opus_in_webm_are_indexed_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let vp9: &[&str] = &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"];
    let path = make(&folder, "a.webm", "25", &[vp9, &["-pix_fmt", "yuv420p"], OPUS]);
    let indexed = agree(&path, &["vp09.00.10.08", "opus"]);
    assert_eq!(indexed.tracks[0].language, None);
}

#[test]
fn av1_and_flac_are_indexed_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let av1: &[&str] =
        &["-c:v", "libsvtav1", "-preset", "12", "-g", "25", "-svtav1-params", "lp=1", "-pix_fmt", "yuv420p"];
    let indexed = agree(&make(&folder, "a.mkv", "25", &[av1, &["-c:a", "flac"]]), &["av01.0.00M.08", "fLaC"]);
    on_grid(&indexed.samples[1], 4_608);
}

#[test]
fn a_map_of_an_indexed_file_renders_all_of_its_frames() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "film.mkv", "25", &[X264, AAC]);
    let file = std::fs::read(&path).unwrap();
    let indexed = read(&file).unwrap();
    for (track, samples) in indexed.tracks.iter().zip(&indexed.samples) {
        let facts = track.facts().unwrap();
        let mut builder = MapBuilder::new(facts, Duration::from_secs(1), Cuts::Grid);
        for sample in samples {
            builder.push(*sample).unwrap();
        }
        let map = builder.finish(None).unwrap();
        assert!(map.segment_count() > 2);
        let rendered = folder.path().join("rendered.mp4");
        std::fs::write(&rendered, whole(&map, &file)).unwrap();
        assert_eq!(tool::frames(&rendered, 0).len(), samples.len());
    }
    let silent = IndexedTrack { playable: false, ..indexed.tracks[0].clone() };
    assert_eq!(silent.facts(), None);
}

/// The same file with no size in the header of any cluster.
fn without_cluster_sizes(mut file: Vec<u8>) -> (Vec<u8>, usize) {
    let clusters: Vec<_> = (0..file.len()).filter(|at| file[*at..].starts_with(b"\x1f\x43\xb6\x75")).collect();
    for at in &clusters {
        let size = at + 4;
        let len = file[size].leading_zeros() as usize + 1;
        file[size] |= 0xff >> len;
        file[size + 1..size + len].fill(0xff);
    }
    (file, clusters.len())
}

#[test]
fn clusters_without_size_are_indexed_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let live: &[&str] = &["-c:a", "libmp3lame", "-live", "1", "-cluster_time_limit", "500"];
    let path = make(&folder, "a.mkv", "25", &[X264, live]);
    let (file, clusters) = without_cluster_sizes(std::fs::read(&path).unwrap());
    assert!(clusters >= 3, "{clusters}");
    std::fs::write(&path, file).unwrap();
    let indexed = agree(&path, &["avc1.4D400B", "mp4a.6B"]);
    on_grid(&indexed.samples[1], 1_152);
}

#[test]
fn names_languages_shapes_and_colors_are_found() {
    let folder = TempDir::new().unwrap();
    let told: &[&str] = &[
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "1",
        "-vf",
        "setsar=4/3",
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-metadata:s:a:0",
        "language=ger",
        "-metadata:s:a:1",
        "title=Commentary",
        "-disposition:a:0",
        "default",
        "-disposition:a:1",
        "0",
    ];
    let indexed = agree(&make(&folder, "a.mkv", "25", &[X264, AAC, told]), &["avc1.4D400B", "mp4a.40.2", "mp4a.40.2"]);
    let [picture, german, other] = &indexed.tracks[..] else { panic!("{indexed:?}") };
    assert_eq!((picture.width, picture.height), (213, 96));
    assert!(picture.sample_entry.windows(8).any(|bytes| bytes[..4] == *b"pasp"));
    assert!(picture.sample_entry.windows(15).any(|bytes| bytes == b"colrnclx\0\x01\0\x01\0\x01\0"));
    assert_eq!((german.language.as_deref(), german.enabled), (Some("de"), true));
    assert_eq!((other.name.as_deref(), other.enabled), (Some("Commentary"), false));
}

#[test]
fn codecs_that_no_player_takes_are_told_and_not_read() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.webm", "25", &[&["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"]]);
    let file = std::fs::read(path).unwrap();
    let indexed = index(Matroska::new(file.len() as u64), &file, 1_000).unwrap();
    assert!(indexed.bytes_read < 10_000 && file.len() > 20_000, "{} of {}", indexed.bytes_read, file.len());
    assert!(indexed.tracks.iter().all(|track| !track.playable && track.sample_entry.is_empty()));
    assert_eq!(indexed.tracks.iter().map(|track| track.codec.rfc6381()).collect::<Vec<_>>(), ["vp08", "vorb"]);
    assert!(indexed.samples.iter().all(Vec::is_empty));
}

#[test]
fn large_blocks_are_stepped_over() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mkv");
    let noise = "nullsrc=size=1280x720:rate=25:duration=1,geq=random(1)*255:128:128";
    let huge = ["-f", "lavfi", "-i", noise, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-bf", "0"];
    tool::ffmpeg(&huge, &path);
    let file = std::fs::read(&path).unwrap();
    let indexed = read(&file).unwrap();
    compare(&path, &file, &indexed, 0, 0.001_1);
    assert!(indexed.bytes_read * 20 < file.len() as u64, "{} of {}", indexed.bytes_read, file.len());
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = (1u64 << 56 | body.len() as u64).to_be_bytes();
    [id, &size, body].concat()
}

/// A file with one track of Opus and these children of one cluster.
fn opus_file(entry: &[u8], cluster: &[u8]) -> Vec<u8> {
    let head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0";
    let track = [
        element(b"\xd7", &[1]),
        element(b"\x73\xc5", &[9]),
        element(b"\x83", &[2]),
        element(b"\x86", b"A_OPUS"),
        element(b"\x63\xa2", head),
        element(b"\xe1", &[element(b"\xb5", &48_000f32.to_be_bytes()), element(b"\x9f", &[2])].concat()),
        entry.to_vec(),
    ];
    let tracks = element(b"\x16\x54\xae\x6b", &element(b"\xae", &track.concat()));
    let info = element(b"\x15\x49\xa9\x66", &element(b"\x2a\xd7\xb1", &1_000_000u32.to_be_bytes()));
    let cluster = element(b"\x1f\x43\xb6\x75", &[element(b"\xe7", &[100]), cluster.to_vec()].concat());
    let segment = element(b"\x18\x53\x80\x67", &[info, tracks, cluster].concat());
    [element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"webm")), segment].concat()
}

/// Packets of 20 ms whose sizes differ.
fn packet(size: usize) -> Vec<u8> {
    let mut bytes = vec![0xfc];
    bytes.resize(size, 0x55);
    bytes
}

fn laced() -> Vec<u8> {
    let frames = [packet(300), packet(40), packet(41)].concat();
    let same = [packet(50), packet(50), packet(50)].concat();
    let xiph = [&[0x81, 0, 0, 0x82, 2, 0xff, 45, 40][..], &frames].concat();
    let ebml = [&[0x81, 0, 60, 0x86, 2, 0x41, 0x2c, 0x5e, 0xfb][..], &frames].concat();
    let fixed = [&[0x81, 0, 120, 0x04, 2][..], &same].concat();
    let alone = [&[0x81, 0xff, 0xf6, 0x80][..], &packet(7)].concat();
    let group = element(b"\xa0", &[element(b"\x75\xa2", &[1]), element(b"\xa1", &fixed)].concat());
    opus_file(b"", &[element(b"\xa3", &alone), element(b"\xa3", &xiph), element(b"\xa3", &ebml), group].concat())
}

#[test]
fn frames_that_share_a_block_are_found_as_ffprobe_finds_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("laced.webm");
    let file = laced();
    std::fs::write(&path, &file).unwrap();
    let indexed = read(&file).unwrap();
    let sizes: Vec<_> = indexed.samples[0].iter().map(|sample| sample.size).collect();
    assert_eq!(sizes, [7, 300, 40, 41, 300, 40, 41, 50, 50, 50]);
    let packets = tool::hashed_packets(&path, 0);
    assert!(packets.iter().map(|packet| packet.size).eq(sizes.iter().map(|size| u64::from(*size))));
    for (sample, packet) in indexed.samples[0].iter().zip(&packets) {
        let bytes = &file[sample.offset as usize..][..sample.size as usize];
        assert_eq!((bytes[0], bytes.len() as u64), (0xfc, packet.size));
    }
    // The first is at 90 ms, where the next is said to be at 100: less than a frame and a half apart.
    assert_eq!(indexed.samples[0][0].pts, 4_320);
    on_grid(&indexed.samples[0], 960);
}

#[test]
fn tracks_whose_blocks_are_encoded_do_not_play() {
    let encodings = element(b"\x6d\x80", &element(b"\x62\x40", &element(b"\x50\x34", &element(b"\x42\x54", &[3]))));
    let block = [&[0x81, 0, 0, 0x80][..], &packet(7)].concat();
    let indexed = read(&opus_file(&encodings, &element(b"\xa3", &block))).unwrap();
    assert!(!indexed.tracks[0].playable);
    assert!(indexed.samples[0].is_empty());
}

#[test]
fn languages_are_taken_from_the_better_element() {
    let both = [element(b"\x22\xb5\x9c", b"ger"), element(b"\x22\xb5\x9d", b"de-AT")].concat();
    for (entry, expected) in [(both, Some("de-AT")), (element(b"\x22\xb5\x9c", b"fre"), Some("fr")), (vec![], None)] {
        assert_eq!(read(&opus_file(&entry, b"")).unwrap().tracks[0].language.as_deref(), expected);
    }
}

#[test]
fn a_file_cut_anywhere_gives_what_is_there() {
    let file = laced();
    let all = read(&file).unwrap().samples.remove(0);
    for len in 0..file.len() {
        match read(&file[..len]) {
            Ok(indexed) => {
                let is_there = |sample: &Sample| sample.offset + u64::from(sample.size) <= len as u64;
                assert!(indexed.samples[0].iter().all(is_there), "{len}");
                assert!(all.starts_with(&indexed.samples[0]), "{len}");
            }
            Err(IndexError::NoTracks | IndexError::Foreign { .. }) => {}
            Err(error) => panic!("{len}: {error}"),
        }
    }
}

#[test]
fn what_is_no_matroska_is_refused() {
    let foreign = Err(IndexError::Foreign { format: "Matroska" });
    assert_eq!(read(b"\0\0\0\x18ftypisom"), foreign);
    let other = [element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"other")), vec![0; 100]].concat();
    assert_eq!(read(&other), foreign);
    // A cluster in front of the tracks.
    let head = element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"webm"));
    let early = [head, element(b"\x18\x53\x80\x67", &element(b"\x1f\x43\xb6\x75", b""))].concat();
    assert_eq!(read(&early), Err(IndexError::NoTracks));
}

#[test]
fn every_byte_of_a_file_may_be_wrong() {
    let file = laced();
    let mut found = 0;
    for position in 0..file.len() {
        for value in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            let mut file = file.clone();
            file[position] = value;
            if let Ok(indexed) = read(&file) {
                let len = file.len() as u64;
                let inside = |sample: &Sample| sample.size > 0 && sample.offset + u64::from(sample.size) <= len;
                assert!(indexed.samples.iter().flatten().all(inside));
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
        let mut file = laced();
        for (at, value) in &damage {
            let at = at.index(file.len());
            file[at] = *value;
        }
        let whole = read(&file);
        let pieces = index(Matroska::new(file.len() as u64), &file, piece);
        prop_assert_eq!(whole.map(|found| found.samples), pieces.map(|found| found.samples));
    }

    #[test]
    fn any_elements_are_indexed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(indexed) = read(&opus_file(b"", &bytes)) {
            prop_assert!(indexed.samples[0].len() <= bytes.len());
        }
    }
}
