//! Transport streams: files of the real ffmpeg read beside ffprobe, and files that lie.

use std::path::{Path, PathBuf};

use kinora_media::TrackKind;
use kinora_media::index::{IndexError, IndexedTrack};
use kinora_media::matroska::Matroska;
use kinora_media::mpegts::{Demuxer, RewrittenSample};
use kinora_media::timing::seconds;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{indexed, tool};

const PICTURE: &str = "testsrc2=size=160x96:rate=25:duration=3";
const SOUND: &str = "sine=frequency=440:sample_rate=48000:duration=3";
const X264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p"];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "96k"];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Read {
    tracks: Vec<IndexedTrack>,
    samples: Vec<Vec<RewrittenSample>>,
}

fn make(folder: &TempDir, name: &str, options: &[&[&str]]) -> PathBuf {
    let path = folder.path().join(name);
    let mut arguments = vec!["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-threads", "2"];
    arguments.extend(options.iter().copied().flatten());
    tool::ffmpeg(&arguments, &path);
    path
}

fn read(file: &[u8], piece: usize) -> Result<Read, IndexError> {
    let mut demuxer = Demuxer::new();
    let mut found = Vec::new();
    for bytes in file.chunks(piece) {
        found.extend(demuxer.feed(bytes)?);
    }
    found.extend(demuxer.finish()?);
    let tracks = demuxer.tracks().unwrap().to_vec();
    let mut samples = vec![Vec::new(); tracks.len()];
    for (track, sample) in found {
        samples[track].push(sample);
    }
    assert!(samples.iter().all(|samples| samples.windows(2).all(|pair| pair[0].dts < pair[1].dts)));
    Ok(Read { tracks, samples })
}

fn names(read: &Read) -> Vec<String> {
    read.tracks.iter().map(|track| track.codec.rfc6381()).collect()
}

/// Compares times and sync samples with what ffprobe reads, and bytes with what ffmpeg writes into another container.
fn agree(path: &Path, delimiters: &str, codecs: &[&str]) -> Read {
    let file = std::fs::read(path).unwrap();
    let found = read(&file, 64 << 10).unwrap();
    assert_eq!(names(&found), codecs);
    for piece in [1, 187, 1 << 30] {
        assert_eq!(read(&file, piece).unwrap(), found);
    }
    indexed::same_configurations(path, &found.tracks);
    let copy = path.with_extension("copy.mkv");
    let filter = format!("filter_units=remove_types={delimiters}");
    tool::ffmpeg(&["-i", path.to_str().unwrap(), "-c", "copy", "-bsf:v", &filter], &copy);
    let copied = std::fs::read(&copy).unwrap();
    let others = indexed::index(Matroska::new(copied.len() as u64), &copied, 1 << 20).unwrap();
    for (stream, samples) in found.samples.iter().enumerate() {
        let track = &found.tracks[stream];
        let packets = tool::hashed_packets(path, stream);
        assert_eq!(samples.len(), packets.len(), "packets of stream {stream}");
        for (at, (sample, packet)) in samples.iter().zip(&packets).enumerate() {
            let (pts, dts) = (seconds(sample.pts, track.timescale), seconds(sample.dts, track.timescale));
            assert!((pts - packet.pts).abs() < 0.000_05, "{pts} is not {packet:?} ({at} of stream {stream})");
            assert!((dts - packet.dts.unwrap()).abs() < 0.000_05, "{dts} is not {packet:?} ({at} of {stream})");
            assert_eq!(sample.sync, packet.key, "sync of {at} of stream {stream}");
        }
        let other: Vec<_> = others.samples[stream]
            .iter()
            .map(|sample| &copied[sample.offset as usize..][..sample.size as usize])
            .collect();
        assert!(samples.iter().map(|sample| sample.data.as_slice()).eq(other), "bytes of stream {stream}");
        assert_eq!(track.codec, others.tracks[stream].codec);
        let sizes = |track: &IndexedTrack| (track.width, track.height, track.sample_rate, track.channels);
        assert_eq!(sizes(track), sizes(&others.tracks[stream]));
    }
    found
}

#[test]
fn h264_and_aac_are_read_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.ts", &[X264, AAC, &["-metadata:s:a:0", "language=ger"]]);
    let found = agree(&path, "9", &["avc1.4D400B", "mp4a.40.2"]);
    let [picture, sound] = &found.tracks[..] else { panic!("{found:?}") };
    assert_eq!((picture.timescale.get(), sound.timescale.get()), (90_000, 48_000));
    assert_eq!(picture.frame_rate, kinora_media::FrameRate::new(25, 1));
    assert_eq!(sound.language.as_deref(), Some("de"));
    let start = found.samples[1][0].pts;
    assert!(found.samples[1].iter().all(|sample| (sample.pts - start) % 1_024 == 0));
}

#[test]
fn hevc_is_read_as_ffprobe_reads_it() {
    let folder = TempDir::new().unwrap();
    let x265: &[&str] = &[
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "bframes=3:keyint=25:open-gop=0:log-level=none:pools=1",
    ];
    agree(&make(&folder, "a.ts", &[x265, AAC]), "35", &["hvc1.1.6.L30.90", "mp4a.40.2"]);
}

#[test]
fn interlaced_pictures_are_read_as_ffprobe_reads_them() {
    let folder = TempDir::new().unwrap();
    let interlaced: &[&str] = &["-flags", "+ilme+ildct", "-x264-params", "tff=1:aud=1"];
    agree(&make(&folder, "a.ts", &[X264, interlaced, AAC]), "9", &["avc1.4D4015", "mp4a.40.2"]);
}

#[test]
fn packets_of_every_size_are_read() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.ts", &[X264, AAC]);
    let file = std::fs::read(&path).unwrap();
    let plain = read(&file, 4_096).unwrap();
    let stamped = make(&folder, "a.m2ts", &[X264, &["-an", "-mpegts_m2ts_mode", "1"]]);
    assert_eq!(std::fs::metadata(&stamped).unwrap().len() % 192, 0);
    agree(&stamped, "9", &["avc1.4D400B"]);
    let checked: Vec<u8> = file.chunks(188).flat_map(|packet| [packet, &[0x55; 16]].concat()).collect();
    assert_eq!(read(&checked, 4_096).unwrap(), plain);
}

#[test]
fn times_that_wrap_go_on() {
    let folder = TempDir::new().unwrap();
    let relative = |found: &Read| -> Vec<Vec<(i64, i64)>> {
        let of = |samples: &Vec<RewrittenSample>| {
            samples.iter().map(|sample| (sample.pts - samples[0].pts, sample.dts - samples[0].dts)).collect()
        };
        found.samples.iter().map(of).collect()
    };
    let plain = read(&std::fs::read(make(&folder, "a.ts", &[X264, AAC])).unwrap(), 4_096).unwrap();
    let late = make(&folder, "b.ts", &[X264, AAC, &["-output_ts_offset", "95440.72"]]);
    let late = read(&std::fs::read(late).unwrap(), 4_096).unwrap();
    assert!(late.samples[0].iter().any(|sample| sample.pts < 1 << 33));
    assert!(late.samples[0].iter().any(|sample| sample.pts > 1 << 33));
    assert_eq!(relative(&late)[0], relative(&plain)[0]);
    // Sound is counted in another scale, and begins with another rounding.
    assert_eq!(relative(&late)[1], relative(&plain)[1]);
}

#[test]
fn times_that_jump_go_on_with_picture_and_sound_together() {
    let folder = TempDir::new().unwrap();
    let first = std::fs::read(make(&folder, "a.ts", &[X264, AAC])).unwrap();
    for offset in ["500", "-0.5"] {
        let second = std::fs::read(make(&folder, "b.ts", &[X264, AAC, &["-output_ts_offset", offset]])).unwrap();
        let found = read(&[first.clone(), second].concat(), 4_096).unwrap();
        let once = read(&first, 4_096).unwrap();
        for (samples, once) in found.samples.iter().zip(&once.samples) {
            assert_eq!(samples.len(), once.len() * 2);
        }
        let last = |track: usize| {
            let samples = &found.samples[track];
            let scale = found.tracks[track].timescale;
            seconds(samples[samples.len() - 1].dts - samples[0].dts, scale)
        };
        assert!((5.9..6.1).contains(&last(0)) && (5.9..6.1).contains(&last(1)), "{} {}", last(0), last(1));
        let steps = found.samples[0].windows(2).map(|pair| pair[1].dts - pair[0].dts);
        assert!(steps.clone().all(|step| (3_000..=7_200).contains(&step)), "{:?}", steps.collect::<Vec<_>>());
    }
}

#[test]
fn codecs_that_no_player_takes_are_told_and_not_read() {
    let folder = TempDir::new().unwrap();
    let options: &[&str] =
        &["-map", "0", "-map", "1", "-map", "1", "-c:v", "mpeg2video", "-c:a:0", "mp2", "-c:a:1", "ac3"];
    let found = read(&std::fs::read(make(&folder, "a.ts", &[options])).unwrap(), 4_096).unwrap();
    assert_eq!(names(&found), ["mpgv", ".mp2", "ac-3"]);
    let kinds: Vec<_> = found.tracks.iter().map(|track| track.kind).collect();
    assert_eq!(kinds, [TrackKind::Video, TrackKind::Audio, TrackKind::Audio]);
    assert!(found.tracks.iter().all(|track| !track.playable && track.sample_entry.is_empty()));
    assert!(found.samples.iter().all(Vec::is_empty));
}

#[test]
fn sound_that_changes_is_refused_and_damaged_sound_is_left_out() {
    let folder = TempDir::new().unwrap();
    let of = |channels| {
        let options: &[&str] = &["-map", "1", "-c:a", "aac", "-ac", channels, "-pes_payload_size", "0"];
        std::fs::read(make(&folder, "a.ts", &[options])).unwrap()
    };
    let stereo = of("2");
    let changed = read(&[stereo.clone(), of("1")].concat(), 4_096);
    assert_eq!(changed.unwrap_err(), IndexError::SeveralConfigurations { track: "sound" });
    let whole = read(&stereo, 4_096).unwrap();
    // The header of one frame says another rate.
    let mut damaged = stereo;
    let at = damaged.windows(3).rposition(|bytes| bytes == b"\xff\xf1\x4c").unwrap();
    damaged[at + 2] = 0x50;
    let found = read(&damaged, 4_096).unwrap();
    assert_eq!(found.samples[0].len(), whole.samples[0].len() - 1);
    let (_, last) = (whole.samples[0].last().unwrap(), found.samples[0].last().unwrap());
    assert!(whole.samples[0].contains(last));
}

#[test]
fn open_groups_are_no_sync_samples() {
    let folder = TempDir::new().unwrap();
    let open: &[&str] = &["-x264-params", "open-gop=1:bframes=2:keyint=25:min-keyint=25"];
    let found = read(&std::fs::read(make(&folder, "a.ts", &[X264, open, AAC])).unwrap(), 4_096).unwrap();
    assert_eq!(found.samples[0].iter().filter(|sample| sample.sync).count(), 1);
    assert!(found.samples[0][0].sync);
}

#[test]
fn what_begins_in_the_middle_begins_with_the_first_parameter_sets() {
    let folder = TempDir::new().unwrap();
    let file = std::fs::read(make(&folder, "a.ts", &[X264, AAC])).unwrap();
    let whole = read(&file, 4_096).unwrap();
    let cut = read(&file[file.len() / 3..], 4_096).unwrap();
    let picture = &cut.samples[0];
    assert!(picture[0].sync);
    assert!(whole.samples[0].ends_with(picture));
}

/// A few frames.
fn small() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.ts");
    let picture = "color=size=64x48:rate=25:duration=0.16";
    let sound = "sine=sample_rate=48000:duration=0.12";
    let mut arguments = vec!["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound];
    arguments.extend(X264.iter().chain(&["-c:a", "aac", "-b:a", "16k"]));
    tool::ffmpeg(&arguments, &path);
    std::fs::read(path).unwrap()
}

#[test]
fn a_stream_cut_anywhere_gives_what_is_there() {
    let file = small();
    let whole = read(&file, 1 << 20).unwrap();
    let mut given = 0;
    for len in 0..file.len() {
        match read(&file[..len], 1 << 20) {
            Ok(found) => {
                for (part, whole) in found.samples.iter().zip(&whole.samples) {
                    // The last may be a part of a picture.
                    let whole_ones = part.len().saturating_sub(1);
                    assert_eq!(part[..whole_ones], whole[..whole_ones], "{len}");
                }
                given += found.samples.iter().map(Vec::len).sum::<usize>();
            }
            Err(IndexError::NoTracks | IndexError::Foreign { .. }) => {}
            Err(error) => panic!("{len}: {error}"),
        }
    }
    assert!(given > 0);
}

#[test]
fn what_is_no_transport_stream_is_refused() {
    assert_eq!(read(b"FLV\x01\x05", 100), Err(IndexError::Foreign { format: "MPEG transport stream" }));
    assert_eq!(read(&vec![0; 2 << 20], 1 << 16), Err(IndexError::Foreign { format: "MPEG transport stream" }));
    assert_eq!(read(b"", 100), Err(IndexError::NoTracks));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_streams_are_read_or_refused(
        damages in prop::collection::vec(
            (prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40), 1usize..2_000),
            20,
        ),
    ) {
        static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        for (damage, piece) in damages {
            let mut file = FILE.get_or_init(small).clone();
            for (at, value) in &damage {
                let at = at.index(file.len());
                file[at] = *value;
            }
            let whole = read(&file, 1 << 20);
            if let Ok(found) = &whole {
                let bytes: usize = found.samples.iter().flatten().map(|sample| sample.data.len()).sum();
                prop_assert!(bytes <= file.len() * 2);
            }
            prop_assert_eq!(whole, read(&file, piece));
        }
    }
}
