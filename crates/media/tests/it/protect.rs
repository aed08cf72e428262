//! Protected segments: decrypted by ffmpeg, by openssl, and by a reader written from the standard; what stays in the clear is
//! what ffmpeg reads as headers.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::protect::{self, ContentKey, Iv, Key, KeyId, ProtectError, Scheme, TrackSalt};
use kinora_media::timing::Timescale;
use kinora_media::{Codec, SegmentMap, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::decrypt::{self, Protected};
use crate::support::film::{self, FilmTrack, film};
use crate::support::package::{plan, segment, slice, whole};
use crate::support::tool::{self, Section};

const KEY: [u8; 16] = *b"\x3a\x2a\x1b\x68\xdd\x2b\xd9\xb2\xee\xb2\x5e\x84\xc4\x77\x66\x68";
const KID: [u8; 16] = *b"\x10\x00\x00\x00\x10\x00\x10\x00\x10\x00\x10\x00\x00\x00\x00\x01";
const IV: [u8; 16] = *b"\xf9\xd9\xd5\xf5\xf3\xb5\xbc\x03\x72\x85\x6d\xf0\x68\xf9\xf6\xa2";
const SCHEMES: [Scheme; 2] = [Scheme::Cenc, Scheme::Cbcs];

fn key() -> ContentKey {
    ContentKey { key: Key::new(KEY), kid: KeyId::new(KID), iv: Iv::new(IV) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of the samples of segment `n`.
fn payload(map: &SegmentMap, n: u32, object: &[u8]) -> Vec<u8> {
    map.runs(n).unwrap().iter().flat_map(|run| slice(object, run).to_vec()).collect()
}

/// Segment `n`, protected.
fn protected(map: &SegmentMap, n: u32, object: &[u8], scheme: Scheme) -> Result<Vec<u8>, ProtectError> {
    let segment = protect::media_segment(map, n, payload(map, n, object), scheme, &key())?;
    assert_eq!(segment.size(), (segment.head.len() + segment.payload.len()) as u64);
    Ok([segment.head, segment.payload].concat())
}

/// The samples of all segments in the clear.
fn samples(map: &SegmentMap, object: &[u8]) -> Vec<Vec<u8>> {
    let segments = (0..map.segment_count()).map(|n| (map.samples(n).unwrap().samples, payload(map, n, object)));
    let mut all = Vec::new();
    for (samples, payload) in segments {
        let mut rest = payload.as_slice();
        for sample in samples {
            let (bytes, behind) = rest.split_at(sample.size as usize);
            all.push(bytes.to_vec());
            rest = behind;
        }
    }
    all
}

/// Where the protected ranges of all samples lie in them, as `senc` tells it; all of a sample without.
fn told(segments: &[Vec<u8>], protected: &Protected) -> Vec<Vec<Range<usize>>> {
    let samples = segments.iter().flat_map(|segment| decrypt::samples(segment, protected));
    let ranges = samples.map(|sample| match sample.ranges {
        None => vec![0..sample.place.len()],
        Some(ranges) => {
            let mut at = 0;
            let places = ranges.iter().map(|(clear, encrypted)| {
                at += clear + encrypted;
                at - encrypted..at
            });
            let places: Vec<_> = places.filter(|range| !range.is_empty()).collect();
            assert_eq!(at, sample.place.len());
            places
        }
    });
    ranges.collect()
}

const SOUND: &[&str] = &["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=9"];
const PICTURE: &[&str] = &["-f", "lavfi", "-i", "testsrc2=size=320x192:rate=25:duration=9"];
const X264: &[&str] = &["-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"];
const X265: &[&str] =
    &["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-pix_fmt", "yuv420p", "-x265-params"];

/// Makes a film with ffmpeg.
fn make(folder: &TempDir, name: &str, arguments: &[&[&str]]) -> PathBuf {
    let path = folder.path().join(name);
    tool::ffmpeg(&[PICTURE, SOUND, &arguments.concat()].concat(), &path);
    path
}

/// Protects a track, and has it decrypted by ffmpeg and by a reader of our own. Gives its protected ranges.
fn read_back(map: &SegmentMap, object: &[u8], scheme: Scheme, folder: &Path) -> Vec<Vec<Range<usize>>> {
    let init = protect::init_segment(map, scheme, &key()).unwrap();
    let segments: Vec<_> = (0..map.segment_count()).map(|n| protected(map, n, object, scheme).unwrap()).collect();
    assert!(segments.len() > 2);
    let told_init = decrypt::init(&init);
    check_init(&told_init, map, scheme);
    let clear = samples(map, object);
    let again: Vec<_> = segments.iter().flat_map(|segment| decrypt::decrypt(segment, &told_init, KEY)).collect();
    assert_eq!(again, clear);

    let (before, after) = (folder.join("clear.mp4"), folder.join("protected.mp4"));
    std::fs::write(&before, whole(map, object)).unwrap();
    std::fs::write(&after, [vec![init], segments.clone()].concat().concat()).unwrap();
    let shown = tool::frames(&before, 0);
    assert!(shown.len() > 80);
    assert_eq!(tool::decrypted_frames(&after, 0, &hex(&KEY)), shown, "{}", scheme.name());
    // The film is really hidden: no sample is what it was, unless it is too small for a block.
    let ranges = told(&segments, &told_init);
    let hidden = segments.iter().flat_map(|segment| {
        let samples = decrypt::samples(segment, &told_init);
        samples.into_iter().map(|sample| segment[sample.place].to_vec()).collect::<Vec<_>>()
    });
    for ((clear, hidden), ranges) in clear.iter().zip(hidden).zip(&ranges) {
        assert_eq!(*clear != hidden, ranges.iter().any(|range| range.len() >= 16));
    }
    ranges
}

fn check_init(told: &Protected, map: &SegmentMap, scheme: Scheme) {
    assert_eq!(told.scheme, *scheme.name().as_bytes());
    assert_eq!((told.kid, told.asked.as_slice()), (KID, &[KID][..]));
    let is_picture = map.header().kind == TrackKind::Video;
    match scheme {
        Scheme::Cenc => assert_eq!((told.version, told.pattern, told.iv_size), (0, (0, 0), 8)),
        Scheme::Cbcs => {
            assert_eq!((told.version, told.pattern, told.iv_size), (1, if is_picture { (1, 9) } else { (0, 0) }, 0));
            assert_eq!(told.constant_iv, IV);
        }
    }
}

/// How many bytes of a unit hold so many bytes of content, by the rule that keeps start codes out.
fn raw(unit: &[u8], content: usize) -> usize {
    let (mut seen, mut zeros) = (0, 0);
    for (at, byte) in unit.iter().enumerate() {
        if seen == content {
            return at;
        }
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        seen += 1;
    }
    assert_eq!(seen, content);
    unit.len()
}

/// The parts of samples behind slice headers, as ffmpeg reads these.
fn behind_headers(
    file: &Path,
    samples: &[Vec<u8>],
    length_size: usize,
    is_slice: fn(u8) -> bool,
) -> Vec<Vec<Range<usize>>> {
    let packets = tool::headers(file);
    assert_eq!(packets.len(), samples.len());
    let parts = samples.iter().zip(packets).map(|(sample, packet)| {
        let mut headers = packet.into_iter().filter(|section| section.name.starts_with("Slice "));
        let mut parts = Vec::new();
        let mut at = 0;
        while at < sample.len() {
            let len = sample[at..at + length_size].iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
            let start = at + length_size;
            at = start + len;
            let unit = &sample[start..at];
            if is_slice(unit[0]) {
                let header = headers.next().unwrap();
                parts.push(start + raw(unit, header.end.div_ceil(8))..at);
            }
        }
        assert_eq!(headers.next(), None);
        parts
    });
    parts.collect()
}

/// What of parts is protected.
fn expected(parts: &[Vec<Range<usize>>], scheme: Scheme) -> Vec<Vec<Range<usize>>> {
    let cut = |part: &Range<usize>| match scheme {
        Scheme::Cenc => part.start + part.len() % 16..part.end,
        Scheme::Cbcs => part.clone(),
    };
    parts.iter().map(|parts| parts.iter().map(cut).filter(|part| !part.is_empty()).collect()).collect()
}

const AVC_SLICE: fn(u8) -> bool = |header| matches!(header & 0x1f, 1 | 5);
const HEVC_SLICE: fn(u8) -> bool = |header| matches!(header >> 1 & 0x3f, 0..=9 | 16..=21);

/// Has the picture of a film read back, and compares what is protected with what ffmpeg reads.
fn pictures(path: &Path, folder: &TempDir, is_slice: fn(u8) -> bool) {
    let file = std::fs::read(path).unwrap();
    let map = &plan(&file).unwrap()[0].map;
    let parts = behind_headers(path, &samples(map, &file), 4, is_slice);
    for scheme in SCHEMES {
        assert!(protect::takes(map.header(), scheme));
        assert_eq!(read_back(map, &file, scheme, folder.path()), expected(&parts, scheme), "{}", scheme.name());
    }
}

/// A test for each kind of picture.
macro_rules! pictures {
    ($($name:ident: $is_slice:expr, $arguments:expr;)+) => {
        $(#[test]
        fn $name() {
            let folder = TempDir::new().unwrap();
            let path = make(&folder, "a.mp4", &[$arguments]);
            pictures(&path, &folder, $is_slice);
        })+
    };
}

pictures! {
    h264_is_protected_behind_its_slice_headers: AVC_SLICE, X264;
    slices_and_weights_of_h264_are_read: AVC_SLICE, &[X264, &["-vf", "fade=in:0:60", "-x264-params",
        "slices=5:weightp=2:weightb=1:ref=6:b-pyramid=normal:direct=auto:aud=1"]].concat();
    h264_without_arithmetic_coding_is_read: AVC_SLICE, &[X264, &["-profile:v", "baseline", "-x264-params",
        "bframes=0:ref=3:slices=2"]].concat();
    h264_in_fields_is_read: AVC_SLICE, &[X264, &["-flags", "+ildct+ilme", "-x264-params", "tff=1:slices=2"]].concat();
    h264_in_444_is_read: AVC_SLICE, &[&X264[..8], &["-pix_fmt", "yuv444p", "-x264-params", "qp=0"]].concat();
    hevc_is_protected_behind_its_slice_headers: HEVC_SLICE, &[X265, &["bframes=3:keyint=50:log-level=none:pools=1"]].concat();
    slices_and_weights_of_hevc_are_read: HEVC_SLICE, &[&["-vf", "fade=in:0:60"], X265, &[
        "slices=3:weightp=1:weightb=1:ref=5:b-pyramid=1:wpp=1:aud=1:hrd=1:vbv-maxrate=900:vbv-bufsize=900:keyint=50:log-level=none:pools=1"]].concat();
    hevc_with_scaling_lists_and_open_groups_is_read: HEVC_SLICE, &[X265, &[
        "scaling-list=default:open-gop=1:temporal-layers=2:bframes=4:keyint=50:deblock=2,2:no-sao=1:log-level=none:pools=1"]].concat();
}

/// Has a picture read back whose samples hold more than slices, and compares what is protected with `parts` of each sample.
fn frames(film: Film<'_>, schemes: &[Scheme], parts: fn(&[u8], &[Section]) -> Vec<Range<usize>>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mp4");
    tool::ffmpeg(&[&["-f", "lavfi", "-i", film.source], film.encoder].concat(), &path);
    let file = std::fs::read(&path).unwrap();
    let map = &plan(&file).unwrap()[0].map;
    let clear = samples(map, &file);
    let packets = tool::headers(&path);
    assert_eq!(packets.len(), clear.len());
    let parts: Vec<_> = clear.iter().zip(&packets).map(|(sample, packet)| parts(sample, packet)).collect();
    for name in film.has {
        let is_there = |section: &Section| section.name == *name || section.value(name).is_some_and(|value| value != 0);
        assert!(packets.iter().flatten().any(is_there), "{name} is not in the film");
    }
    for scheme in schemes {
        assert_eq!(read_back(map, &file, *scheme, folder.path()), expected(&parts, *scheme), "{}", scheme.name());
    }
}

/// A film, how it is encoded, and what it must have in its headers for the test to mean something.
struct Film<'a> {
    source: &'a str,
    encoder: &'a [&'a str],
    has: &'a [&'a str],
}

/// The tiles of a temporal unit of AV1, behind the headers that ffmpeg reads.
fn tiles(sample: &[u8], packet: &[Section]) -> Vec<Range<usize>> {
    let mut tiles = Vec::new();
    let mut at = 0;
    let mut units = packet.chunk_by(|_, next| next.name != "OBU header").peekable();
    while let Some(unit) = units.next() {
        let payload = at + unit[0].end / 8;
        let end = match unit[0].value("obu_size") {
            Some(size) => payload + size as usize,
            None => sample.len(),
        };
        if matches!(unit[0].value("obu_type"), Some(4 | 6)) {
            let value = |name: &str| unit.iter().find_map(|section| section.value(name)).unwrap_or(0) as usize;
            let count = 1 << (value("tile_cols_log2") + value("tile_rows_log2"));
            let mut from = at + unit.iter().map(|section| section.end).max().unwrap().div_ceil(8);
            for tile in 0..count {
                let size_bytes = if tile + 1 < count { value("tile_size_bytes_minus1") + 1 } else { 0 };
                let size =
                    sample[from..from + size_bytes].iter().rev().fold(0, |size, byte| size << 8 | usize::from(*byte));
                from += size_bytes;
                let to = if size_bytes > 0 { from + size + 1 } else { end };
                tiles.push(from..to);
                from = to;
            }
        }
        at = end;
    }
    assert_eq!(at, sample.len());
    tiles
}

/// The frames of a sample of VP9 behind their uncompressed headers.
fn behind_uncompressed(sample: &[u8], packet: &[Section]) -> Vec<Range<usize>> {
    let index: Vec<_> = packet.iter().filter(|section| section.name == "Superframe Index").collect();
    let frames: Vec<_> = packet.iter().filter(|section| section.name == "Frame").collect();
    let told = index.iter().flat_map(|index| &index.fields).filter(|(name, _)| name.starts_with("frame_sizes"));
    let told: Vec<usize> = told.map(|(_, size)| *size as usize).collect();
    let sizes = if told.is_empty() { vec![sample.len()] } else { told };
    assert_eq!(sizes.len(), frames.len());
    let mut at = 0;
    let frames = sizes.iter().zip(frames).map(|(size, frame)| {
        at += size;
        at - size + frame.end.div_ceil(8)..at
    });
    frames.collect()
}

const TEST: &str = "testsrc2=size=320x192:rate=25:duration=9";
const SVT: [&str; 7] = ["-c:v", "libsvtav1", "-preset", "7", "-g", "50", "-svtav1-params"];

#[test]
fn tiles_of_av1_are_protected_behind_hidden_frames_and_grain() {
    let encoder = &[&SVT[..], &["lp=1:film-grain=8", "-pix_fmt", "yuv420p"]].concat();
    let has = &["show_existing_frame", "skip_mode_present", "apply_grain", "showable_frame"];
    frames(Film { source: TEST, encoder, has }, &SCHEMES, tiles);
}

#[test]
fn tiles_of_av1_are_protected_behind_scaled_and_restored_frames() {
    let encoder =
        &[&SVT[..], &["lp=1:superres-mode=1:superres-denom=11:enable-restoration=1:scm=1", "-pix_fmt", "yuv420p10le"]];
    let has = &["use_superres", "lr_type[0]", "reference_select", "high_bitdepth"];
    frames(Film { source: TEST, encoder: &encoder.concat(), has }, &SCHEMES, tiles);
}

#[test]
fn several_tiles_of_av1_are_protected() {
    let encoder = &[
        "-c:v",
        "libaom-av1",
        "-usage",
        "realtime",
        "-cpu-used",
        "8",
        "-tiles",
        "2x2",
        "-g",
        "50",
        "-aom-params",
        "aq-mode=3:error-resilient=1",
        "-pix_fmt",
        "yuv420p",
    ];
    let has = &["tile_cols_log2", "tile_rows_log2", "segmentation_enabled", "frame_id_numbers_present_flag"];
    frames(Film { source: TEST, encoder, has }, &SCHEMES, tiles);
}

#[test]
fn tiles_of_av1_in_444_are_protected() {
    let encoder = &["-c:v", "librav1e", "-speed", "10", "-tiles", "4", "-g", "50", "-pix_fmt", "yuv444p"];
    let source = "testsrc2=size=320x192:rate=25:duration=9,rotate=a=t/3";
    frames(Film { source, encoder, has: &["tile_cols_log2", "show_existing_frame"] }, &SCHEMES, tiles);
}

#[test]
fn frames_of_vp9_are_protected_behind_their_uncompressed_headers() {
    let source = "testsrc=size=640x96:rate=25:duration=9";
    let encoder = &[
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-b:v",
        "50k",
        "-tile-columns",
        "1",
        "-aq-mode",
        "3",
        "-error-resilient",
        "1",
        "-g",
        "50",
        "-pix_fmt",
        "yuv420p",
    ];
    let has = &["Superframe Index", "segmentation_update_data", "tile_cols_log2", "error_resilient_mode"];
    frames(Film { source, encoder, has }, &[Scheme::Cenc], behind_uncompressed);
    let encoder =
        &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-pix_fmt", "yuv444p12le"];
    frames(
        Film { source, encoder, has: &["profile_low_bit", "profile_high_bit"] },
        &[Scheme::Cenc],
        behind_uncompressed,
    );
}

#[test]
fn sound_is_protected_as_a_whole() {
    let codecs: [&[&str]; 4] =
        [&["-c:a", "aac"], &["-c:a", "libopus", "-b:a", "64k"], &["-c:a", "flac", "-strict", "-2"], &["-c:a", "ac3"]];
    for codec in codecs {
        let folder = TempDir::new().unwrap();
        let path = make(&folder, "a.mp4", &[&["-map", "1"], codec]);
        let file = std::fs::read(&path).unwrap();
        let map = &plan(&file).unwrap()[0].map;
        let sizes: Vec<_> = samples(map, &file).iter().map(|sample| vec![0..sample.len()]).collect();
        for scheme in SCHEMES {
            assert_eq!(read_back(map, &file, scheme, folder.path()), sizes, "{codec:?}");
        }
    }
}
