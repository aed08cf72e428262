//! Pictures of every codec: what of them is protected, beside what ffmpeg reads.

use std::ops::Range;
use std::path::Path;

use kinora_media::protect::{self, Scheme};
use tempfile::TempDir;

use crate::support::package::plan;
use crate::support::tool::{self, Section};

use super::{AVC_SLICE, SCHEMES, X264, X265, behind_headers, expected, make, read_back, samples};

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
