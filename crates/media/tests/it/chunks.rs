//! Chunks that real encoders wrote, put on the timeline of the film and joined.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kinora_media::map::{ChunkPlace, MapError};
use kinora_media::mp4::parse;
use kinora_media::reorder::DecodeTimes;
use kinora_media::timing::Timescale;
use kinora_media::{AvcProfile, SegmentMap};
use tempfile::TempDir;

use crate::support::film::{FilmTrack, film};
use crate::support::package::{index, plan, whole};
use crate::support::tool;

fn scale(ticks: u32) -> Timescale {
    Timescale::new(ticks).unwrap()
}

fn place(start: i64, end: i64, cuts: &[i64], scale: Timescale) -> ChunkPlace {
    ChunkPlace { start, scale, end, cuts: cuts.to_vec(), priming: 0, target: Duration::from_secs(1) }
}

/// The map of track `track` of a file.
fn of_chunk(file: &Path, track: usize, place: ChunkPlace) -> Result<SegmentMap, MapError> {
    let bytes = std::fs::read(file).unwrap();
    SegmentMap::of_chunk(&parse(index(&bytes).unwrap(), bytes.len() as u64).unwrap(), track, place)
}

/// Frames `from..to` of a film at `rate`, encoded.
fn encode(folder: &TempDir, rate: &str, (from, to): (u32, u32), options: &[&str]) -> PathBuf {
    let path = folder.path().join(format!("{from}.mp4"));
    let source = format!(
        "testsrc2=size=160x96:rate={rate}:duration=12,select=between(n\\,{from}\\,{}),setpts=N/FRAME_RATE/TB",
        to - 1
    );
    let common = ["-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p"];
    tool::ffmpeg(&common.iter().chain(options).copied().collect::<Vec<_>>(), &path);
    path
}

const X264: &[&str] = &["-c:v", "libx264", "-preset", "fast", "-bf", "3", "-crf", "30"];

#[test]
fn chunks_join_without_gap_or_step() {
    for (rate, ticks, per_frame) in [("25", 12_800, 512i64), ("30000/1001", 30_000, 1001)] {
        let folder = TempDir::new().unwrap();
        let film = scale(ticks);
        let timescale = ticks.to_string();
        let mut object = Vec::new();
        let mut maps = Vec::new();
        let mut decoded = Vec::new();
        for (from, to) in [(0u32, 75u32), (75, 150), (150, 213)] {
            let keys = "expr:eq(mod(n,25),0)";
            let options = [X264, &["-force_key_frames", keys, "-video_track_timescale", &timescale]].concat();
            let path = encode(&folder, rate, (from, to), &options);
            let cuts: Vec<i64> = (0..20).map(|cut| cut * 25 * per_frame).collect();
            let map =
                of_chunk(&path, 0, place(i64::from(from) * per_frame, i64::from(to) * per_frame, &cuts, film)).unwrap();
            assert_eq!(map.start(), i64::from(from) * per_frame);
            assert_eq!(map.duration(), u64::from(to - from) * per_frame.unsigned_abs());
            assert_eq!(map.segment_count(), 3);
            decoded.extend(tool::frames(&path, 0));
            maps.push((map, object.len() as u64));
            object.extend(std::fs::read(&path).unwrap());
        }
        let joined = SegmentMap::join(&maps.iter().map(|(map, base)| (map, *base)).collect::<Vec<_>>()).unwrap();
        assert_eq!(joined.sample_count(), 213);
        let starts: Vec<_> = joined.segments().map(|segment| segment.start).collect();
        assert_eq!(starts, (0..9).map(|cut| cut * 25 * per_frame).collect::<Vec<_>>());
        let groups = joined.groups();
        assert_eq!((groups.closed, groups.first_sync), (true, Some(0)));
        assert_eq!(groups.longest, 25 * per_frame.unsigned_abs());

        let path = folder.path().join("joined.mp4");
        std::fs::write(&path, whole(&joined, &object)).unwrap();
        let packets = tool::packets(&path, 0, true);
        assert!(packets.windows(2).all(|pair| pair[1].dts - pair[0].dts == per_frame), "decode times are even");
        let mut shown: Vec<_> = packets.iter().map(|packet| packet.pts).collect();
        shown.sort_unstable();
        assert!(shown.windows(2).all(|pair| pair[1] - pair[0] == per_frame), "pictures are even");
        assert!(tool::frames(&path, 0) == decoded, "the pictures are those of the chunks");
    }
}

#[test]
fn cuts_mean_the_nearest_picture() {
    let folder = TempDir::new().unwrap();
    let keys = ["-force_key_frames", "expr:eq(mod(n,30),0)", "-video_track_timescale", "90000"];
    let path = encode(&folder, "30000/1001", (0, 90), &[X264, &keys].concat());
    // In milliseconds no cut is where its picture is.
    let map = of_chunk(&path, 0, place(0, 3003, &[1001, 2002], Timescale::MILLIS)).unwrap();
    assert_eq!(map.segments().map(|segment| segment.start).collect::<Vec<_>>(), [0, 90_090, 180_180]);
    let map = of_chunk(&path, 0, place(10_000, 13_003, &[11_002, 12_003], Timescale::MILLIS)).unwrap();
    assert_eq!(map.segments().map(|segment| segment.start - 900_000).collect::<Vec<_>>(), [0, 90_090, 180_180]);
}

#[test]
fn open_groups_are_noticed() {
    let folder = TempDir::new().unwrap();
    let options =
        [X264, &["-x264-params", "open-gop=1:keyint=26:min-keyint=26:scenecut=0:bframes=3:b-adapt=0"]].concat();
    let path = encode(&folder, "25", (0, 100), &options);
    let cuts = [13_312, 26_624, 39_936];
    assert_eq!(of_chunk(&path, 0, place(0, 51_200, &cuts, scale(12_800))), Err(MapError::Open));
    // In one segment nobody notices.
    assert_eq!(of_chunk(&path, 0, place(0, 51_200, &[], scale(12_800))).unwrap().segment_count(), 1);
    let planned = plan(&std::fs::read(&path).unwrap()).unwrap();
    assert!(!planned[0].map.groups().closed);
}

#[test]
fn closed_groups_and_profiles_of_real_encoders_are_read() {
    let folder = TempDir::new().unwrap();
    for (format, profile, expected) in [
        ("yuv420p", "high", (100, 8, 1)),
        ("yuv420p", "main", (77, 8, 1)),
        ("yuv420p10le", "high10", (110, 10, 1)),
        ("yuv422p", "high422", (122, 8, 2)),
        ("yuv444p10le", "high444", (244, 10, 3)),
    ] {
        let options = [X264, &["-g", "50", "-pix_fmt", format, "-profile:v", profile]].concat();
        let path = encode(&folder, "25", (0, 60), &options);
        let map = plan(&std::fs::read(&path).unwrap()).unwrap().remove(0).map;
        let groups = map.groups();
        assert_eq!((groups.closed, groups.longest, groups.first_sync), (true, 50 * 512, Some(0)));
        let AvcProfile { profile, bit_depth_luma, chroma_format, .. } = map.header().avc().unwrap();
        assert_eq!((profile, bit_depth_luma, chroma_format), expected, "{format}");
        assert_eq!(map.header().codec.get(5..7).map(str::to_owned), Some(format!("{profile:02X}")));
    }
}

#[test]
fn sound_skips_its_priming_and_ends_with_the_film() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.mp4");
    let source = "sine=frequency=440:sample_rate=48000:duration=9";
    tool::ffmpeg(&["-f", "lavfi", "-i", source, "-c:a", "aac", "-b:a", "64k"], &path);
    let bytes = std::fs::read(&path).unwrap();
    let priming = parse(index(&bytes).unwrap(), bytes.len() as u64).unwrap().tracks[0].skipped();
    let at = ChunkPlace { priming, ..place(0, 9_000, &[4_000, 8_000], Timescale::MILLIS) };
    let map = of_chunk(&path, 0, at).unwrap();
    assert_eq!((map.start(), map.header().priming), (-1024, 1024));
    assert_eq!(map.duration(), 9 * 48_000 + 1024);
    let starts: Vec<_> = map.segments().map(|segment| segment.start).collect();
    assert_eq!(starts, [-1024, 188 * 1024, 375 * 1024]);
    assert!(map.groups().closed);
    assert_eq!(map.header().avc(), None);
}

#[test]
fn chunks_that_do_not_fit_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = encode(&folder, "25", (0, 30), X264);
    let unfit = |track, place| match of_chunk(&path, track, place) {
        Err(MapError::Unfit { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(unfit(0, place(0, 1_000, &[], Timescale::MILLIS)), "the chunk is longer than its place");
    assert_eq!(unfit(0, place(0, -1_000, &[], Timescale::MILLIS)), "the chunk is longer than its place");
    assert_eq!(unfit(1, place(0, 1_200, &[], Timescale::MILLIS)), "there is no such track");
}

#[test]
fn groups_are_measured_in_presentation_time() {
    let film = |track| plan(&film(&[track], false)).unwrap().remove(0).map;
    // Pictures of the muxer of these tests are shown after their key frame, but some after the next one.
    let groups = film(FilmTrack::video(100, 40)).groups();
    assert_eq!((groups.longest, groups.first_sync), (40 * 512, Some(0)));
    let mut plain = FilmTrack::video(100, 40);
    plain.samples.iter_mut().for_each(|sample| sample.2 = 0);
    plain.edits.clear();
    let groups = film(plain.clone()).groups();
    assert_eq!((groups.closed, groups.longest, groups.first_sync), (true, 40 * 512, Some(0)));
    plain.syncs = Some(vec![10]);
    let groups = film(plain.clone()).groups();
    assert_eq!((groups.closed, groups.longest, groups.first_sync), (false, 90 * 512, Some(10 * 512)));
    plain.syncs = Some(Vec::new());
    let groups = film(plain).groups();
    assert_eq!((groups.closed, groups.longest, groups.first_sync), (false, 100 * 512, None));
}

#[test]
fn decode_times_of_real_encoders_follow_from_presentation_times() {
    let folder = TempDir::new().unwrap();
    let x265 = ["-c:v", "libx265", "-preset", "fast", "-x265-params", "bframes=8:keyint=50:log-level=none:pools=1"];
    let pyramid = [X264, &["-x264-params", "bframes=7:b-pyramid=normal:b-adapt=0:ref=4"]].concat();
    for options in [X264, &pyramid, &x265, &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"]] {
        let path = encode(&folder, "25", (0, 100), options);
        let packets = tool::packets(&path, 0, true);
        let mut times = DecodeTimes::new();
        let mut found: Vec<i64> = packets.iter().filter_map(|packet| times.push(packet.pts)).collect();
        found.extend(std::iter::from_fn(|| times.flush()));
        let delay = packets[0].dts - found[0];
        let expected: Vec<i64> = packets.iter().map(|packet| packet.dts - delay).collect();
        assert_eq!(found, expected, "{options:?}");
        assert!(found.iter().zip(&packets).all(|(dts, packet)| *dts <= packet.pts), "{options:?}");
    }
}
