//! Transport streams that we write: read back by a walk over their packets, by our own reader, and by ffmpeg and
//! ffprobe beside the film that they were made of.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use kinora_media::cmaf::init_segment;
use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::mpegts::{Demuxer, RewrittenSample};
use kinora_media::timing::{Timescale, rescale, seconds};
use kinora_media::transport::{self, Plan, START, TransportError};
use kinora_media::{Codec, PlannedTrack, SegmentMap, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::film::{FilmTrack, film};
use crate::support::package::{plan, slice};
use crate::support::transport::{Walk, walk};
use crate::support::{reader, tool};

const PICTURE: &str = "testsrc2=size=160x96:rate=25:duration=9";
const SOUND: &str = "sine=frequency=440:sample_rate=48000:duration=9";
const X264: &[&str] = &["-c:v", "libx264", "-preset", "fast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p"];
const X265: &[&str] = &[
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-x265-params",
    "bframes=3:keyint=50:open-gop=0:log-level=none:pools=1",
];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "96k"];

/// Where pictures and sound are.
const PICTURES: u16 = 0x100;
const SOUNDS: u16 = 0x101;

/// Bytes of ranges of an object, one behind the other.
fn gather(object: &[u8], runs: &[Range<u64>]) -> Vec<u8> {
    assert!(runs.windows(2).all(|pair| pair[0].end != pair[1].start), "neighbors are joined");
    runs.iter().flat_map(|run| slice(object, run).to_vec()).collect()
}

/// A track and the object in which it lies.
type Source<'a> = (&'a SegmentMap, &'a [u8]);

/// All segments.
fn segments(video: Option<Source<'_>>, audio: Option<Source<'_>>) -> Vec<Vec<u8>> {
    let maps = (video.map(|video| video.0), audio.map(|audio| audio.0));
    let count = maps.0.or(maps.1).unwrap().segment_count();
    assert_eq!(Plan::new(maps.0, maps.1, count), None);
    let segment = |n| {
        let plan = Plan::new(maps.0, maps.1, n).unwrap();
        let read = |source: Option<Source<'_>>, runs| source.map_or(Vec::new(), |(_, object)| gather(object, runs));
        plan.write(&read(video, plan.video()), &read(audio, plan.audio())).unwrap()
    };
    (0..count).map(segment).collect()
}

/// Every sample of a map: decode time and presentation time in the stream, whether decoding can begin with it, and
/// bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sample {
    /// When it begins on the timeline of the film, in ticks of the track.
    begins: i64,
    dts: i64,
    pts: i64,
    sync: bool,
    bytes: Vec<u8>,
}

fn samples(map: &SegmentMap, object: &[u8]) -> Vec<Sample> {
    let mut all = Vec::new();
    let time = |ticks: i64| rescale(ticks, map.header().timescale, Timescale::TRANSPORT) + START;
    for n in 0..map.segment_count() {
        let segment = map.samples(n).unwrap();
        let bytes: Vec<u8> = segment.runs.iter().flat_map(|run| slice(object, run).to_vec()).collect();
        let mut rest = bytes.as_slice();
        let mut decode = segment.decode_time.cast_signed() - map.header().priming.cast_signed();
        for sample in &segment.samples {
            let (bytes, behind) = rest.split_at(sample.size as usize);
            let pts = time(decode + i64::from(sample.composition_offset));
            let dts = time(decode - i64::from(map.decode_lead()));
            all.push(Sample { begins: decode, dts, pts, sync: sample.sync, bytes: bytes.to_vec() });
            rest = behind;
            decode += i64::from(sample.duration);
        }
    }
    all
}

/// Units behind lengths of so many bytes.
fn units(sample: &[u8], prefix: usize) -> Vec<&[u8]> {
    let mut rest = sample;
    let mut units = Vec::new();
    while !rest.is_empty() {
        let (len, behind) = rest.split_at(prefix);
        let (unit, behind) = behind.split_at(len.iter().fold(0, |len, byte| len << 8 | usize::from(*byte)));
        units.push(unit);
        rest = behind;
    }
    units
}

/// The same with lengths of another size.
fn with_prefix(units: &[&[u8]], prefix: usize) -> Vec<u8> {
    units.iter().flat_map(|unit| [&(unit.len() as u64).to_be_bytes()[8 - prefix..], unit].concat()).collect()
}

/// The parameter sets in the configuration of a track, as `mp4-atom` reads it.
fn parameter_sets(map: &SegmentMap) -> Vec<Vec<u8>> {
    let moov = reader::init(&init_segment(map));
    match &moov.trak[0].mdia.minf.stbl.stsd.codecs[0] {
        mp4_atom::Codec::Avc1(entry) => {
            [&entry.avcc.sequence_parameter_sets[..], &entry.avcc.picture_parameter_sets].concat()
        }
        mp4_atom::Codec::Hvc1(entry) => {
            let sets = entry.hvcc.arrays.iter().filter(|array| (32..=34).contains(&array.nal_unit_type));
            sets.flat_map(|array| array.nalus.clone()).collect()
        }
        other => panic!("{other:?}"),
    }
}

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

/// What our reader finds.
fn read(stream: &[u8]) -> (Vec<kinora_media::index::IndexedTrack>, Vec<Vec<RewrittenSample>>) {
    let mut demuxer = Demuxer::new();
    let mut found = demuxer.feed(stream).unwrap();
    found.extend(demuxer.finish().unwrap());
    let tracks = demuxer.tracks().unwrap().to_vec();
    let mut samples = vec![Vec::new(); tracks.len()];
    for (track, sample) in found {
        samples[track].push(sample);
    }
    (tracks, samples)
}

/// Walks over segments, and over all of them as one stream, and checks what holds for every stream.
fn checked(segments: &[Vec<u8>], has_picture: bool) -> Walk {
    for segment in segments {
        let alone = walk(segment);
        for (pid, packets) in &alone.carrying {
            let expected = if matches!(pid, 0 | 0x1000) { *packets == 1 } else { packets % 16 == 0 };
            assert!(expected, "{packets} packets of PID {pid:#x}");
        }
        assert_eq!(segment[..3], [0x47, 0x40, 0], "the table of programs comes first");
        assert_eq!(segment[188..191], [0x47, 0x50, 0], "the map of the program comes second");
    }
    let all = walk(&segments.concat());
    let clock_pid = if has_picture { PICTURES } else { SOUNDS };
    assert!(all.clocks.iter().all(|(pid, ..)| *pid == clock_pid));
    let wrap = (1u64 << 33) * 300;
    let after = |later: u64, earlier: u64| (later + wrap - earlier) % wrap;
    for pair in all.clocks.windows(2) {
        let step = after(pair[1].1, pair[0].1);
        assert!(step <= 2_700_000, "the clock is told after {step} ticks");
    }
    // What is decoded arrives before, and not long before.
    for (number, unit) in all.units.iter().enumerate() {
        let told = all.clocks.iter().take_while(|(.., units)| *units <= number).last().unwrap().1;
        let ahead = after(unit.dts * 300, told);
        assert!((2_700_000..90_000_000).contains(&ahead), "a unit is {ahead} ticks behind the clock");
        assert!((unit.pts + (1 << 33) - unit.dts) % (1 << 33) < 1 << 32, "shown before it is decoded");
    }
    all
}

/// What ffmpeg makes of these options.
fn made(folder: &TempDir, name: &str, options: &[&[&str]]) -> PathBuf {
    let path = folder.path().join(name);
    let inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-threads", "2"];
    tool::ffmpeg(&[&inputs[..], &options.concat()].concat(), &path);
    path
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

/// The header of the only track and all samples of a film, for maps of another kind.
fn facts(map: &SegmentMap) -> TrackFacts {
    TrackFacts::from_header(map.header())
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

#[test]
fn tracks_that_no_stream_takes_are_not_taken() {
    let folder = TempDir::new().unwrap();
    let vp9: &[&str] = &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"];
    let others = [
        made(&folder, "a.mp4", &[vp9, &["-c:a", "libopus", "-t", "1"]]),
        made(&folder, "b.mp4", &[&["-map", "1", "-c:a", "flac", "-strict", "-2", "-t", "1"]]),
    ];
    for path in others {
        for planned in plan(&std::fs::read(path).unwrap()).unwrap() {
            let map = &planned.map;
            assert!(!transport::takes(map.header()), "{}", map.header().codec_name);
            assert_eq!(Plan::new(Some(map), None, 0), None);
            assert_eq!(Plan::new(None, Some(map), 0), None);
            assert_eq!(transport::bandwidth(None, Some(map)), None);
        }
    }
    let (picture, sound) = small();
    assert!(Plan::new(Some(picture), Some(sound), 0).is_some());
    assert_eq!(Plan::new(Some(sound), Some(picture), 0), None);
    assert_eq!(Plan::new(None, Some(picture), 0), None);
    assert_eq!(Plan::new(None, None, 0), None);
    assert_eq!(Plan::new(Some(picture), Some(sound), u32::MAX), None);
}

/// Maps of a short film of H.264 and AAC.
fn small() -> (&'static SegmentMap, &'static SegmentMap) {
    static MAPS: OnceLock<(SegmentMap, SegmentMap)> = OnceLock::new();
    let (picture, sound) = MAPS.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let path = made(&folder, "a.mp4", &[X264, AAC, &["-t", "0.5"]]);
        let mut planned = plan(&std::fs::read(path).unwrap()).unwrap();
        let sound = planned.remove(1).map;
        (planned.remove(0).map, sound)
    });
    (picture, sound)
}

/// A picture or a frame of sound that a test makes: bytes of its units or of itself, ticks until the next, from its
/// decoding to its showing, and whether decoding can begin with it.
type Made = (Vec<usize>, u32, i32, bool);

/// A track of such samples, the first of them decoded at a time, cut where a test says; and its object.
fn track(like: &SegmentMap, samples: &[Made], start: i64, cuts: Vec<i64>) -> (SegmentMap, Vec<u8>) {
    let is_picture = like.header().kind == TrackKind::Video;
    let cuts = if cuts.is_empty() { Cuts::Grid } else { Cuts::At(cuts) };
    let mut builder = MapBuilder::new(facts(like), Duration::from_millis(700), cuts);
    builder.set_shift(start);
    let (mut dts, mut object, mut seed) = (0, Vec::new(), 1u32);
    let mut noise = |len: usize| -> Vec<u8> {
        let next = |_| {
            seed = seed.wrapping_mul(0x9e37_79b1).wrapping_add(0x85eb_ca6b);
            // Neither start codes nor zeros at the end.
            (seed >> 24) as u8 | 1
        };
        (0..len).map(next).collect()
    };
    for (sizes, duration, offset, sync) in samples {
        let bytes: Vec<u8> = if is_picture {
            let units = sizes.iter().enumerate().map(|(number, size)| {
                let head = [if *sync { 0x65 } else { 0x41 }, if number == 0 { 0x88 } else { 0x50 }];
                [&head[..], &noise(*size)].concat()
            });
            with_prefix(&units.collect::<Vec<_>>().iter().map(Vec::as_slice).collect::<Vec<_>>(), 4)
        } else {
            noise(sizes[0])
        };
        let (offset_in_object, size) = (object.len() as u64, bytes.len() as u32);
        let pts = dts + i64::from(*offset);
        builder.push(IndexedSample { offset: offset_in_object, size, dts, pts, sync: *sync || !is_picture }).unwrap();
        object.extend(bytes);
        // Something else lies between some of the samples.
        object.resize(object.len() + size as usize % 3, 0);
        dts += i64::from(*duration);
    }
    (builder.finish(None).unwrap(), object)
}

/// Reads segments of synthetic tracks back: every sample once, in its segment, at its time.
fn read_back(video: Option<Source<'_>>, audio: Option<Source<'_>>) {
    let written = segments(video, audio);
    let found = checked(&written, video.is_some());
    let cut = |time: i64| time.cast_unsigned() & ((1 << 33) - 1);
    let (_, read) = read(&written.concat());
    if let Some((map, object)) = video {
        let expected: Vec<Sample> =
            samples(map, object).into_iter().filter(|sample| !sample.bytes.is_empty()).collect();
        let pictures: Vec<_> = found.units.iter().filter(|unit| unit.pid == PICTURES).collect();
        assert_eq!(pictures.len(), expected.len());
        for (unit, sample) in pictures.iter().zip(&expected) {
            assert_eq!((unit.pts, unit.dts, unit.random_access), (cut(sample.pts), cut(sample.dts), sample.sync));
        }
        let sets = parameter_sets(map);
        let sets: Vec<&[u8]> = sets.iter().map(Vec::as_slice).collect();
        assert_eq!(read[0].len(), expected.len());
        for (after, before) in read[0].iter().zip(&expected) {
            let sets = if before.sync { sets.clone() } else { Vec::new() };
            assert!(after.data == with_prefix(&[sets, units(&before.bytes, 4)].concat(), 4));
            assert_eq!(after.sync, before.sync);
        }
    }
    if let Some((map, object)) = audio {
        let expected = samples(map, object);
        let last = read.last().unwrap();
        assert!(last.iter().map(|sample| &sample.data).eq(expected.iter().map(|sample| &sample.bytes)));
        let mut rest = expected.iter();
        for (n, segment) in (0u32..).zip(&written) {
            for unit in walk(segment).units.iter().filter(|unit| unit.pid == SOUNDS) {
                let mut bytes = unit.payload.as_slice();
                let mut told = None;
                while !bytes.is_empty() {
                    let sample = rest.next().unwrap();
                    bytes = bytes[7..].strip_prefix(sample.bytes.as_slice()).unwrap();
                    let (pts, count) = told.get_or_insert((sample.pts, 0));
                    assert_eq!(unit.pts, cut(*pts));
                    // A player gives it the time that follows from the first.
                    assert!((*pts + *count * 1_920 - sample.pts).abs() <= 180);
                    *count += 1;
                    if let Some((video, _)) = video {
                        let common = |ticks: i64, other: &SegmentMap| {
                            i128::from(ticks) * i128::from(other.header().timescale.get())
                        };
                        let start = |n| video.segment(n).map(|segment| common(segment.start, map));
                        let begins = common(sample.begins, video);
                        assert!(n == 0 || begins >= start(n).unwrap());
                        assert!(start(n + 1).is_none_or(|start| begins < start));
                    }
                }
            }
        }
        assert_eq!(rest.next(), None);
    }
}

#[test]
fn sound_goes_with_the_picture_to_the_tick() {
    let (picture, sound) = small();
    // The second segment begins at 33 611 and a quarter ticks of the sound, of which a frame begins at 33 611.
    let video = track(picture, &[(vec![50], 8_963, 0, true), (vec![50], 512, 0, true)], 0, Vec::new());
    let audio = track(sound, &vec![(vec![50], 1_024, 0, true); 40], 33_611 - 32 * 1_024, Vec::new());
    let plan = Plan::new(Some(&video.0), Some(&audio.0), 1).unwrap();
    let all = samples(&audio.0, &audio.1);
    assert_eq!(all[32].begins, 33_611);
    let behind: usize = all[33..].iter().map(|sample| sample.bytes.len()).sum();
    assert_eq!(gather(&audio.1, plan.audio()).len(), behind);
    read_back(Some((&video.0, &video.1)), Some((&audio.0, &audio.1)));
}

#[test]
fn times_begin_again_after_26_hours() {
    let (picture, sound) = small();
    let pictures: Vec<Made> = (0..60).map(|at| (vec![200], 512, [0, 1024, -512][at % 3], at % 10 == 0)).collect();
    let frames: Vec<Made> = (0..110).map(|_| (vec![300], 1_024, 0, true)).collect();
    // A second before they do.
    let start = (1i64 << 33) - START - 90_000;
    let of = |like: &SegmentMap| rescale(start, Timescale::TRANSPORT, like.header().timescale);
    let video = track(picture, &pictures, of(picture), Vec::new());
    let audio = track(sound, &frames, of(sound), Vec::new());
    let found = checked(&segments(Some((&video.0, &video.1)), Some((&audio.0, &audio.1))), true);
    for pid in [PICTURES, SOUNDS] {
        let times: Vec<_> = found.units.iter().filter(|unit| unit.pid == pid).map(|unit| unit.dts).collect();
        assert!(times[0] > 1 << 32 && *times.last().unwrap() < 1 << 32);
    }
    read_back(Some((&video.0, &video.1)), Some((&audio.0, &audio.1)));
}

#[test]
fn bytes_that_are_no_samples_are_refused() {
    let (picture, sound) = small();
    let video = track(picture, &[(vec![10, 20], 512, 0, true), (vec![5], 512, 0, false)], 0, Vec::new());
    let audio = track(sound, &[(vec![10], 1_024, 0, true), (vec![8_185], 1_024, 0, true)], 0, Vec::new());
    let plan = Plan::new(Some(&video.0), Some(&audio.0), 0).unwrap();
    let (pictures, frames) = (gather(&video.1, plan.video()), gather(&audio.1, plan.audio()));
    assert_eq!(plan.write(&pictures, &frames), Err(TransportError::Frame { number: 1, len: 8_185 }));
    let plan = Plan::new(Some(&video.0), None, 0).unwrap();
    assert!(plan.audio().is_empty());
    assert!(plan.write(&pictures, &[]).is_ok());
    let needs = pictures.len() as u64;
    let has = pictures.len() - 1;
    assert_eq!(plan.write(&pictures[1..], &[]), Err(TransportError::Length { needs, has }));
    assert_eq!(plan.write(&pictures, b"a"), Err(TransportError::Length { needs: 0, has: 1 }));
    let mut damaged = pictures.clone();
    let at = damaged.len() - 8;
    damaged[at] += 1;
    let error = plan.write(&damaged, &[]).unwrap_err();
    assert_eq!(error, TransportError::Unit { number: 1 });
    assert_eq!(error.to_string(), "picture 1 of the segment is damaged: a unit reaches past its end");
}

#[test]
fn tables_and_headers_are_as_specified() {
    let audio = film(&[FilmTrack { language: *b"fra", ..FilmTrack::audio(3) }], true);
    let map = plan(&audio).unwrap().remove(0).map;
    let plan = Plan::new(None, Some(&map), 0).unwrap();
    let segment = plan.write(&[], &gather(&audio, plan.audio())).unwrap();
    let rows = segment.chunks(188).take(4).map(|packet| {
        let shown = packet.iter().take(64).map(|byte| format!("{byte:02x}"));
        shown.collect::<Vec<_>>().chunks(16).map(|row| row.join(" ")).collect::<Vec<_>>().join("\n")
    });
    insta::assert_snapshot!(rows.collect::<Vec<_>>().join("\n\n"));
}

prop_compose! {
    fn pictures()(
        samples in prop::collection::vec(
            (
                prop::collection::vec(prop_oneof![8 => 0usize..400, 2 => 900usize..3_000, 1 => 66_000usize..67_000], 1..4),
                1u32..4_000,
                -2_000i32..2_000,
                prop::bool::weighted(0.3),
            ),
            1..50,
        ),
    ) -> Vec<Made> {
        let mut samples = samples;
        samples[0].3 = true;
        samples
    }
}

fn frames() -> impl Strategy<Value = Vec<Made>> {
    let size = prop_oneof![5 => 2usize..300, 1 => 300usize..3_000];
    let duration = prop_oneof![9 => Just(1_024u32), 1 => 1_000u32..1_050, 1 => 500u32..20_000];
    let frame = (size, duration).prop_map(|(size, duration)| (vec![size], duration, 0, true));
    prop::collection::vec(frame, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_samples_are_read_back(
        video in prop::option::of(pictures()),
        audio in prop::option::of(frames()),
        start in -2_048i64..60_000,
        cuts in prop::collection::vec(0i64..200_000, 0..6),
    ) {
        let (picture, sound) = small();
        let mut cuts = cuts;
        cuts.sort_unstable();
        let video = video.map(|samples| track(picture, &samples, 0, Vec::new()));
        let audio = audio.map(|samples| track(sound, &samples, start, cuts));
        let of = |track: &Option<(SegmentMap, Vec<u8>)>| track.is_some();
        prop_assume!(of(&video) || of(&audio));
        read_back(
            video.as_ref().map(|(map, object)| (map, object.as_slice())),
            audio.as_ref().map(|(map, object)| (map, object.as_slice())),
        );
    }
}
