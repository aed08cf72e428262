//! Files made by the real ffmpeg, packaged here and read back by ffprobe, ffmpeg and `mp4-atom`.

use std::path::Path;

use kinora_media::timing::seconds;
use kinora_media::{Codec, SegmentMap, TrackKind};
use tempfile::TempDir;

use crate::support::package::{plan, whole};
use crate::support::{reader, tool};

const PICTURE: &str = "testsrc2=size=160x96:rate=25:duration=9";
const SOUND: &str = "sine=frequency=440:sample_rate=48000:duration=9";

/// One file: picture and sound encoders, muxer options, its name and the codecs that are to be found in it.
struct Case {
    video: &'static [&'static str],
    audio: &'static [&'static str],
    muxer: &'static [&'static str],
    file: &'static str,
    codecs: &'static [&'static str],
}

const X264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p"];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "96k"];

/// A test for each file.
macro_rules! cases {
    ($($name:ident: $case:expr;)+) => {
        $(#[test]
        fn $name() {
            let folder = TempDir::new().unwrap();
            let case = $case;
            compare(&make(&case, &folder), case.codecs);
        })+
    };
}

const X265: &[&str] =
    &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "bframes=3:keyint=50:log-level=none:pools=1"];
const MP3: &[&str] = &["-c:a", "libmp3lame", "-b:a", "96k"];
const PLAIN: Case = Case { video: X264, audio: AAC, muxer: &[], file: "a.mp4", codecs: &["h264", "aac"] };

cases! {
    h264_and_aac_are_packaged_without_loss: PLAIN;
    an_index_in_front_is_packaged_without_loss: Case { muxer: &["-movflags", "+faststart"], ..PLAIN };
    a_film_without_edit_list_is_packaged_without_loss: Case { muxer: &["-use_editlist", "0"], ..PLAIN };
    signed_offsets_are_packaged_without_loss: Case { muxer: &["-movflags", "+negative_cts_offsets"], ..PLAIN };
    quicktime_is_packaged_without_loss: Case { file: "a.mov", ..PLAIN };
    mp3_in_quicktime_is_packaged_without_loss:
        Case { audio: MP3, file: "a.mov", codecs: &["h264", "mp3"], ..PLAIN };
    hevc_and_opus_are_packaged_without_loss:
        Case { video: X265, audio: &["-c:a", "libopus", "-b:a", "64k"], codecs: &["hevc", "opus"], ..PLAIN };
    hevc_and_ac3_in_quicktime_are_packaged_without_loss:
        Case {
            video: X265,
            audio: &["-c:a", "ac3", "-b:a", "128k"],
            muxer: &["-tag:v", "hvc1"],
            file: "a.mov",
            codecs: &["hevc", "ac3"],
        };
    vp9_and_mp3_are_packaged_without_loss:
        Case {
            video: &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-pix_fmt", "yuv420p"],
            audio: MP3,
            codecs: &["vp9", "mp3"],
            ..PLAIN
        };
    av1_and_flac_are_packaged_without_loss:
        Case {
            video: &["-c:v", "libsvtav1", "-preset", "12", "-g", "50", "-svtav1-params", "lp=1", "-pix_fmt", "yuv420p"],
            audio: &["-c:a", "flac", "-strict", "-2"],
            codecs: &["av1", "flac"],
            ..PLAIN
        };
    eac3_is_packaged_without_loss:
        Case { audio: &["-c:a", "eac3", "-b:a", "128k"], codecs: &["h264", "eac3"], ..PLAIN };
}

fn make(case: &Case, folder: &TempDir) -> std::path::PathBuf {
    let path = folder.path().join(case.file);
    let inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-threads", "2"];
    let arguments: Vec<&str> = inputs.iter().chain(case.video).chain(case.audio).chain(case.muxer).copied().collect();
    tool::ffmpeg(&arguments, &path);
    path
}

/// Packages every track and compares what other programs read with what they read in the source.
fn compare(source: &Path, codecs: &[&str]) {
    let file = std::fs::read(source).unwrap();
    let planned = plan(&file).unwrap();
    let names: Vec<_> = planned.iter().map(|planned| planned.map.header().codec_name.clone()).collect();
    assert_eq!(names, codecs);
    let shifts: Vec<_> = planned
        .iter()
        .map(|planned| {
            let packaged = source.with_extension(format!("{}.packaged.mp4", planned.track));
            let bytes = whole(&planned.map, &file);
            reader::init(&bytes[..init_len(&bytes)]);
            std::fs::write(&packaged, bytes).unwrap();

            let relative = |packets: &[tool::Packet]| {
                let first = packets[0];
                packets
                    .iter()
                    .map(|packet| (packet.pts - first.pts, packet.dts - first.dts, packet.size, packet.key))
                    .collect::<Vec<_>>()
            };
            let before = tool::packets(source, planned.track, true);
            let after = tool::packets(&packaged, 0, true);
            assert_eq!(relative(&before), relative(&after), "packets of track {}", planned.track);
            assert_eq!(
                tool::frames(source, planned.track),
                tool::frames(&packaged, 0),
                "frames of track {}",
                planned.track
            );
            for name in ["width", "height", "sample_rate", "channels", "codec_name", "profile"] {
                let (before, after) = (tool::field(source, planned.track, name), tool::field(&packaged, 0, name));
                assert_eq!(before, after, "{name} of track {}", planned.track);
            }
            // Where the track begins, as a player that applies edit lists sees it. ffprobe adds to every presentation
            // time of fragments what the most negative composition offset takes away.
            let begins =
                |path: &Path, stream| tool::packets(path, stream, false).iter().map(|packet| packet.pts).min().unwrap();
            let header = planned.map.header();
            let begins_packaged = begins(&packaged, 0) - added_by_ffprobe(&planned.map);
            assert_eq!(begins_packaged, planned.map.start(), "start of track {}", planned.track);
            let moved = begins_packaged - begins(source, planned.track);
            seconds(moved, header.timescale)
        })
        .collect();
    // Picture and sound stay together to the rounding of one movie tick.
    for shift in &shifts {
        assert!((shift - shifts[0]).abs() < 0.0015, "{shifts:?}");
    }
}

fn added_by_ffprobe(map: &SegmentMap) -> i64 {
    let samples = (0..map.segment_count()).flat_map(|n| map.samples(n).unwrap().samples);
    samples.map(|sample| -i64::from(sample.composition_offset)).max().unwrap_or(0).max(0)
}

fn init_len(bytes: &[u8]) -> usize {
    bytes.windows(4).position(|name| name == b"styp").unwrap() - 4
}

#[test]
fn real_files_are_cut_near_the_grid() {
    let folder = TempDir::new().unwrap();
    let path = make(&PLAIN, &folder);
    let file = std::fs::read(&path).unwrap();
    for planned in plan(&file).unwrap() {
        let scale = i64::from(planned.map.header().timescale.get());
        let starts: Vec<_> = planned.map.segments().map(|segment| segment.start).collect();
        assert_eq!(starts.len(), 3, "{starts:?}");
        for (number, start) in (0i64..).zip(&starts) {
            // Within one frame of sound.
            assert!((start - number * 4 * scale).abs() <= 1024, "{starts:?}");
        }
    }
}

#[test]
fn languages_and_several_tracks_are_found() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mp4");
    let arguments = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-map", "0", "-map", "1", "-map", "1"];
    let options = [
        "-metadata:s:a:0",
        "language=ger",
        "-metadata:s:a:1",
        "language=eng",
        "-metadata:s:a:1",
        "handler_name=Commentary",
    ];
    let all: Vec<&str> = arguments.iter().chain(X264).chain(AAC).chain(&options).copied().collect();
    tool::ffmpeg(&all, &path);
    compare(&path, &["h264", "aac", "aac"]);
    let file = std::fs::read(&path).unwrap();
    let facts: Vec<_> = plan(&file)
        .unwrap()
        .iter()
        .map(|planned| (planned.map.header().language.clone(), planned.map.header().name.clone()))
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(facts, [(None, None), (text("de"), None), (text("en"), text("Commentary"))]);
}

#[test]
fn sound_alone_is_packaged() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.m4a");
    let arguments: Vec<&str> = ["-f", "lavfi", "-i", SOUND].iter().chain(AAC).copied().collect();
    tool::ffmpeg(&arguments, &path);
    compare(&path, &["aac"]);
    assert_eq!(plan(&std::fs::read(&path).unwrap()).unwrap()[0].map.segment_count(), 3);
}

#[test]
fn a_cut_in_the_middle_of_a_group_of_pictures_stays_in_sync() {
    let folder = TempDir::new().unwrap();
    let source = make(&PLAIN, &folder);
    let path = folder.path().join("cut.mp4");
    tool::ffmpeg(&["-ss", "3.1", "-i", source.to_str().unwrap(), "-c", "copy"], &path);
    let file = std::fs::read(&path).unwrap();
    let begins: Vec<_> = plan(&file)
        .unwrap()
        .iter()
        .map(|planned| {
            // Where the first packets of the cut were in the whole film.
            let sizes = |path: &Path| {
                let packets = tool::packets(path, planned.track, true);
                packets.iter().map(|packet| packet.size).collect::<Vec<_>>()
            };
            let (all, cut) = (sizes(&source), sizes(&path));
            let at = all.windows(30).position(|window| window == &cut[..30]).unwrap();
            let scale = planned.map.header().timescale;
            let was = tool::packets(&source, planned.track, false)[at].pts;
            seconds(planned.map.start(), scale) - seconds(was, scale)
        })
        .collect();
    assert!((begins[0] - begins[1]).abs() < 0.0015, "{begins:?}");
}

#[test]
fn a_turned_picture_stays_turned() {
    let folder = TempDir::new().unwrap();
    let upright = make(&PLAIN, &folder);
    let path = folder.path().join("turned.mp4");
    tool::ffmpeg(&["-i", upright.to_str().unwrap(), "-c", "copy", "-metadata:s:v:0", "rotate=90"], &path);
    let file = std::fs::read(&path).unwrap();
    let planned = plan(&file).unwrap();
    let header = planned[0].map.header();
    assert_eq!((header.kind, header.rotation % 180, header.width, header.height), (TrackKind::Video, 90, 96, 160));
    let packaged = folder.path().join("packaged.mp4");
    std::fs::write(&packaged, whole(&planned[0].map, &file)).unwrap();
    let rotation = |path: &Path| tool::field(path, 0, "width:side_data=rotation");
    assert_eq!(rotation(&path), rotation(&packaged));
}

#[test]
fn fragmented_files_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let source = make(&PLAIN, &folder);
    let path = folder.path().join("fragmented.mp4");
    let flags = "+frag_keyframe+empty_moov+default_base_moof";
    tool::ffmpeg(&["-i", source.to_str().unwrap(), "-c", "copy", "-movflags", flags], &path);
    assert_eq!(plan(&std::fs::read(&path).unwrap()).unwrap_err(), kinora_media::Mp4Error::Fragmented);
}

#[test]
fn tracks_that_cannot_be_packaged_are_left_out() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mov");
    let arguments =
        ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-c:a", "pcm_s16le", "-timecode", "01:00:00:00"];
    let all: Vec<&str> = arguments.iter().chain(X264).copied().collect();
    tool::ffmpeg(&all, &path);
    let file = std::fs::read(&path).unwrap();
    let movie = kinora_media::mp4::parse(crate::support::package::index(&file).unwrap(), file.len() as u64).unwrap();
    assert_eq!(movie.tracks.len(), 3);
    assert!(matches!(movie.tracks[1].codec, Codec::Unsupported { .. }));
    assert_eq!(plan(&file).unwrap().len(), 1);
}
