//! Protected segments: decrypted by ffmpeg, by openssl, and by a reader written from the standard; what stays in the clear is
//! what ffmpeg reads as headers.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::presentation::{Protection, Rendition, Urls};
use kinora_media::protect::{self, ContentKey, Iv, Key, KeyId, ProtectError, Scheme, TrackSalt};
use kinora_media::timing::Timescale;
use kinora_media::{Codec, SegmentMap, TrackKind, hls};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::boxes::find;
use crate::support::decrypt::{self, Protected};
use crate::support::film::{self, FilmTrack, film};
use crate::support::hex;
use crate::support::package::{plan, segment, slice, whole};
use crate::support::tool::{self, Section};
use crate::support::tree::tree;

const KEY: [u8; 16] = *b"\x3a\x2a\x1b\x68\xdd\x2b\xd9\xb2\xee\xb2\x5e\x84\xc4\x77\x66\x68";
const KID: [u8; 16] = *b"\x10\x00\x00\x00\x10\x00\x10\x00\x10\x00\x10\x00\x00\x00\x00\x01";
const IV: [u8; 16] = *b"\xf9\xd9\xd5\xf5\xf3\xb5\xbc\x03\x72\x85\x6d\xf0\x68\xf9\xf6\xa2";
const SCHEMES: [Scheme; 2] = [Scheme::Cenc, Scheme::Cbcs];

fn key() -> ContentKey {
    ContentKey { key: Key::new(KEY), kid: KeyId::new(KID), iv: Iv::new(IV) }
}

/// One range alone.
fn only(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
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
        None => only(0..sample.place.len()),
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
const PICTURE: &[&str] = &["-f", "lavfi", "-i", "testsrc2=size=192x96:rate=25:duration=9"];
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
    assert!(segments.len() > 1);
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
    h264_in_444_is_read: AVC_SLICE, &[&X264[..8], &["-pix_fmt", "yuv444p"]].concat();
    hevc_is_protected_behind_its_slice_headers: HEVC_SLICE, &[X265, &["bframes=3:keyint=50:log-level=none:pools=1"]].concat();
    slices_and_weights_of_hevc_are_read: HEVC_SLICE, &[&["-vf", "fade=in:0:60"], X265, &[
        "slices=3:weightp=1:weightb=1:ref=5:b-pyramid=1:wpp=1:aud=1:hrd=1:vbv-maxrate=900:vbv-bufsize=900:keyint=50:log-level=none:pools=1"]].concat();
    hevc_with_scaling_lists_and_open_groups_is_read: HEVC_SLICE, &[X265, &[
        "scaling-list=default:open-gop=1:temporal-layers=2:bframes=4:keyint=50:deblock=2,2:no-sao=1:log-level=none:pools=1"]].concat();
}

/// Has a picture read back whose samples hold more than slices, and compares what is protected with `parts` of each sample.
fn frames(film: &Film<'_>, schemes: &[Scheme], parts: fn(&[u8], &[Section]) -> Vec<Range<usize>>) {
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
    for unit in packet.chunk_by(|_, next| next.name != "OBU header") {
        let payload = at + unit[0].end / 8;
        let end = unit[0].size("obu_size").map_or(sample.len(), |size| payload + size);
        if matches!(unit[0].value("obu_type"), Some(4 | 6)) {
            let value = |name: &str| unit.iter().find_map(|section| section.size(name)).unwrap_or(0);
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
    let told: Vec<usize> = told.map(|(_, size)| usize::try_from(*size).unwrap()).collect();
    let sizes = if told.is_empty() { vec![sample.len()] } else { told };
    assert_eq!(sizes.len(), frames.len());
    let mut at = 0;
    let frames = sizes.iter().zip(frames).map(|(size, frame)| {
        at += size;
        at - size + frame.end.div_ceil(8)..at
    });
    frames.collect()
}

const TEST: &str = "testsrc2=size=320x192:rate=25:duration=6";
const SVT: [&str; 7] = ["-c:v", "libsvtav1", "-preset", "7", "-g", "50", "-svtav1-params"];

#[test]
fn tiles_of_av1_are_protected_behind_hidden_frames_and_grain() {
    let encoder = &[&SVT[..], &["lp=1:film-grain=8", "-pix_fmt", "yuv420p"]].concat();
    let has = &["show_existing_frame", "skip_mode_present", "apply_grain", "showable_frame"];
    frames(&Film { source: TEST, encoder, has }, &SCHEMES, tiles);
}

#[test]
fn tiles_of_av1_are_protected_behind_scaled_and_restored_frames() {
    let encoder =
        &[&SVT[..], &["lp=1:superres-mode=1:superres-denom=11:enable-restoration=1:scm=1", "-pix_fmt", "yuv420p10le"]];
    let has = &["use_superres", "lr_type[0]", "reference_select", "high_bitdepth"];
    frames(&Film { source: TEST, encoder: &encoder.concat(), has }, &SCHEMES, tiles);
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
    frames(&Film { source: TEST, encoder, has }, &SCHEMES, tiles);
}

#[test]
fn tiles_of_av1_in_444_are_protected() {
    let encoder = &["-c:v", "librav1e", "-speed", "10", "-tiles", "4", "-g", "50", "-pix_fmt", "yuv444p"];
    let source = "testsrc2=size=256x128:rate=25:duration=5,rotate=a=t/3";
    frames(&Film { source, encoder, has: &["tile_cols_log2", "show_existing_frame"] }, &SCHEMES, tiles);
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
    frames(&Film { source, encoder, has }, &[Scheme::Cenc], behind_uncompressed);
    let encoder =
        &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-pix_fmt", "yuv444p12le"];
    frames(
        &Film { source, encoder, has: &["profile_low_bit", "profile_high_bit"] },
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
        let sizes: Vec<_> = samples(map, &file).iter().map(|sample| only(0..sample.len())).collect();
        for scheme in SCHEMES {
            assert_eq!(read_back(map, &file, scheme, folder.path()), sizes, "{codec:?}");
        }
    }
}

/// A track of samples that a test chooses: 25 in a second, in segments of about a second.
fn track(facts: TrackFacts, samples: &[Vec<u8>], syncs: impl Fn(usize) -> bool) -> (SegmentMap, Vec<u8>) {
    let mut builder = MapBuilder::new(facts, Duration::from_secs(1), Cuts::Grid);
    let mut object = Vec::new();
    for (at, sample) in samples.iter().enumerate() {
        let (offset, size, time) = (object.len() as u64, sample.len() as u32, 40 * i64::try_from(at).unwrap());
        builder.push(IndexedSample { offset, size, dts: time, pts: time, sync: syncs(at) }).unwrap();
        object.extend(sample);
    }
    (builder.finish(None).unwrap(), object)
}

fn sound() -> TrackFacts {
    TrackFacts::new(TrackKind::Audio, &Codec::Aac { object_type: 2 }, Timescale::MILLIS, film::mp4a())
}

/// An `avcC` with the sets of an encoder: arithmetic coding, deblocking controlled.
const AVC_CONFIG: &[u8] =
    b"\x01\x64\x00\x1f\xff\xe1\x00\x1a\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03\
    \x03\x20\xf1\x83\x19\x60\x01\x00\x06\x68\xeb\xe3\xcb\x22\xc0";

/// The unit header and the slice header of a picture of that configuration, and where the slice begins.
const AVC_HEADER: [u8; 5] = [0x65, 0x88, 0x84, 0x03, 0xd5];

fn picture() -> TrackFacts {
    let codec = Codec::H264 { profile: 0x64, constraints: 0, level: 0x1f, in_band: false };
    let entry = film::visual(b"avc1", &film::boxed(b"avcC", AVC_CONFIG));
    TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry)
}

fn units(units: &[Vec<u8>]) -> Vec<u8> {
    units.iter().flat_map(|unit| [&(unit.len() as u32).to_be_bytes()[..], unit].concat()).collect()
}

fn slice_of(content: Vec<u8>) -> Vec<u8> {
    [AVC_HEADER.to_vec(), content].concat()
}

#[test]
fn lengths_of_two_bytes_are_protected() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.mp4", &[X264]);
    let file = std::fs::read(&path).unwrap();
    let map = &plan(&file).unwrap()[0].map;
    let short = |sample: &Vec<u8>| {
        let (mut out, mut at) = (Vec::new(), 0);
        while at < sample.len() {
            let len = u32::from_be_bytes(sample[at..at + 4].try_into().unwrap());
            out.extend(u16::try_from(len).unwrap().to_be_bytes());
            out.extend(&sample[at + 4..at + 4 + len as usize]);
            at += 4 + len as usize;
        }
        out
    };
    let long = samples(map, &file);
    let samples: Vec<_> = long.iter().map(short).collect();
    // Each sample ends with its only slice, which lies two bytes for each unit nearer to the front.
    let parts = behind_headers(&path, &long, 4, AVC_SLICE).into_iter().zip(&long).zip(&samples).map(
        |((parts, long), short)| {
            let lost = long.len() - short.len();
            assert_eq!((parts.len(), parts[0].end), (1, long.len()));
            only(parts[0].start - lost..parts[0].end - lost)
        },
    );
    let parts: Vec<_> = parts.collect();
    let init = kinora_media::cmaf::init_segment(map);
    let at = init.windows(4).position(|name| name == b"avcC").unwrap();
    let mut config = init[at + 4..at - 4 + u32::from_be_bytes(init[at - 4..at].try_into().unwrap()) as usize].to_vec();
    config[4] = 0xfd;
    let codec = Codec::H264 { profile: 0x64, constraints: 0, level: 0x0d, in_band: false };
    let entry = film::visual(b"avc1", &film::boxed(b"avcC", &config));
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry).with_size((192, 96), (192, 96));
    let (map, object) = track(facts, &samples, |at| at % 50 == 0);
    for scheme in SCHEMES {
        assert_eq!(read_back(&map, &object, scheme, folder.path()), expected(&parts, scheme), "{}", scheme.name());
    }
}

#[test]
fn known_answers_come_out() {
    // A key of zeros, and zeros: the blocks of the first sample are those of the counters 0 and 1 (AES-GCM, test case 2).
    let zero = ContentKey { key: Key::new([0; 16]), kid: KeyId::new(KID), iv: Iv::new(IV) };
    let (map, object) = track(sound(), &[vec![0; 32], vec![0; 16]], |_| true);
    let encrypted = protect::media_segment(&map, 0, object, Scheme::Cenc, &zero).unwrap().payload;
    assert_eq!(hex(&encrypted[..32]), "66e94bd4ef8a2c3b884cfa59ca342b2e58e2fccefa7e3061367f1d57a4e7455a");
    // NIST SP 800-38A, F.2.1: whole blocks of sound, of which each sample begins the chain anew, and what is no whole block.
    let key = Key::new(*b"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c");
    let nist = ContentKey { key, kid: KeyId::new(KID), iv: Iv::new(std::array::from_fn(|at| at as u8)) };
    let plain = b"\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a\
                  \xae\x2d\x8a\x57\x1e\x03\xac\x9c\x9e\xb7\x6f\xac\x45\xaf\x8e\x51tail";
    let expected = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b27461696c";
    let (map, object) = track(sound(), &[plain.to_vec(), plain.to_vec()], |_| true);
    let encrypted = protect::media_segment(&map, 0, object, Scheme::Cbcs, &nist).unwrap().payload;
    assert_eq!(hex(&encrypted), expected.repeat(2));
    // Of pictures the first block of ten.
    let content: Vec<u8> = plain[..32].iter().copied().cycle().take(176).collect();
    let (map, object) = track(picture(), &[units(&[slice_of(content.clone())])], |_| true);
    let encrypted = protect::media_segment(&map, 0, object.clone(), Scheme::Cbcs, &nist).unwrap().payload;
    assert_eq!(hex(&encrypted[9..25]), "7649abac8119b246cee98e9b12e9197d");
    assert_eq!(encrypted[25..169], object[25..169]);
    // The eleventh block follows the first in the chain: as openssl encrypts the exclusive or of both.
    assert_eq!(hex(&encrypted[169..]), "4cbbc858756b358125529e9698a38f44");
}

/// What a sample is made of: slices, other units, and units of nothing.
fn unit() -> impl Strategy<Value = Vec<u8>> {
    let content = |most| prop::collection::vec(any::<u8>(), 0..most);
    prop_oneof![
        6 => content(400).prop_map(slice_of),
        2 => content(40).prop_map(|content| [vec![6], content].concat()),
        1 => Just(Vec::new()),
        1 => (65_000usize..70_000).prop_map(|len| vec![9; len]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encrypted_is_decrypted(
        samples in prop::collection::vec(prop::collection::vec(unit(), 0..5), 1..60),
        is_picture in any::<bool>(),
        is_cenc in any::<bool>(),
    ) {
        let scheme = if is_cenc { Scheme::Cenc } else { Scheme::Cbcs };
        let samples: Vec<_> = samples.iter().map(|parts| if is_picture { units(parts) } else { parts.concat() }).collect();
        let (map, object) = track(if is_picture { picture() } else { sound() }, &samples, |at| at % 7 == 0);
        let told = decrypt::init(&protect::init_segment(&map, scheme, &key()).unwrap());
        let mut again = Vec::new();
        let mut counters = HashSet::new();
        for n in 0..map.segment_count() {
            prop_assert_eq!(map.first_sample(n), Some(again.len() as u64));
            let segment = protected(&map, n, &object, scheme).unwrap();
            for sample in decrypt::samples(&segment, &told) {
                let len = sample.place.len();
                let ranges = sample.ranges.clone().unwrap_or(vec![(0, len)]);
                prop_assert_eq!(ranges.iter().map(|(clear, encrypted)| clear + encrypted).sum::<usize>(), len);
                let encrypted: usize = ranges.iter().map(|(_, encrypted)| encrypted).sum();
                prop_assert!(!is_cenc || !is_picture || ranges.iter().all(|(_, encrypted)| encrypted % 16 == 0));
                for block in 0..if is_cenc { encrypted.div_ceil(16) as u64 } else { 0 } {
                    prop_assert!(counters.insert((sample.iv.clone(), block)), "a counter block repeats");
                }
            }
            again.extend(decrypt::decrypt(&segment, &told, KEY));
        }
        prop_assert_eq!(again, samples);
    }

    #[test]
    fn any_bytes_are_protected_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        config in prop::collection::vec(any::<u8>(), 0..60),
        codec in 0usize..4,
        is_cenc in any::<bool>(),
    ) {
        let scheme = if is_cenc { Scheme::Cenc } else { Scheme::Cbcs };
        let (codec, name, config_name, begins) = [
            (Codec::H264 { profile: 100, constraints: 0, level: 30, in_band: true }, b"avc3", b"avcC", AVC_CONFIG),
            (Codec::Hevc { profile: 1, compatibility: 0, constraints: [0; 6], level: 90, in_band: true }, b"hev1", b"hvcC", &[1; 21]),
            (Codec::Av1 { profile: 0, level: 4, high_tier: false, bit_depth: 8 }, b"av01", b"av1C", b"\x81\0\x0c\0"),
            (Codec::Vp9 { profile: 0, level: 10, bit_depth: 8 }, b"vp09", b"vpcC", &[]),
        ][codec];
        let entry = film::visual(name, &film::boxed(config_name, &[begins, &config].concat()));
        let (map, object) = track(TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry), &[bytes], |_| true);
        match protect::media_segment(&map, 0, object.clone(), scheme, &key()) {
            Ok(segment) => prop_assert_eq!(segment.payload.len(), object.len()),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn every_byte_of_a_sample_may_be_wrong() {
    let folder = TempDir::new().unwrap();
    let films: [(&str, &[&str]); 4] = [
        ("a.mp4", X264),
        ("b.mp4", &[X265, &["bframes=3:log-level=none:pools=1"]].concat()),
        ("c.mp4", &["-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"]),
        ("d.mp4", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
    ];
    for (name, encoder) in films {
        let path = folder.path().join(name);
        let source = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=0.2"];
        tool::ffmpeg(&[&source, encoder].concat(), &path);
        let file = std::fs::read(&path).unwrap();
        let map = &plan(&file).unwrap()[0].map;
        let clear = payload(map, 0, &file);
        let mut refused = 0;
        // What is read is at the beginning of samples; that of the first is the longest.
        for position in 0..clear.len().min(900) {
            for value in [0x00, 0x01, 0x7f, 0xff] {
                let mut bytes = clear.clone();
                bytes[position] = value;
                match protect::media_segment(map, 0, bytes, Scheme::Cenc, &key()) {
                    Ok(segment) => assert_eq!(segment.payload.len(), clear.len()),
                    Err(ProtectError::Damaged { sample, .. } | ProtectError::Unprotectable { sample, .. }) => {
                        assert!(sample < map.sample_count());
                        refused += 1;
                    }
                    Err(other) => panic!("{name}: {other}"),
                }
            }
        }
        assert!(refused > 0, "{name}");
    }
}

#[test]
fn what_cannot_be_protected_is_refused_by_cause() {
    let entry = film::visual(b"vp09", &film::boxed(b"vpcC", b"\x01\0\0\0\0\x15\x82\x02\x02\x02\0\0"));
    let vp9 = TrackFacts::new(
        TrackKind::Video,
        &Codec::Vp9 { profile: 0, level: 21, bit_depth: 8 },
        Timescale::MILLIS,
        entry,
    );
    assert!(protect::takes(vp9.header(), Scheme::Cenc) && !protect::takes(vp9.header(), Scheme::Cbcs));
    let (map, object) = track(vp9, &[vec![1, 2, 3]], |_| true);
    let refused = ProtectError::Codec { scheme: Scheme::Cbcs };
    assert_eq!(protect::init_segment(&map, Scheme::Cbcs, &key()), Err(refused));
    assert_eq!(protect::media_segment(&map, 0, object, Scheme::Cbcs, &key()), Err(refused));
    let screen = Codec::Hevc { profile: 9, compatibility: 0, constraints: [0; 6], level: 90, in_band: false };
    let entry = film::visual(b"hvc1", &film::boxed(b"hvcC", &[&[1, 9], &[0; 21][..]].concat()));
    assert!(!protect::takes(
        TrackFacts::new(TrackKind::Video, &screen, Timescale::MILLIS, entry).header(),
        Scheme::Cenc
    ));

    let sample = units(&[slice_of(vec![7; 100])]);
    let (map, object) =
        track(picture(), &[sample.clone(), sample.clone(), units(&[vec![0x74, 1, 2, 3]])], |at| at == 0);
    let of = |payload: Vec<u8>, n| protect::media_segment(&map, n, payload, Scheme::Cenc, &key()).unwrap_err();
    assert_eq!(of(object.clone(), 1), ProtectError::NoSegment { n: 1 });
    let expected = object.len() as u64;
    assert_eq!(of(object[1..].to_vec(), 0), ProtectError::Length { expected, given: expected - 1 });
    assert_eq!(of([object.clone(), vec![0]].concat(), 0), ProtectError::Length { expected, given: expected + 1 });
    let what = "it has further views or layers";
    assert_eq!(of(object.clone(), 0), ProtectError::Unprotectable { sample: 2, what });
    let mut long = object;
    long[sample.len()] = 1;
    assert_eq!(of(long, 0), ProtectError::Damaged { sample: 1, what: "a unit reaches past its end" });
}

#[test]
fn parameter_sets_are_found_in_samples() {
    let codec = Codec::H264 { profile: 0x64, constraints: 0, level: 0x1f, in_band: true };
    let entry = film::visual(b"avc3", &film::boxed(b"avcC", b"\x01\x64\x00\x1f\xff\xe0\x00"));
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry);
    let slice = slice_of(vec![7; 64]);
    let sets = [AVC_CONFIG[8..34].to_vec(), AVC_CONFIG[37..].to_vec()];
    let with_sets = units(&[sets[0].clone(), sets[1].clone(), slice.clone()]);
    let (map, object) = track(facts, &[with_sets, units(&[slice])], |at| at == 0);
    let segment = protected(&map, 0, &object, Scheme::Cbcs).unwrap();
    let told = decrypt::init(&protect::init_segment(&map, Scheme::Cbcs, &key()).unwrap());
    let ranges: Vec<_> = decrypt::samples(&segment, &told).into_iter().map(|sample| sample.ranges.unwrap()).collect();
    assert_eq!(ranges, [vec![(4 + 26 + 4 + 6 + 4 + 5, 64)], vec![(4 + 5, 64)]]);
    assert_eq!(&told.format, b"avc3");
}

#[test]
fn samples_of_very_many_slices_have_no_general_boxes() {
    let many = units(&vec![slice_of(vec![5; 40]); 41]);
    let few = units(&[slice_of(vec![5; 40])]);
    let (map, object) = track(picture(), &[few.clone(), many, few], |at| at == 0);
    for scheme in SCHEMES {
        let told = decrypt::init(&protect::init_segment(&map, scheme, &key()).unwrap());
        let segment = protected(&map, 0, &object, scheme).unwrap();
        // The reader asserts what boxes there are.
        assert_eq!(decrypt::decrypt(&segment, &told, KEY).concat(), object);
    }
}

#[test]
fn boxes_of_protected_segments_are_these() {
    let slice = slice_of(vec![5; 40]);
    let (map, object) = track(picture(), &[units(&[vec![9, 0xf0], slice.clone()]), units(&[slice])], |at| at == 0);
    let (noise, sounds) = track(sound(), &[vec![1; 20], vec![2; 30]], |_| true);
    let mut parts = Vec::new();
    for (map, object) in [(&map, &object), (&noise, &sounds)] {
        for scheme in SCHEMES {
            let init = protect::init_segment(map, scheme, &key()).unwrap();
            let stbl = [(b"moov", 0), (b"trak", 0), (b"mdia", 0), (b"minf", 0), (b"stbl", 0), (b"stsd", 8)];
            let entry = find(&init, &stbl).unwrap().body;
            let pssh = find(&init, &[(b"moov", 0), (b"pssh", 0)]).unwrap().body;
            let segment = protect::media_segment(map, 0, object.clone(), scheme, &key()).unwrap();
            let boxes = [&init[entry.start + 8..entry.end], &init[pssh.start - 8..pssh.end], &segment.head].concat();
            parts.push(format!("# {}\n{}", scheme.name(), tree(&boxes)));
        }
    }
    insta::assert_snapshot!("protected_boxes", parts.concat());
}

#[test]
fn openssl_decrypts_whole_segments() {
    let file = film(&[FilmTrack::video(250, 40), FilmTrack::audio(469)], false);
    let mut seen = HashSet::new();
    for (planned, salt) in plan(&file).unwrap().iter().zip([TrackSalt([1; 8]), TrackSalt([2; 8])]) {
        for n in 0..planned.map.segment_count() {
            let clear = segment(&planned.map, n, &file);
            let iv = protect::segment_iv(salt, n);
            assert!(seen.insert(*iv.bytes()));
            let encrypted = protect::aes128(clear.clone(), &Key::new(KEY), iv);
            assert_eq!(encrypted.len() as u64, protect::aes128_len(clear.len() as u64));
            let arguments = ["enc", "-d", "-aes-128-cbc", "-K", &hex(&KEY), "-iv", &hex(iv.bytes())];
            assert_eq!(tool::filter("openssl", &arguments, &encrypted), clear);
        }
    }
}

#[test]
fn ffmpeg_plays_a_playlist_of_encrypted_segments() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.mp4", &[X264]);
    let file = std::fs::read(&path).unwrap();
    std::fs::write(folder.path().join("key"), KEY).unwrap();
    for (at, planned) in plan(&file).unwrap().iter().enumerate() {
        let (map, salt) = (&planned.map, TrackSalt([at as u8; 8]));
        let urls = Urls {
            playlist: String::new(),
            key_frames: None,
            init: Some(format!("{at}-init.mp4")),
            segment_template: format!("{at}-$Number$.m4s"),
            ..Urls::default()
        };
        let protection = Protection::Segments { key_url: "key".to_owned(), salt };
        let rendition = Rendition::new("a", map, urls).protected(protection);
        let playlist = folder.path().join(format!("{at}.m3u8"));
        std::fs::write(&playlist, hls::media(&rendition)).unwrap();
        std::fs::write(folder.path().join(format!("{at}-init.mp4")), kinora_media::cmaf::init_segment(map)).unwrap();
        for n in 0..map.segment_count() {
            let encrypted = protect::aes128(segment(map, n, &file), &Key::new(KEY), protect::segment_iv(salt, n));
            std::fs::write(folder.path().join(format!("{at}-{n}.m4s")), encrypted).unwrap();
        }
        assert_eq!(tool::playlist_frames(&playlist), tool::frames(&path, at), "track {at}");
    }
}
