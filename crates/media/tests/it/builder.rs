//! Maps built a sample at a time, given away in parts and joined again.

use std::time::Duration;

use kinora_media::cmaf::init_segment;
use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::mp4::parse;
use kinora_media::{MapError, SegmentMap};
use proptest::prelude::*;

use crate::support::film::{FilmTrack, film, mp4a};
use crate::support::package::{index, plan, segment, whole};

const TARGET: Duration = Duration::from_secs(4);

/// A film of one track, its planned map, its facts, and its samples as an index would list them.
fn listed(track: &FilmTrack) -> (Vec<u8>, SegmentMap, TrackFacts, Vec<IndexedSample>) {
    let file = film(std::slice::from_ref(track), false);
    let map = plan(&file).unwrap().remove(0).map;
    let movie = parse(index(&file).unwrap(), file.len() as u64).unwrap();
    let facts = TrackFacts::of(&movie.tracks[0]).unwrap();
    let mut samples = Vec::new();
    let mut dts = 0;
    let starts = map.all_runs().collect::<Vec<_>>();
    // A track alone in its file lies there in order.
    let mut offset = starts[0].start;
    for (at, (size, duration, composition)) in track.samples.iter().enumerate() {
        let sync = track.syncs.as_ref().is_none_or(|syncs| syncs.contains(&(at as u32)));
        samples.push(IndexedSample { offset, size: *size, dts, pts: dts + i64::from(*composition), sync });
        offset += u64::from(*size);
        dts += i64::from(*duration);
    }
    (file, map, facts, samples)
}

/// Where the edit list puts composition time zero.
fn shift(track: &FilmTrack) -> i64 {
    -i64::from(track.edits[0].1)
}

fn push_all(builder: &mut MapBuilder, samples: &[IndexedSample]) {
    for sample in samples {
        builder.push(*sample).unwrap();
    }
}

fn starts(map: &SegmentMap) -> Vec<(i64, u64)> {
    map.segments().map(|segment| (segment.start, segment.duration)).collect()
}

fn rendered(map: &SegmentMap, file: &[u8]) -> Vec<Vec<u8>> {
    (0..map.segment_count()).map(|n| segment(map, n, file)).collect()
}

#[test]
fn samples_one_by_one_make_the_map_of_the_index() {
    // Sound that ends before, at and behind the point at 4 s: with rests too short for a segment, and long enough.
    let sounds = [1, 469].into_iter().chain(185..=205).map(FilmTrack::audio);
    for track in [FilmTrack::video(500, 40), FilmTrack::video(40, 40)].into_iter().chain(sounds) {
        let (file, planned, facts, samples) = listed(&track);
        let mut builder = MapBuilder::new(facts, TARGET, Cuts::Grid);
        builder.set_shift(shift(&track));
        for sample in samples {
            builder.push(sample).unwrap();
        }
        let built = builder.finish((track.samples.len() == 1).then_some(1024)).unwrap();
        assert_eq!(starts(&built), starts(&planned));
        assert!(init_segment(&built) == init_segment(&planned));
        assert!(whole(&built, &file) == whole(&planned, &file));
        assert!(built == planned);
    }
}

#[test]
fn a_rest_of_sound_that_is_no_segment_belongs_to_the_last() {
    // The frame that is heard at 4 s begins at 3.989 s: 12 frames from it on are a quarter of a second, 11 are not.
    for (frames, segments) in [(187 + 11, 1), (187 + 12, 2)] {
        let (file, _, facts, samples) = listed(&FilmTrack::audio(frames));
        let mut builder = MapBuilder::new(facts, TARGET, Cuts::Grid);
        let mut taken = Vec::new();
        for sample in samples {
            builder.push(sample).unwrap();
            taken.extend(builder.take_closed());
        }
        taken.extend(builder.finish(None));
        let joined = SegmentMap::join(&taken.iter().map(|part| (part, 0)).collect::<Vec<_>>()).unwrap();
        assert_eq!((joined.segment_count(), joined.sample_count()), (segments, frames));
        assert_eq!(joined.duration(), u64::from(frames) * 1024);
        assert!(rendered(&joined, &file).concat().len() > joined.payload_bytes() as usize);
    }
}

#[test]
fn parts_joined_are_the_whole() {
    for track in [FilmTrack::video(500, 40), FilmTrack::audio(900)] {
        let (file, _, facts, samples) = listed(&track);
        let mut whole = MapBuilder::new(facts.clone(), TARGET, Cuts::Grid);
        let mut parted = MapBuilder::new(facts, TARGET, Cuts::Grid);
        whole.set_shift(shift(&track));
        parted.set_shift(shift(&track));
        let mut parts = Vec::new();
        for sample in samples {
            whole.push(sample).unwrap();
            parted.push(sample).unwrap();
            parts.extend(parted.take_closed());
        }
        let whole = whole.finish(None).unwrap();
        assert!(parts.len() > 2, "segments come out while samples go in");
        assert!(parts.iter().all(|part| part.segment_count() == 1));
        parts.extend(parted.finish(None));
        let joined = SegmentMap::join(&parts.iter().map(|part| (part, 0)).collect::<Vec<_>>()).unwrap();
        assert!(joined == whole);
        assert_eq!(SegmentMap::decode(joined.as_bytes().to_vec()), Ok(joined));
        let times = |map: &SegmentMap, n| map.samples(n).unwrap().decode_time;
        let mut n = 0;
        for part in &parts {
            assert!(init_segment(part) == init_segment(&whole));
            for own in 0..part.segment_count() {
                assert_eq!(times(part, own), times(&whole, n));
                n += 1;
            }
        }
        assert!(rendered(&whole, &file).len() == n as usize);
    }
}

#[test]
fn cuts_are_made_where_they_are_asked_for() {
    let track = FilmTrack::audio(100);
    let (_, _, facts, samples) = listed(&track);
    let mut builder = MapBuilder::new(facts, TARGET, Cuts::At(vec![0, 10_000, 10_001, 50_000]));
    push_all(&mut builder, &samples);
    let map = builder.finish(None).unwrap();
    assert_eq!(map.segments().map(|segment| segment.start).collect::<Vec<_>>(), [0, 10_240, 50_176]);
    assert_eq!(map.duration(), 102_400);
}

#[test]
fn parts_in_objects_of_their_own_are_moved_to_their_place() {
    let (file, planned, _, _) = listed(&FilmTrack::video(500, 40));
    let moved = planned.relocated().unwrap();
    let base = planned.span().start;
    let back = SegmentMap::join(&[(&moved, base)]).unwrap();
    assert!(back == planned);
    assert!(rendered(&back, &file) == rendered(&planned, &file));
    assert!(matches!(SegmentMap::join(&[(&moved, u64::MAX)]), Err(MapError::Unfit { .. })));
}

/// A part of `count` frames of sound from `start` on.
fn part(start: i64, count: u32, entry: Vec<u8>) -> SegmentMap {
    let mut track = FilmTrack::audio(count);
    track.entries = vec![entry];
    let (_, _, facts, samples) = listed(&track);
    let mut builder = MapBuilder::new(facts, TARGET, Cuts::Grid);
    builder.set_shift(start);
    push_all(&mut builder, &samples);
    builder.finish(None).unwrap()
}

#[test]
fn gaps_between_parts_are_closed_by_the_sample_before() {
    let one = part(0, 10, mp4a());
    for (start, last) in [(10_240, 1024), (10_300, 1084), (10_000, 784)] {
        let two = part(start, 10, mp4a());
        let joined = SegmentMap::join(&[(&one, 0), (&two, 0)]).unwrap();
        assert_eq!(starts(&joined), [(0, start.cast_unsigned()), (start, 10_240)]);
        assert_eq!(joined.samples(0).unwrap().samples[9].duration, last);
        assert_eq!(joined.samples(1).unwrap().decode_time, start.cast_unsigned());
        assert_eq!(SegmentMap::decode(joined.as_bytes().to_vec()), Ok(joined));
    }
    assert_eq!(SegmentMap::join(&[(&one, 0), (&part(9_000, 1, mp4a()), 0)]), Err(MapError::Overlap));
    assert_eq!(SegmentMap::join(&[(&one, 0), (&one, 0)]), Err(MapError::Overlap));
    assert!(matches!(SegmentMap::join(&[]), Err(MapError::Unfit { .. })));
}

#[test]
fn priming_of_the_first_part_delays_the_others() {
    let primed = part(-1024, 11, mp4a());
    let joined = SegmentMap::join(&[(&primed, 0), (&part(10_240, 10, mp4a()), 0)]).unwrap();
    assert_eq!((joined.header().priming, joined.start()), (1024, -1024));
    assert_eq!(joined.samples(1).unwrap().decode_time, 10_240 + 1024);
    assert_eq!(joined.samples(0).unwrap().samples[10].duration, 1024);
    let late = part(-2048, 11, mp4a());
    assert_eq!(SegmentMap::join(&[(&late, 0), (&primed, 0)]), Err(MapError::Differs { what: "primings" }));
}

#[test]
fn parts_of_different_tracks_are_not_joined() {
    let mut entry = mp4a();
    *entry.last_mut().unwrap() ^= 1;
    let error = SegmentMap::join(&[(&part(0, 10, mp4a()), 0), (&part(10_240, 10, entry), 0)]).unwrap_err();
    assert_eq!(error, MapError::Differs { what: "decoder configurations" });
    assert_eq!(error.to_string(), "the parts cannot be joined: their decoder configurations differ");
}

#[test]
fn decode_times_that_stand_still_advance() {
    let (_, _, facts, mut samples) = listed(&FilmTrack::audio(5));
    samples[2].dts = samples[1].dts;
    samples[3].dts = 0;
    let mut builder = MapBuilder::new(facts, TARGET, Cuts::Grid);
    push_all(&mut builder, &samples);
    let map = builder.finish(None).unwrap();
    let samples = map.samples(0).unwrap().samples;
    assert_eq!(samples.iter().map(|sample| sample.duration).collect::<Vec<_>>(), [1024, 1, 1, 3070, 3070]);
    // They are shown when they were to be shown.
    assert_eq!(samples[3].composition_offset, 3 * 1024 - 1026);
}

#[test]
fn samples_that_no_map_can_hold_are_refused_and_the_others_stay() {
    let (_, _, facts, samples) = listed(&FilmTrack::audio(3));
    let mut builder = MapBuilder::new(facts, TARGET, Cuts::Grid);
    builder.push(samples[0]).unwrap();
    for bad in [
        IndexedSample { dts: i64::MAX, ..samples[1] },
        IndexedSample { pts: i64::MIN, ..samples[1] },
        IndexedSample { offset: u64::MAX, ..samples[1] },
        IndexedSample { dts: 1 << 40, ..samples[1] },
    ] {
        assert!(matches!(builder.push(bad), Err(MapError::Unfit { .. })), "{bad:?}");
    }
    builder.push(samples[1]).unwrap();
    assert_eq!(builder.finish(None).unwrap().sample_count(), 2);
}

#[test]
fn nothing_pushed_is_no_map() {
    let (_, _, facts, _) = listed(&FilmTrack::audio(3));
    assert_eq!(MapBuilder::new(facts, TARGET, Cuts::Grid).finish(Some(5)), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_samples_in_any_parts_are_the_whole(
        samples in prop::collection::vec((0u32..50, -100i64..20_000, -9_000i64..9_000, prop::bool::weighted(0.3)), 1..60),
        shift in -5_000i64..5_000,
        taken in prop::collection::vec(any::<bool>(), 60),
        cuts in prop::option::of(prop::collection::vec(-5_000i64..400_000, 0..6)),
        end in prop::option::of(0i64..900_000),
    ) {
        let (_, _, facts, _) = listed(&FilmTrack::video(4, 4));
        let cuts = cuts.map_or(Cuts::Grid, |mut cuts| { cuts.sort_unstable(); Cuts::At(cuts) });
        let mut whole = MapBuilder::new(facts.clone(), Duration::from_millis(500), cuts.clone());
        let mut parted = MapBuilder::new(facts, Duration::from_millis(500), cuts);
        whole.set_shift(shift);
        parted.set_shift(shift);
        let mut parts = Vec::new();
        let (mut dts, mut offset) = (0, 0);
        for ((size, step, composition, sync), take) in samples.iter().zip(taken) {
            let sample = IndexedSample { offset, size: *size, dts, pts: dts + composition, sync: *sync };
            whole.push(sample).unwrap();
            parted.push(sample).unwrap();
            if take {
                parts.extend(parted.take_closed());
            }
            dts += step;
            offset += u64::from(*size) + u64::from(*size % 3);
        }
        let whole = whole.finish(end).unwrap();
        parts.extend(parted.finish(end));
        let joined = SegmentMap::join(&parts.iter().map(|part| (part, 0)).collect::<Vec<_>>()).unwrap();
        prop_assert!(joined == whole, "{:?} {:?}", starts(&joined), starts(&whole));
        prop_assert_eq!(whole.sample_count() as usize, samples.len());
        prop_assert!(SegmentMap::decode(whole.as_bytes().to_vec()).as_ref() == Ok(&whole));
        let moved = whole.relocated().unwrap();
        let again = SegmentMap::join(&[(&moved, 77)]).unwrap();
        prop_assert!(again.relocated().unwrap() == moved);
    }
}
