//! Progressive files, read back by our own reader, by ffprobe and ffmpeg, and by `mp4-atom`.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use kinora_media::cmaf::init_segment;
use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::mp4::parse;
use kinora_media::progressive::{KeyOrder, Slice, Span, shown_at};
use kinora_media::timing::{Timescale, rescale, seconds};
use kinora_media::{PlannedTrack, Progressive, SegmentMap};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::film::{FilmTrack, film};
use crate::support::package::{index, plan, slice};
use crate::support::{reader, tool};

const PICTURE: &str = "testsrc2=size=160x96:rate=25:duration=9";
const SOUND: &str = "sine=frequency=440:sample_rate=48000:duration=9";
const X264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p"];

/// Bytes of a range of the file.
fn read(file: &Progressive, range: Range<u64>, objects: &[&[u8]]) -> Vec<u8> {
    let slices = file.read(range);
    slices
        .iter()
        .flat_map(|part| match part {
            Slice::Head(range) => file.head()[range.clone()].to_vec(),
            Slice::Media { track, range } => slice(objects[*track], range).to_vec(),
        })
        .collect()
}

fn whole(file: &Progressive, objects: &[&[u8]]) -> Vec<u8> {
    let bytes = read(file, 0..u64::MAX, objects);
    assert_eq!(bytes.len() as u64, file.size());
    bytes
}

fn of(planned: &[PlannedTrack], span: Option<Span>) -> Option<Progressive> {
    let maps: Vec<&SegmentMap> = planned.iter().map(|planned| &planned.map).collect();
    Progressive::new(&maps, span)
}

/// All samples of a map: decode time, composition, whether decoding begins there, bytes.
fn samples(map: &SegmentMap, object: &[u8]) -> Vec<(u64, i32, bool, Vec<u8>)> {
    let mut all = Vec::new();
    for n in 0..map.segment_count() {
        let segment = map.samples(n).unwrap();
        let mut bytes: Vec<u8> = segment.runs.iter().flat_map(|run| slice(object, run).to_vec()).collect();
        let mut decode = segment.decode_time;
        for sample in &segment.samples {
            let rest = bytes.split_off(sample.size as usize);
            all.push((decode, sample.composition_offset, sample.sync, std::mem::replace(&mut bytes, rest)));
            decode += u64::from(sample.duration);
        }
    }
    all
}

/// What ffmpeg makes of these options.
fn made(folder: &TempDir, name: &str, options: &[&str]) -> (std::path::PathBuf, Vec<u8>) {
    let path = folder.path().join(name);
    let inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-threads", "2"];
    tool::ffmpeg(&inputs.iter().chain(options).copied().collect::<Vec<_>>(), &path);
    let file = std::fs::read(&path).unwrap();
    (path, file)
}

/// Writes the film anew and compares what others read.
fn compare(source: &Path, file: &[u8]) {
    let planned = plan(file).unwrap();
    let objects = vec![file; planned.len()];
    let again = whole(&of(&planned, None).unwrap(), &objects);
    let path = source.with_extension("again.mp4");
    std::fs::write(&path, &again).unwrap();
    // Our own reader finds the same tracks with the same samples at the same times.
    let replanned = plan(&again).unwrap();
    assert_eq!(replanned.len(), planned.len());
    for (before, after) in planned.iter().zip(&replanned) {
        assert_eq!(init_segment(&after.map), init_segment(&before.map));
        assert_eq!(after.map.start(), before.map.start());
        assert_eq!(after.map.duration(), before.map.duration());
        assert!(samples(&after.map, &again) == samples(&before.map, file), "samples of track {}", before.track);
    }
    // So do others.
    reader::init(&again[..again.windows(4).position(|name| name == b"mdat").unwrap() - 4]);
    for (at, planned) in planned.iter().enumerate() {
        let relative = |packets: Vec<tool::Packet>| {
            let first = packets[0];
            packets
                .into_iter()
                .map(|packet| (packet.pts - first.pts, packet.dts - first.dts, packet.size, packet.key))
                .collect::<Vec<_>>()
        };
        let (before, after) = (tool::packets(source, planned.track, true), tool::packets(&path, at, true));
        assert_eq!(relative(before), relative(after), "packets of track {}", planned.track);
        assert_eq!(tool::frames(source, planned.track), tool::frames(&path, at), "frames of track {}", planned.track);
        let begins = |path: &Path, track| tool::packets(path, track, false).iter().map(|packet| packet.pts).min();
        assert_eq!(begins(&path, at), Some(planned.map.start()), "start of track {}", planned.track);
    }
}

#[test]
fn h264_and_aac_are_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let (path, file) = made(&folder, "a.mp4", &[X264, &["-c:a", "aac"]].concat());
    compare(&path, &file);
}

#[test]
fn hevc_with_opus_and_vp9_with_flac_are_written_without_loss() {
    let folder = TempDir::new().unwrap();
    let hevc =
        ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "bframes=3:keyint=50:log-level=none:pools=1"];
    let (path, file) = made(&folder, "a.mp4", &[&hevc[..], &["-c:a", "libopus"]].concat());
    compare(&path, &file);
    let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-pix_fmt", "yuv420p"];
    let (path, file) = made(&folder, "b.mp4", &[&vp9[..], &["-c:a", "flac", "-strict", "-2"]].concat());
    compare(&path, &file);
}

#[test]
fn several_sounds_take_turns_and_one_begins() {
    let maps = [FilmTrack::video(100, 25), FilmTrack::audio(180), FilmTrack::audio(180)];
    let file = film(&maps, false);
    let planned = plan(&file).unwrap();
    let again = whole(&of(&planned, None).unwrap(), &[&file, &file, &file]);
    let moov = reader::init(&again[..again.windows(4).position(|name| name == b"mdat").unwrap() - 4]);
    let flags: Vec<_> =
        moov.trak.iter().map(|track| (track.tkhd.track_id, track.tkhd.enabled, track.tkhd.alternate_group)).collect();
    assert_eq!(flags, [(1, true, 0), (2, true, 1), (3, false, 1)]);
    // Of each track about a second lies together, and none is further than the others.
    let offsets: Vec<Vec<u32>> =
        moov.trak.iter().map(|track| track.mdia.minf.stbl.stco.as_ref().unwrap().entries.clone()).collect();
    assert_eq!(offsets.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 4]);
    for turn in 0..3 {
        assert!(offsets.iter().all(|track| offsets.iter().all(|other| track[turn] < other[turn + 1])));
    }
}

#[test]
fn a_track_that_begins_late_begins_as_late() {
    let mut sound = FilmTrack::audio(180);
    sound.edits = vec![(500, -1), (3_000, 1024)];
    let file = film(&[FilmTrack::video(100, 25), sound], true);
    let planned = plan(&file).unwrap();
    let again = whole(&of(&planned, None).unwrap(), &[&file, &file]);
    let replanned = plan(&again).unwrap();
    for (before, after) in planned.iter().zip(&replanned) {
        let shown = |map: &SegmentMap| map.start().max(0);
        assert_eq!(shown(&after.map), shown(&before.map));
        assert_eq!(after.map.duration(), before.map.duration());
    }
}

#[test]
fn a_clip_begins_and_ends_where_it_was_asked_for() {
    let folder = TempDir::new().unwrap();
    let (source, file) = made(&folder, "a.mp4", &[X264, &["-c:a", "aac"]].concat());
    let planned = plan(&file).unwrap();
    let all = tool::frames(&source, 0);
    // Key frames are at 0, 2, 4, 6 and 8 s; pictures last 40 ms.
    for (start, end, pictures) in [
        (0i64, 1_000_000i64, 0..25),
        (2_000_000, 2_040_000, 50..51),
        (3_960_000, 5_000_000, 99..125),
        (4_000_000, 9_000_000, 100..225),
        (8_440_000, 60_000_000, 211..225),
        // Between two pictures: the one that is shown then begins.
        (5_010_000, 5_090_000, 125..128),
    ] {
        let span = Span { start: start.unsigned_abs(), end: end.unsigned_abs() };
        let clip = whole(&of(&planned, Some(span)).unwrap(), &[&file, &file]);
        let path = folder.path().join("clip.mp4");
        std::fs::write(&path, &clip).unwrap();
        assert_eq!(tool::shown_frames(&path, 0), all[pictures], "{start} to {end}");
        let length = seconds(end.min(9_000_000) - (start - start % 40_000), Timescale::MICROS);
        for track in ["0", "1"] {
            let told: f64 = tool::field(&path, track.parse().unwrap(), "duration").parse().unwrap();
            assert!((told - length).abs() < 0.03, "track {track} of {start} to {end} lasts {told} s");
        }
        // Nothing is there that is not needed: back to the key frame, and not behind the end.
        let first = tool::packets(&path, 0, true)[0];
        assert!(first.key);
        let count = tool::packets(&path, 0, true).len();
        assert!(count <= 50 + usize::try_from((end.min(9_000_000) - start) / 40_000).unwrap() + 3, "{count} pictures");
    }
    assert_eq!(of(&planned, Some(Span { start: 9_500_000, end: 10_000_000 })), None);
}

#[test]
fn a_picture_is_the_one_that_is_shown_at_that_time_and_needs_no_more_than_its_group() {
    let folder = TempDir::new().unwrap();
    let open = [&["-flags", "-cgop", "-x264-params", "open-gop=1", "-bf", "3"], X264].concat();
    let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-pix_fmt", "yuv420p"];
    for (name, options) in [("a.mp4", X264), ("b.mp4", &open), ("c.mp4", &vp9)] {
        let (source, file) = made(&folder, name, &[options, &["-an"]].concat());
        let planned = plan(&file).unwrap();
        let map = &planned[0].map;
        let all = tool::frames(&source, 0);
        let scale = map.header().timescale;
        for number in [0, 1, 49, 50, 99, 100, 224] {
            let begins = rescale(i64::try_from(number).unwrap() * 40_000, Timescale::MICROS, scale);
            let ends = rescale(i64::try_from(number + 1).unwrap() * 40_000, Timescale::MICROS, scale);
            for time in [begins, i64::midpoint(begins, ends), ends - 1] {
                assert_eq!(shown_at(map, time), Some(begins), "{name}, picture {number}");
            }
            let one = Progressive::picture(map, ends - 1).unwrap();
            let path = folder.path().join("one.mp4");
            std::fs::write(&path, whole(&one, &[&file])).unwrap();
            assert_eq!(tool::shown_frames(&path, 0), all[number..=number], "{name}, picture {number}");
            assert!(one.samples() <= 50 + 4, "{} samples", one.samples());
        }
        let end = map.start() + map.duration().cast_signed();
        assert_eq!((Progressive::picture(map, -1), Progressive::picture(map, end)), (None, None));
    }
}

#[test]
fn key_frames_are_those_nearest_to_the_times_and_stand_alone() {
    let folder = TempDir::new().unwrap();
    // Two groups a segment, so that not every key frame begins one.
    let short = [&["-g", "25"], &X264[..5], &X264[7..]].concat();
    let (source, file) = made(&folder, "a.mp4", &[&short, &["-an"][..]].concat());
    let planned = plan(&file).unwrap();
    let map = &planned[0].map;
    assert!(map.segment_count() < 9, "{} segments", map.segment_count());
    let all = tool::frames(&source, 0);
    let scale = map.header().timescale;
    // Half a second is nearer to the first of two key frames than to the second, by the rule for equals.
    let asked = [(0, 0), (480, 0), (500, 0), (520, 1), (1_000, 1), (4_400, 4), (4_600, 5), (8_000, 8), (60_000, 8)];
    let times: Vec<i64> = asked.iter().map(|(ms, _)| rescale(*ms, Timescale::MILLIS, scale)).collect();
    let keys = Progressive::key_frames(map, &times).unwrap();
    let path = folder.path().join("keys.mp4");
    std::fs::write(&path, whole(&keys, &[&file])).unwrap();
    let expected: Vec<_> = asked.iter().map(|(_, second)| all[second * 25].clone()).collect();
    assert_eq!(tool::shown_frames(&path, 0), expected);
    // Each is shown for a second, from its number on.
    let packets = tool::packets(&path, 0, false);
    assert_eq!(packets.iter().map(|packet| packet.pts).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
    assert_eq!(keys.samples(), 9);
    assert_eq!(Progressive::key_frames(map, &[]), None);
    let sizes: u64 = packets.iter().map(|packet| packet.size).sum();
    assert_eq!(keys.size(), keys.head().len() as u64 + sizes, "nothing else is read");
}

/// A film of key frames as a program gets it.
fn put_in_order(map: &SegmentMap, keys: &Progressive, object: &[u8]) -> Vec<u8> {
    let mut order = KeyOrder::new(map).unwrap();
    let mut out = Vec::new();
    for slice in keys.read(0..keys.size()) {
        match slice {
            Slice::Head(range) => out.extend_from_slice(&keys.head()[range]),
            Slice::Media { range, .. } => {
                let mut sample =
                    object[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()].to_vec();
                order.put(&mut sample);
                out.extend(sample);
            }
        }
    }
    out
}

#[test]
fn key_frames_come_in_their_order_from_groups_that_are_open() {
    let folder = TempDir::new().unwrap();
    // Where the order is told by so few bits that it begins anew in each group, and where groups are longer than that.
    for (name, params) in [
        ("a.mp4", "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3"),
        ("b.mp4", "open-gop=1:keyint=17:min-keyint=17:scenecut=0:bframes=2:slices=4"),
        ("c.mp4", "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3:interlaced=1"),
        ("d.mp4", "keyint=25:min-keyint=25:scenecut=0:bframes=3"),
    ] {
        let (source, file) =
            made(&folder, name, &[&["-c:v", "libx264", "-x264-params", params], &["-an"][..]].concat());
        let planned = plan(&file).unwrap();
        let map = &planned[0].map;
        let all = tool::frames(&source, 0);
        let scale = map.header().timescale;
        let group = if name == "b.mp4" { 17 } else { 25 };
        // Some stand twice behind each other.
        let numbers: Vec<usize> = (0..8).flat_map(|key| vec![key * group; 1 + usize::from(key % 3 == 1)]).collect();
        let micros = |number: &usize| i64::try_from(*number).unwrap() * 40_000 + 10_000;
        let times: Vec<i64> = numbers.iter().map(|number| rescale(micros(number), Timescale::MICROS, scale)).collect();
        let keys = Progressive::key_frames(map, &times).unwrap();
        let expected: Vec<_> = numbers.iter().map(|number| all[*number].clone()).collect();
        let path = folder.path().join("keys.mp4");
        std::fs::write(&path, put_in_order(map, &keys, &file)).unwrap();
        assert_eq!(tool::shown_frames(&path, 0), expected, "{name}");
        std::fs::write(&path, whole(&keys, &[&file])).unwrap();
        // As they are, a decoder cannot know their order, unless each begins anew.
        assert_eq!(tool::shown_frames(&path, 0) == expected, name == "d.mp4", "{name}");
    }
}

#[test]
fn what_is_no_key_frame_of_h264_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    let (_, file) = made(&folder, "a.mp4", &[X264, &["-an"]].concat());
    let planned = plan(&file).unwrap();
    let mut order = KeyOrder::new(&planned[0].map).unwrap();
    for bytes in [&b""[..], b"\0\0\0\x09\x41", b"\0\0\0\x01\x65", b"\0\0\0\x02\x41\x80", &[0xff; 64], &[0; 64]] {
        let mut sample = bytes.to_vec();
        order.put(&mut sample);
        assert_eq!(sample, bytes);
    }
}

#[test]
fn a_track_without_key_frames_has_no_film_of_them() {
    let file = film(&[FilmTrack::video(100, 25)], true);
    let facts = TrackFacts::of(&parse(index(&file).unwrap(), file.len() as u64).unwrap().tracks[0]).unwrap();
    let mut builder = MapBuilder::new(facts, Duration::from_secs(4), Cuts::Grid);
    for n in 0..6i64 {
        let sample = IndexedSample { offset: 0, size: 10, dts: n * 512, pts: n * 512, sync: false };
        builder.push(sample).unwrap();
    }
    let map = builder.finish(None).unwrap();
    assert_eq!(Progressive::key_frames(&map, &[0, 512]), None);
    assert_eq!(Progressive::picture(&map, 1_024).map(|film| film.samples()), Some(3), "all from the beginning");
}

#[test]
fn a_clip_of_sound_alone_begins_with_decoders_settled() {
    let file = film(&[FilmTrack::audio(469)], true);
    let planned = plan(&file).unwrap();
    let clip = of(&planned, Some(Span { start: 5_000_000, end: 6_000_000 })).unwrap();
    let bytes = whole(&clip, &[&file]);
    let moov = reader::init(&bytes[..bytes.windows(4).position(|name| name == b"mdat").unwrap() - 4]);
    let edits = &moov.trak[0].edts.as_ref().unwrap().elst.as_ref().unwrap().entries;
    // 80 ms and a part of a frame go before what is shown.
    let skipped = edits[0].media_time.unwrap();
    assert!((3_840..3_840 + 1_024).contains(&skipped), "{skipped}");
    assert_eq!(edits[0].segment_duration, 48_000);
}

#[test]
fn offsets_beyond_four_gigabytes_have_64_bits() {
    let file = film(&[FilmTrack::video(100, 25)], true);
    let facts = TrackFacts::of(&parse(index(&file).unwrap(), file.len() as u64).unwrap().tracks[0]).unwrap();
    let mut builder = MapBuilder::new(facts, Duration::from_secs(4), Cuts::Grid);
    for n in 0..6i64 {
        let offset = n.unsigned_abs() << 30;
        let sample = IndexedSample { offset, size: 1 << 30, dts: n * 12_800, pts: n * 12_800, sync: true };
        builder.push(sample).unwrap();
    }
    let map = builder.finish(None).unwrap();
    let file = Progressive::new(&[&map], None).unwrap();
    assert_eq!(file.size(), file.head().len() as u64 + (6 << 30));
    let head = file.head();
    let movie = parse(&head[32..head.len() - 16], file.size()).unwrap();
    let again = SegmentMap::plan(&movie, Duration::from_secs(4)).unwrap().remove(0).map;
    let base = head.len() as u64;
    assert_eq!(again.span(), base..base + (6 << 30));
    assert!(again.is_contiguous());
    assert_eq!(
        file.read(base + (5 << 30) - 1..base + (5 << 30) + 1),
        [Slice::Media { track: 0, range: (5 << 30) - 1..(5 << 30) + 1 }],
    );
}

proptest! {
    #[test]
    fn a_range_is_what_it_is_of_the_whole(start in 0u64..120_000, len in 0u64..50_000) {
        let file = film(&[FilmTrack::video(100, 25), FilmTrack::audio(180)], false);
        let planned = plan(&file).unwrap();
        let progressive = of(&planned, None).unwrap();
        let bytes = whole(&progressive, &[&file, &file]);
        let end = (start + len).min(bytes.len() as u64);
        let expected = if start < end { &bytes[start as usize..end as usize] } else { &[] };
        prop_assert!(read(&progressive, start..start + len, &[&file, &file]) == expected);
    }

    #[test]
    fn a_clip_shows_what_was_asked_for(start in 0u64..9_000_000, len in 40_000u64..9_000_000) {
        let mut picture = FilmTrack::video(225, 49);
        // One picture every 40 ms.
        for (.., offset) in &mut picture.samples {
            *offset = (*offset).max(512);
        }
        let file = film(&[picture, FilmTrack::audio(420)], false);
        let planned = plan(&file).unwrap();
        let end = start + len;
        let clip = whole(&of(&planned, Some(Span { start, end })).unwrap(), &[&file, &file]);
        let movie = reader::movie(&clip);
        // The picture that is shown at the start.
        let scale = planned[0].map.header().timescale;
        let pictures = samples(&planned[0].map, &file).into_iter();
        let shown = pictures.map(|(decode, composition, ..)| decode.cast_signed() + i64::from(composition));
        let begin = shown.filter(|shown| *shown <= rescale(start.cast_signed(), Timescale::MICROS, scale)).max().unwrap();
        let begin = rescale(begin, scale, Timescale::MICROS).cast_unsigned();
        for (is, before) in movie.iter().zip(&planned) {
            let scale = before.map.header().timescale;
            let ticks = |micros: u64| rescale(micros.cast_signed(), Timescale::MICROS, scale);
            let expected: Vec<_> = samples(&before.map, &file)
                .into_iter()
                .map(|(decode, composition, _, bytes)| {
                    let shown = decode.cast_signed() + i64::from(composition) - before.map.header().priming.cast_signed();
                    (shown - ticks(begin), bytes)
                })
                .filter(|(time, _)| (0..ticks(end) - ticks(begin)).contains(time))
                .collect();
            let shown: Vec<_> =
                is.iter().filter(|(time, _)| (0..ticks(end) - ticks(begin)).contains(time)).cloned().collect();
            prop_assert!(shown == expected, "{} and {} samples of {:?}", shown.len(), expected.len(), before.map.header().kind);
        }
    }
}
