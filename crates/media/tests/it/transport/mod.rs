//! Transport streams that we write: read back by a walk over their packets, by our own reader, and by ffmpeg and
//! ffprobe beside the film that they were made of.

mod films;
mod synthetic;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

use kinora_media::SegmentMap;
use kinora_media::cmaf::init_segment;
use kinora_media::map::TrackFacts;
use kinora_media::mpegts::{Demuxer, RewrittenSample};
use kinora_media::timing::{Timescale, rescale};
use kinora_media::transport::{Plan, START};
use tempfile::TempDir;

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

/// The header of the only track and all samples of a film, for maps of another kind.
fn facts(map: &SegmentMap) -> TrackFacts {
    TrackFacts::from_header(map.header())
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
