//! Smooth Streaming, as another program reads it: the manifest, and every fragment that it names.

use std::path::{Path, PathBuf};

use kinora_media::presentation::{Presentation, Rendition, Urls};
use kinora_media::progressive::Span;
use kinora_media::smooth::{self, Address, MalformedAddress};
use kinora_media::{PlannedTrack, SegmentMap, TrackKind, VideoRange};
use mp4_atom::{Any, DecodeMaybe as _};
use tempfile::TempDir;

use crate::support::film::{self, FilmTrack, TURNED_RIGHT, boxed, film, full, sound};
use crate::support::package::{plan, slice};
use crate::support::reader::{self, Fragment};
use crate::support::smooth::{init, read};
use crate::support::tool;
use crate::support::tree::tree;

/// Units of 100 nanoseconds in a second.
const TICKS: i128 = 10_000_000;

fn rendition(id: &str, map: &SegmentMap) -> Rendition {
    let urls = Urls::default();
    Rendition::new(id, map, urls)
}

fn presentation(planned: &[PlannedTrack]) -> Presentation {
    let tracks = planned.iter().map(|planned| rendition(&id(planned), &planned.map)).collect();
    Presentation { tracks, ..Presentation::default() }
}

fn id(planned: &PlannedTrack) -> String {
    let letter = if planned.map.header().kind == TrackKind::Video { 'v' } else { 'a' };
    format!("{letter}{}-1", planned.track)
}

fn of(tracks: &[FilmTrack]) -> Presentation {
    presentation(&plan(&film(tracks, false)).unwrap())
}

/// A fragment with its payload.
fn fragment(map: &SegmentMap, n: u32, object: &[u8]) -> Vec<u8> {
    let fragment = smooth::fragment(map, n).unwrap();
    let mut bytes = fragment.head;
    for range in &fragment.payload {
        bytes.extend(slice(object, range));
    }
    assert_eq!(bytes.len() as u64, fragment.len);
    bytes
}

#[test]
fn documents_look_like_this() {
    let named = |language: &[u8; 3], enabled| FilmTrack { language: *language, enabled, ..FilmTrack::audio(469) };
    let mut wide = FilmTrack::video(250, 40);
    wide.entries = vec![film::avc1(&boxed(b"pasp", &[0, 0, 0, 4, 0, 0, 0, 3]))];
    let mut surround = FilmTrack::audio(469);
    // HE-AAC, six channels, 48 kHz.
    let config = b"\x03\x1b\0\x01\0\x04\x13\x40\x15\0\0\0\0\x01\xf4\0\0\x01\xf4\0\x05\x04\x2b\x31\x88\0\x06\x01\x02";
    surround.entries = vec![sound(b"mp4a", 0, &[], &full(b"esds", 0, 0, config))];
    let plain = of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    insta::assert_snapshot!("plain", smooth::manifest(&plain, "").unwrap());
    let rich = of(&[wide.clone(), wide, named(b"eng", false), named(b"deu", true), surround]);
    insta::assert_snapshot!("rich", smooth::manifest(&rich, "").unwrap());
}

#[test]
fn fragments_have_these_boxes() {
    let planned = plan(&film(&[FilmTrack::video(10, 10), FilmTrack::audio(20)], true)).unwrap();
    let head = |track: usize| tree(&smooth::fragment(&planned[track].map, 0).unwrap().head);
    insta::assert_snapshot!("fragment_video", head(0));
    insta::assert_snapshot!("fragment_audio", head(1));
}

/// How a film is made.
struct Case {
    video: &'static [&'static str],
    audio: &'static [&'static str],
    muxer: &'static [&'static str],
    file: &'static str,
    /// Frames of sound that encoders put in front.
    silent: usize,
}

const X264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p"];
const NTSC: &[&str] =
    &["-r", "30000/1001", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "60", "-pix_fmt", "yuv420p"];
const OPEN: &[&str] = &[
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-x264-params",
    "open-gop=1:bframes=3:keyint=50:min-keyint=25:scenecut=0",
    "-pix_fmt",
    "yuv420p",
];
/// Without noise that decoders make up, which depends on all that they decoded before.
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "96k", "-aac_pns", "0"];
const CD: &[&str] = &["-c:a", "aac", "-b:a", "96k", "-aac_pns", "0", "-ar", "44100", "-ac", "2"];
const PLAIN: Case = Case { video: X264, audio: AAC, muxer: &[], file: "a.mp4", silent: 1 };

/// A test for each film.
macro_rules! films {
    ($($name:ident: $case:expr;)+) => {
        $(#[test]
        fn $name() {
            play(&$case);
        })+
    };
}

films! {
    a_film_is_played: PLAIN;
    broken_rates_do_not_drift: Case { video: NTSC, audio: CD, ..PLAIN };
    open_groups_of_pictures_are_played: Case { video: OPEN, ..PLAIN };
    a_film_without_edit_list_is_played: Case { muxer: &["-use_editlist", "0"], silent: 0, ..PLAIN };
    signed_offsets_are_played: Case { muxer: &["-movflags", "+negative_cts_offsets"], ..PLAIN };
    quicktime_is_played: Case { file: "a.mov", ..PLAIN };
    surround_is_played: Case { audio: &["-c:a", "aac", "-aac_pns", "0", "-ac", "6", "-b:a", "256k"], ..PLAIN };
}

fn make(case: &Case, folder: &Path) -> PathBuf {
    let path = folder.join(case.file);
    let inputs = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=160x96:rate=25:duration=9",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:sample_rate=48000:duration=9",
        "-threads",
        "2",
    ];
    let arguments: Vec<&str> = inputs.iter().chain(case.video).chain(case.audio).chain(case.muxer).copied().collect();
    tool::ffmpeg(&arguments, &path);
    path
}

/// Fetches everything that the manifest of a film names, and compares it with the film.
fn play(case: &Case) {
    let folder = TempDir::new().unwrap();
    let source = make(case, folder.path());
    let file = std::fs::read(&source).unwrap();
    let planned = plan(&file).unwrap();
    let presentation = presentation(&planned);
    let (whole, streams) = read(&smooth::manifest(&presentation, "").unwrap());
    assert_eq!((whole["MajorVersion"].as_str(), whole["TimeScale"].as_str()), ("2", "10000000"));
    assert_eq!(streams.len(), 2);
    let ends = streams.iter().filter_map(|stream| stream.chunks.last()).map(|(start, duration)| start + duration);
    assert_eq!(whole["Duration"], ends.max().unwrap().to_string());
    for stream in &streams {
        for level in &stream.levels {
            let mut bytes = init(stream, level);
            let mut fragments = Vec::new();
            let mut played = None;
            for (start, duration) in &stream.chunks {
                let address: Address = stream.address(level, *start).parse().unwrap();
                let rendition = smooth::rendition(&presentation, &address).unwrap();
                let map = &planned.iter().find(|planned| id(planned) == rendition.id).unwrap().map;
                let n = smooth::segment_at(map, address.time).unwrap();
                let fetched = fragment(map, n, &file);
                let seen = reader::fragment(&fetched);
                assert_eq!((seen.number, seen.start, seen.duration), (n + 1, *start, *duration));
                let sum: u64 = seen.samples.iter().map(|sample| u64::from(sample.duration)).sum();
                assert_eq!(sum, *duration, "decode times join");
                bytes.extend(fetched);
                fragments.push(seen);
                played = Some(map);
            }
            let map = played.unwrap();
            assert_eq!(stream.chunks.len(), map.segment_count() as usize);
            let at = planned.iter().find(|planned| planned.map == *map).unwrap().track;
            let silent = if stream.is_picture() { 0 } else { case.silent };
            same_times(&source, at, map, &fragments, silent);
            let written = folder.path().join(format!("{at}.mp4"));
            std::fs::write(&written, bytes).unwrap();
            same_content(&source, at, &written, silent);
        }
    }
}

/// Every sample is shown when it is shown in the source, to the tick.
fn same_times(source: &Path, at: usize, map: &SegmentMap, fragments: &[Fragment], silent: usize) {
    let packets = tool::packets(source, at, true);
    let moved = map.start() - packets.iter().map(|packet| packet.pts).min().unwrap();
    let samples: Vec<_> = fragments.iter().flat_map(|fragment| &fragment.samples).collect();
    assert_eq!(samples.len(), packets.len() - silent, "samples of track {at}");
    let scale = i128::from(map.header().timescale.get());
    for (packet, sample) in packets[silent..].iter().zip(samples) {
        let shown = i128::from(sample.decode) + i128::from(sample.composition);
        let off = shown * scale - i128::from(packet.pts + moved) * TICKS;
        assert!(off.abs() * 2 <= scale, "{shown} is not {} of {scale}, track {at}", packet.pts + moved);
        assert_eq!((sample.bytes.len() as u64, sample.sync), (packet.size, packet.key), "track {at}");
        assert!(map.header().kind == TrackKind::Video || sample.composition == 0);
    }
    for packet in &packets[..silent] {
        assert!(packet.pts + moved < 0, "what is left out begins before the timeline");
    }
}

/// ffmpeg finds the same bytes in what a player has put together, and the same frames.
fn same_content(source: &Path, at: usize, written: &Path, silent: usize) {
    let told = |path, stream| -> Vec<(u64, u32)> {
        tool::hashed_packets(path, stream).iter().map(|packet| (packet.size, packet.hash)).collect()
    };
    assert!(told(written, 0) == told(source, at)[silent..], "packets of track {at}");
    let (before, after) = (tool::frames(source, at), tool::frames(written, 0));
    // A frame of sound overlaps with the one in front, which may be left out.
    assert_eq!(after.len() + silent, before.len());
    assert!(after[silent..] == before[2 * silent..], "frames of track {at}");
    for name in ["width", "height", "sample_rate", "channels", "codec_name", "profile"] {
        assert_eq!(tool::field(written, 0, name), tool::field(source, at, name), "{name} of track {at}");
    }
}

#[test]
fn fragments_are_those_that_ffmpeg_writes() {
    let folder = TempDir::new().unwrap();
    let case = Case { video: NTSC, audio: CD, ..PLAIN };
    let source = make(&case, folder.path());
    let file = std::fs::read(&source).unwrap();
    let written = folder.path().join("film.ismv");
    tool::ffmpeg(&["-i", source.to_str().unwrap(), "-c", "copy", "-f", "ismv"], &written);
    let theirs = pieces(&std::fs::read(written).unwrap());
    for planned in plan(&file).unwrap() {
        let map = &planned.map;
        let ours: Vec<_> = (0..map.segment_count()).map(|n| reader::fragment(&fragment(map, n, &file))).collect();
        let theirs: Vec<_> = theirs.iter().filter(|piece| piece.track as usize == planned.track + 1).cloned().collect();
        // They keep what an encoder puts in front of sound, with times before zero, and show the picture as much later as its
        // decoder may take.
        let silent = usize::from(map.header().kind == TrackKind::Audio);
        let delay = theirs[0].samples[0].composition;
        let (ours, theirs) = (decoded(&ours), decoded(&theirs));
        assert_eq!(ours.len() + silent, theirs.len());
        assert_eq!(theirs[silent].0, 0);
        for (ours, theirs) in ours.iter().zip(&theirs[silent..]) {
            let apart = (theirs.0 - ours.0).abs().max((theirs.1 - delay - ours.1).abs().into());
            assert!(apart <= 1 && ours.2 == theirs.2, "{ours:?} {theirs:?}");
        }
    }
}

/// When samples are decoded, how much later they are shown, and their bytes.
fn decoded(fragments: &[Fragment]) -> Vec<(i64, i32, usize)> {
    let samples = fragments.iter().flat_map(|fragment| &fragment.samples);
    samples.map(|sample| (sample.decode.cast_signed(), sample.composition, sample.bytes.len())).collect()
}

/// The fragments of a file.
fn pieces(file: &[u8]) -> Vec<Fragment> {
    let mut rest = file;
    let mut moof = None;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let at = file.len() - rest.len();
        match Any::decode_maybe(&mut rest).unwrap().unwrap() {
            Any::Moof(_) => moof = Some(at),
            Any::Mdat(_) => {
                found.extend(moof.take().map(|at| reader::fragment(&file[at..file.len() - rest.len()])));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn one_address_means_one_fragment() {
    let tracks = [FilmTrack { timescale: 30_000, ..FilmTrack::video(250, 40) }, FilmTrack::audio(469)];
    let planned = plan(&film(&tracks, false)).unwrap();
    let presentation = presentation(&planned);
    let (_, streams) = read(&smooth::manifest(&presentation, "").unwrap());
    for (stream, planned) in streams.iter().zip(&planned) {
        for (number, (start, _)) in (0..).zip(&stream.chunks) {
            assert_eq!(smooth::segment_at(&planned.map, *start), Some(number));
            assert_eq!(smooth::segment_at(&planned.map, start + 1), None);
            assert_eq!(smooth::segment_at(&planned.map, start.wrapping_sub(1)), None);
        }
        let (start, duration) = stream.chunks.last().unwrap();
        assert_eq!(smooth::segment_at(&planned.map, start + duration), None);
        assert_eq!(smooth::fragment(&planned.map, planned.map.segment_count()), None);
        let address: Address = stream.address(&stream.levels[0], 0).parse().unwrap();
        assert_eq!(smooth::rendition(&presentation, &address).map(|found| found.id.clone()), Some(id(planned)));
        let other = Address { bitrate: address.bitrate + 1, ..address };
        assert_eq!(smooth::rendition(&presentation, &other), None);
    }
    let absent: Result<Address, MalformedAddress> = "QualityLevels(1)/Fragments(audio_a9-1=0)".parse();
    assert_eq!(smooth::rendition(&presentation, &absent.unwrap()), None);
}

#[test]
fn qualities_of_one_rate_have_addresses_of_their_own() {
    let map = plan(&film(&[FilmTrack::video(250, 40)], false)).unwrap().remove(0).map;
    let ladder = |rates: &[u64]| {
        let tracks = rates.iter().enumerate().map(|(at, rate)| {
            let mut track = rendition(&format!("v{at}"), &map);
            track.average_bandwidth = *rate;
            track
        });
        Presentation { tracks: tracks.collect(), ..Presentation::default() }
    };
    let most = u64::from(u32::MAX);
    for (rates, expected) in [
        (&[900, 900, 901, 900][..], &["900", "901", "902", "903"][..]),
        (&[0, 0, 5_000_000_000], &["1", "2", "4294967295"]),
        (&[most, most, most - 1], &["4294967295", "4294967294", "4294967293"]),
    ] {
        let presentation = ladder(rates);
        let (_, streams) = read(&smooth::manifest(&presentation, "").unwrap());
        let [stream] = streams.as_slice() else { panic!("{streams:?}") };
        let told: Vec<&str> = stream.levels.iter().map(|level| level["Bitrate"].as_str()).collect();
        assert_eq!(told, expected);
        for (level, track) in stream.levels.iter().zip(&presentation.tracks) {
            let address: Address = stream.address(level, 0).parse().unwrap();
            assert_eq!(smooth::rendition(&presentation, &address), Some(track));
        }
    }
}

#[test]
fn pictures_share_a_stream_where_their_segments_start_together() {
    let mut film = of(&[
        FilmTrack::video(250, 50),
        FilmTrack::video(250, 40),
        FilmTrack::video(250, 40),
        FilmTrack { timescale: 25_600, ..FilmTrack::video(250, 40) },
    ]);
    let names = |presentation: &Presentation| -> Vec<String> {
        let (_, streams) = read(&smooth::manifest(presentation, "").unwrap());
        let levels = streams.iter().flat_map(|stream| stream.levels.iter().map(move |level| (stream, level)));
        let addresses = levels.map(|(stream, level)| stream.address(level, 0).parse().unwrap());
        addresses.map(|address| smooth::rendition(presentation, &address).unwrap().id.clone()).collect()
    };
    assert_eq!(names(&film), ["v1-1", "v2-1"]);
    film.tracks[2].range = VideoRange::Pq;
    assert_eq!(names(&film), ["v0-1"]);
    film.tracks.remove(0);
    assert_eq!(names(&film), ["v1-1"]);
}

#[test]
fn what_players_do_not_take_has_no_manifest() {
    let picture = FilmTrack::video(250, 40);
    let sound_of = |entry| FilmTrack { entries: vec![entry], ..FilmTrack::audio(469) };
    let ac3 = || sound_of(sound(b"ac-3", 0, &[], &boxed(b"dac3", &[0x10, 0x3d, 0xc0])));
    let xhe = b"\x03\x1a\0\x01\0\x04\x12\x40\x15\0\0\0\0\x01\xf4\0\0\x01\xf4\0\x05\x03\xf9\x46\x40\x06\x01\x02";
    let xhe = sound_of(sound(b"mp4a", 0, &[], &full(b"esds", 0, 0, xhe)));
    let turned = FilmTrack { matrix: TURNED_RIGHT, ..picture.clone() };
    let in_band = boxed(b"avcC", b"\x01\x64\x00\x1e\xff\xe0\x00");
    let in_band = FilmTrack { entries: vec![film::visual(b"avc3", &in_band)], ..picture.clone() };
    let streams = |tracks: &[FilmTrack]| smooth::manifest(&of(tracks), "").map(|manifest| read(&manifest).1.len());
    for (tracks, expected) in [
        (&[picture.clone(), FilmTrack::audio(469)][..], Some(2)),
        (std::slice::from_ref(&picture), Some(1)),
        (&[FilmTrack::audio(469)], Some(1)),
        // Sound that players take stands for that which they do not.
        (&[picture.clone(), ac3(), FilmTrack::audio(469)], Some(2)),
        (&[picture.clone(), turned.clone()], Some(1)),
        (&[picture.clone(), ac3()], None),
        (&[picture.clone(), xhe], None),
        (&[turned, FilmTrack::audio(469)], None),
        (&[in_band, FilmTrack::audio(469)], None),
        (&[ac3()], None),
        (&[], None),
    ] {
        let names: Vec<_> = tracks.iter().map(|track| track.entries[0][4..8].escape_ascii().to_string()).collect();
        assert_eq!(streams(tracks), expected, "{names:?}");
    }
    let whole = of(&[picture, FilmTrack::audio(469)]);
    assert_eq!(smooth::manifest(&Presentation { growing: true, ..whole.clone() }, ""), None);
    let part = whole.clone().part(Span { start: 5_000_000, end: 6_000_000 }).unwrap();
    assert_eq!(smooth::manifest(&part, ""), None);
    // A part that is all of it has times from zero.
    let all = whole.clone().part(Span { start: 0, end: 60_000_000 }).unwrap();
    assert_eq!(smooth::manifest(&all, ""), smooth::manifest(&whole, ""));
}

#[test]
fn sound_begins_with_the_first_whole_frame() {
    // Players of other formats skip 2112 samples in front: two frames, and a part of the third.
    let mut track = FilmTrack::audio(469);
    track.edits = vec![(9_900, 2112)];
    let file = film(&[FilmTrack::video(250, 40), track], false);
    let planned = plan(&file).unwrap();
    let map = &planned[1].map;
    let first = reader::fragment(&fragment(map, 0, &file));
    assert_eq!((first.start, first.samples.len() + 3), (0, map.segment(0).unwrap().sample_count as usize));
    // 960 samples of 48 kHz later, to the tick.
    let shown: Vec<u64> =
        first.samples.iter().map(|sample| sample.decode + u64::from(sample.composition.unsigned_abs())).collect();
    assert_eq!(shown[..3], [200_000, 413_333, 626_667]);
    assert_eq!(first.samples.iter().map(|sample| sample.composition).collect::<Vec<_>>()[..3], [200_000, 0, 0]);
    assert_eq!(first.samples[0].bytes, film::payload(1, 3, first.samples[0].bytes.len() as u32));
}
