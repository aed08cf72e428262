//! Films of ffmpeg: written without loss, and played by players.

use std::path::PathBuf;
use std::time::Duration;

use kinora_media::cmaf::init_segment;
use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::timing::{Timescale, rescale, seconds};
use kinora_media::transport::{self, START};
use kinora_media::{Codec, PlannedTrack, SegmentMap, TrackKind};
use tempfile::TempDir;

use crate::support::package::plan;
use crate::support::tool;
use crate::support::transport::walk;

use super::{
    AAC, PICTURES, SOUNDS, X264, X265, checked, made, parameter_sets, read, samples, segments, units, with_prefix,
};

/// A film, packaged.
struct Film {
    video: Option<(SegmentMap, i64)>,
    audio: Option<(SegmentMap, i64)>,
    source: PathBuf,
    file: Vec<u8>,
    segments: Vec<Vec<u8>>,
    stream: PathBuf,
}

impl Film {
    fn new(source: PathBuf) -> Self {
        let file = std::fs::read(&source).unwrap();
        let planned = plan(&file).unwrap();
        let of = |kind| {
            let track = planned.iter().find(|planned| planned.map.header().kind == kind);
            track.map(|planned: &PlannedTrack| (planned.map.clone(), planned.shift))
        };
        let (video, audio) = (of(TrackKind::Video), of(TrackKind::Audio));
        assert!(planned.iter().all(|planned| transport::takes(planned.map.header())));
        let track = |track: &Option<(SegmentMap, i64)>| track.as_ref().map(|(map, _)| map.clone());
        let (picture, sound) = (track(&video), track(&audio));
        let of = |map| Some((Option::as_ref(map)?, file.as_slice()));
        let segments = segments(of(&picture), of(&sound));
        let stream = source.with_extension("ts");
        std::fs::write(&stream, segments.concat()).unwrap();
        Self { video, audio, source, file, segments, stream }
    }

    fn path(&self) -> &str {
        self.stream.to_str().unwrap()
    }

    /// All that is to be compared of a film whose samples have neither delimiters nor parameter sets.
    fn compare(&self) {
        self.compare_packets(false);
        self.compare_times(0);
        self.compare_with_our_reader();
        self.compare_decoded();
        self.compare_alone();
    }

    /// Compares what the packets carry with the samples, and looks at clocks and counters.
    fn compare_packets(&self, has_sets: bool) {
        self.compare_bandwidth();
        let found = checked(&self.segments, self.video.is_some());
        let of = |pid| found.units.iter().filter(move |unit| unit.pid == pid);
        if let Some((map, _)) = &self.video {
            let code = |unit: &[u8]| [&[0, 0, 0, 1], unit].concat();
            let is_hevc = map.header().codec_name == "hevc";
            let delimiter: &[u8] = if is_hevc { &[0x46, 1, 0x50] } else { &[0x09, 0xf0] };
            let sets: Vec<u8> = parameter_sets(map).iter().flat_map(|set| code(set)).collect();
            let samples = samples(map, &self.file);
            assert_eq!(of(PICTURES).count(), samples.len());
            for (unit, sample) in of(PICTURES).zip(samples) {
                let times = (unit.pts.cast_signed(), unit.dts.cast_signed());
                assert_eq!((times, unit.stream_id), ((sample.pts, sample.dts), 0xe0));
                assert_eq!(unit.random_access, sample.sync);
                let mut expected = code(delimiter);
                if sample.sync && !has_sets {
                    expected.extend(&sets);
                }
                let is_delimiter = |unit: &[u8]| unit[0] == delimiter[0];
                let units = units(&sample.bytes, 4).into_iter();
                expected.extend(units.filter(|unit| !is_delimiter(unit)).flat_map(code));
                assert!(unit.payload == expected, "{:x?}", &unit.payload[..60]);
            }
        }
        if let Some((map, _)) = &self.audio {
            let mut samples = samples(map, &self.file).into_iter();
            for unit in of(SOUNDS) {
                let mut rest = unit.payload.as_slice();
                let mut time = Some(unit.pts.cast_signed());
                while !rest.is_empty() {
                    let sample = samples.next().unwrap();
                    if let Some(time) = time.take() {
                        assert_eq!(time, sample.pts);
                    }
                    if map.header().codec_name == "aac" {
                        rest = &rest[7..];
                    }
                    rest = rest.strip_prefix(sample.bytes.as_slice()).unwrap();
                }
            }
            assert_eq!(samples.next(), None);
        }
    }

    /// Compares what is told of the bandwidth with what segments take.
    fn compare_bandwidth(&self) {
        let map = |track: &'_ Option<(SegmentMap, i64)>| track.as_ref().map(|(map, _)| map.clone());
        let (video, audio) = (map(&self.video), map(&self.audio));
        let told = transport::bandwidth(video.as_ref(), audio.as_ref()).unwrap();
        let leader = video.or(audio).unwrap();
        let rate = |bytes: usize, ticks: u64| bytes as u64 * 8 * u64::from(leader.header().timescale.get()) / ticks;
        let rates = self.segments.iter().zip(leader.segments());
        // The last segment is shorter than half the target.
        let peak = rates.take(2).map(|(bytes, segment)| rate(bytes.len(), segment.duration)).max().unwrap();
        let average = rate(self.segments.iter().map(Vec::len).sum(), leader.duration());
        assert!((peak..peak * 6 / 5 + 10_000).contains(&told.peak), "{told:?} and not {peak}");
        assert!((average * 9 / 10..average * 11 / 10).contains(&told.average), "{told:?} and not {average}");
    }

    /// The tracks with their streams.
    fn tracks(&self) -> impl Iterator<Item = (usize, &(SegmentMap, i64))> {
        [&self.video, &self.audio].into_iter().flatten().enumerate()
    }

    /// Compares times and bytes of frames with what ffprobe and ffmpeg read in the source. ffprobe moves pictures to
    /// the beginning of the picture in which an edit begins: by `moved` ticks of theirs.
    fn compare_times(&self, moved: i64) {
        for (stream, (map, shift)) in self.tracks() {
            let scale = map.header().timescale;
            let is_picture = map.header().kind == TrackKind::Video;
            let of_source = tool::packets(&self.source, stream, false);
            let of_stream = tool::plain_packets(&self.stream, stream);
            assert_eq!(of_source.len(), of_stream.len());
            // Encoders may decode earlier than the order of the pictures needs: all of them by the same time.
            let source_lead = of_source[0].pts - of_source[0].dts;
            let lead = source_lead - i64::from(map.decode_lead());
            assert!(lead >= 0);
            for (before, after) in of_source.iter().zip(&of_stream) {
                let moved = if is_picture { moved } else { 0 };
                let time = |ticks: i64| rescale(ticks + shift + moved, scale, Timescale::TRANSPORT) + START;
                // Between the times that are told readers add up rounded lengths of frames.
                let near = |after: i64, before: i64| (after - time(before)).abs() <= if is_picture { 0 } else { 4 };
                assert!(near(after.pts, before.pts), "{before:?} is {after:?} in stream {stream}");
                assert!(near(after.dts, before.dts + lead), "{before:?} is {after:?} in stream {stream}");
                assert_eq!(after.key, before.key);
            }
            let (annex, bare) = match map.header().codec_name.as_str() {
                "h264" => ("h264_mp4toannexb,filter_units=remove_types=7-9", "filter_units=remove_types=7-9"),
                "hevc" => ("hevc_mp4toannexb,filter_units=remove_types=32-35|39", "filter_units=remove_types=32-35|39"),
                "aac" => ("null", "aac_adtstoasc"),
                _ => ("null", "null"),
            };
            let copied = |path: &str, options: &[&str], filter: &str| {
                let map = format!("0:{stream}");
                let output = ["-map", &map, "-c", "copy", "-bsf", filter, "-f", "framemd5", "-"];
                hashes(&tool::quiet(&[options, &["-i", path], &output].concat()))
            };
            let before = copied(self.source.to_str().unwrap(), &["-ignore_editlist", "1"], annex);
            assert_eq!(copied(self.path(), &[], bare), before, "bytes of stream {stream}");
        }
    }

    /// Compares the samples that our reader of uploads finds.
    fn compare_with_our_reader(&self) {
        let (tracks, found) = read(&self.segments.concat());
        for (stream, (map, _)) in self.tracks() {
            let header = map.header();
            assert_eq!(tracks[stream].language, header.language);
            if !tracks[stream].playable {
                assert!(matches!(header.codec_name.as_str(), "mp3" | "ac3" | "eac3"), "{}", header.codec_name);
                continue;
            }
            assert_eq!(tracks[stream].codec.rfc6381(), header.codec);
            let before = samples(map, &self.file);
            assert_eq!(found[stream].len(), before.len());
            for (after, before) in found[stream].iter().zip(before) {
                if header.kind == TrackKind::Video {
                    assert_eq!((after.pts, after.dts, after.sync), (before.pts, before.dts, before.sync));
                    let sets = if before.sync { parameter_sets(map) } else { Vec::new() };
                    let sets: Vec<&[u8]> = sets.iter().map(Vec::as_slice).collect();
                    let expected = [sets, units(&before.bytes, 4)].concat();
                    assert!(after.data == with_prefix(&expected, 4));
                } else {
                    let time = |ticks, scale| seconds(ticks, scale);
                    let told = time(after.pts, tracks[stream].timescale);
                    assert!((told - time(before.pts, Timescale::TRANSPORT)).abs() < 0.000_1);
                    assert!(after.data == before.bytes);
                }
            }
        }
    }

    /// Compares decoded frames.
    fn compare_decoded(&self) {
        for (stream, _) in self.tracks() {
            assert_eq!(decoded(self.path(), stream), tool::frames(&self.source, stream), "frames of stream {stream}");
        }
    }

    /// Compares decoded frames of every segment alone with those of the film.
    fn compare_alone(&self) {
        for (stream, (map, _)) in self.tracks() {
            let whole = tool::frames(&self.source, stream);
            let mut rest = whole.as_slice();
            for (n, segment) in self.segments.iter().enumerate() {
                let path = self.stream.with_extension(format!("{n}.ts"));
                std::fs::write(&path, segment).unwrap();
                let alone = decoded(path.to_str().unwrap(), stream);
                if map.header().kind == TrackKind::Video {
                    let (here, behind) = rest.split_at(map.segment(n as u32).unwrap().sample_count as usize);
                    assert_eq!(alone, here, "pictures of segment {n}");
                    rest = behind;
                } else {
                    // The first frame of sound needs the one before it, and is there all the same.
                    let count = tool::plain_packets(&path, stream).len();
                    assert!(alone.len() == count || alone.len() == count - 1, "{} of {count}", alone.len());
                }
            }
        }
    }
}

/// Hashes of the decoded frames of one stream, which ffmpeg has nothing to say about.
fn decoded(path: &str, stream: usize) -> Vec<String> {
    let map = format!("0:{stream}");
    let output = ["-map", &map, "-fps_mode", "passthrough", "-f", "framemd5", "-"];
    hashes(&tool::quiet(&[&["-i", path], &output[..]].concat()))
}

/// The hashes in what ffmpeg writes as framemd5.
fn hashes(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    // Side data has columns behind the hash.
    lines.map(|line| line.split(',').nth(5).unwrap().trim().to_owned()).collect()
}

#[test]
fn h264_with_reordered_pictures_and_aac_are_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let language: &[&str] = &["-metadata:s:a:0", "language=ger"];
    let film = Film::new(made(&folder, "a.mp4", &[X264, AAC, language]));
    let (map, _) = film.video.as_ref().unwrap();
    assert!(map.decode_lead() > 0 && film.segments.len() == 3);
    assert!(film.audio.as_ref().unwrap().0.start() < 0, "there is priming");
    film.compare();
}

#[test]
fn hevc_and_ac3_are_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let film =
        Film::new(made(&folder, "a.mp4", &[X265, &["-c:a", "ac3", "-b:a", "448k", "-ac", "6", "-tag:v", "hvc1"]]));
    film.compare();
}

#[test]
fn sound_alone_is_written_without_loss() {
    let folder = TempDir::new().unwrap();
    for (name, codec) in [
        ("aac.m4a", &["-c:a", "aac", "-b:a", "128k", "-ar", "44100", "-ac", "2"][..]),
        ("mp3.mp4", &["-c:a", "libmp3lame", "-b:a", "96k"]),
        ("low.mp4", &["-c:a", "libmp3lame", "-b:a", "48k", "-ar", "22050"]),
        ("eac3.mp4", &["-c:a", "eac3", "-b:a", "192k"]),
    ] {
        let film = Film::new(made(&folder, name, &[&["-map", "1"], codec]));
        assert!(film.video.is_none() && film.segments.len() == 3);
        film.compare();
    }
}

#[test]
fn a_picture_alone_is_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let film = Film::new(made(&folder, "a.mp4", &[&["-map", "0"], X264]));
    assert!(film.audio.is_none());
    film.compare();
}

#[test]
fn a_film_with_an_edit_list_is_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let whole = made(&folder, "a.mp4", &[X264, AAC]);
    // The cut begins between two key frames, so that pictures in front of it are in the file.
    let cut = folder.path().join("cut.mp4");
    tool::ffmpeg(&["-ss", "2.5", "-i", whole.to_str().unwrap(), "-c", "copy"], &cut);
    let film = Film::new(cut);
    assert!(film.audio.as_ref().unwrap().1 > 0, "the presentation lies later than the edit list says");
    film.compare_packets(false);
    film.compare_times(256);
    film.compare_with_our_reader();
    film.compare_decoded();
    film.compare_alone();
}

#[test]
fn sound_that_begins_late_is_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let whole = made(&folder, "a.mp4", &[X264, AAC]);
    let late = folder.path().join("late.mp4");
    let path = whole.to_str().unwrap();
    tool::ffmpeg(&["-i", path, "-itsoffset", "5.2", "-i", path, "-map", "0:v", "-map", "1:a", "-c", "copy"], &late);
    let film = Film::new(late);
    let carried = |n: usize| walk(&film.segments[n]).carrying.get(&SOUNDS).copied();
    assert_eq!((carried(0), carried(1).is_some()), (None, true), "the first segment has no sound");
    // Behind the picture five seconds of sound follow.
    assert!(carried(2).unwrap() > carried(1).unwrap());
    film.compare_packets(false);
    film.compare_times(0);
    film.compare_with_our_reader();
    film.compare_decoded();
}

#[test]
fn delimiters_and_parameter_sets_in_samples_are_not_repeated() {
    let folder = TempDir::new().unwrap();
    // A transport stream of ffmpeg's has both; copied out of it they stay in the samples.
    for (encoder, other) in [(X264, made(&folder, "a.ts", &[X264, AAC])), (X265, made(&folder, "b.ts", &[X265, AAC]))] {
        let copy = other.with_extension("copy.mp4");
        let tag = if encoder == X265 { "hvc1" } else { "avc1" };
        tool::ffmpeg(&["-i", other.to_str().unwrap(), "-c", "copy", "-tag:v", tag], &copy);
        let film = Film::new(copy);
        film.compare_packets(true);
        film.compare_decoded();
        film.compare_alone();
    }
    let film = Film::new(made(&folder, "c.mp4", &[X264, &["-x264-params", "aud=1"], AAC]));
    film.compare_packets(false);
    film.compare_decoded();
    film.compare_alone();
}

#[test]
fn the_clock_goes_on_where_pictures_are_rare() {
    let folder = TempDir::new().unwrap();
    let slow: &[&str] = &["-r", "1", "-g", "2", "-bf", "0"];
    let film = Film::new(made(&folder, "a.mp4", &[X264, slow, AAC]));
    film.compare();
    let clocks = checked(&film.segments, true).clocks.len();
    assert!((90..=110).contains(&clocks), "{clocks} in nine seconds and some");
}

#[test]
fn units_behind_short_lengths_are_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let path = made(&folder, "a.mp4", &[&["-map", "0"], X264]);
    let file = std::fs::read(&path).unwrap();
    let before = plan(&file).unwrap().remove(0).map;
    // The same samples, whose lengths have two bytes.
    let mut entry = init_segment(&before);
    let at = entry.windows(4).position(|name| name == b"avc1").unwrap() - 4;
    entry.drain(..at);
    entry.truncate(u32::from_be_bytes(entry[..4].try_into().unwrap()) as usize);
    let lengths = entry.windows(4).position(|name| name == b"avcC").unwrap() + 8;
    assert_eq!(entry[lengths] & 3, 3);
    entry[lengths] &= 0xfd;
    let codec = Codec::H264 { profile: 100, constraints: 0, level: 11, in_band: false };
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::TRANSPORT, entry);
    let mut builder = MapBuilder::new(facts, Duration::from_secs(4), Cuts::Grid);
    let mut object = Vec::new();
    for sample in samples(&before, &file) {
        let bytes = with_prefix(&units(&sample.bytes, 4), 2);
        let (offset, size) = (object.len() as u64, bytes.len() as u32);
        let (dts, pts) = (sample.dts - START, sample.pts - START);
        builder.push(IndexedSample { offset, size, dts, pts, sync: sample.sync }).unwrap();
        object.extend(bytes);
    }
    let map = builder.finish(None).unwrap();
    assert!(transport::takes(map.header()));
    let shorter = segments(Some((&map, &object)), None);
    assert!(shorter == segments(Some((&before, &file)), None));
}
