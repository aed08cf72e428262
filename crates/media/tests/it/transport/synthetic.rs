//! Tracks that a test makes, sample by sample.

use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder};
use kinora_media::timing::{Timescale, rescale};
use kinora_media::transport::{self, Plan, START, TransportError};
use kinora_media::{SegmentMap, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::film::{FilmTrack, film};
use crate::support::package::plan;
use crate::support::transport::walk;

use super::{
    Made, PICTURES, SOUNDS, Sample, Source, checked, facts, gather, made, parameter_sets, read, samples, segments,
    small, units, with_prefix,
};

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
