//! What holds for any sample tables.

use kinora_media::{SegmentMap, smooth};
use proptest::prelude::*;

use crate::support::film::{FilmTrack, film, payload};
use crate::support::package::{plan, segment, slice};
use crate::support::reader;

prop_compose! {
    fn track(picture: bool)(
        timescale in prop_oneof![Just(1u32), Just(25), Just(1_000), Just(12_800), Just(48_000), Just(90_000)],
        samples in prop::collection::vec((0u32..40, 0u32..200_000, -3_000i32..3_000), 1..60),
        sync_bits in prop::collection::vec(prop::bool::weighted(0.3), 60),
        has_syncs in any::<bool>(),
        per_chunk in 1usize..6,
        delay in prop::option::of(0u32..9_000),
        media_time in prop::option::of(0i32..4_000),
        uniform in any::<bool>(),
        wide_offsets in any::<bool>(),
    ) -> FilmTrack {
        let mut samples = samples;
        let uniform = uniform && samples[0].0 > 0;
        if uniform {
            let size = samples[0].0;
            for sample in &mut samples {
                sample.0 = size;
            }
        }
        let syncs = (0u32..).zip(&sync_bits).filter(|(at, sync)| **sync && (*at as usize) < samples.len());
        let edits = delay.map(|delay| (delay, -1)).into_iter().chain(media_time.map(|time| (0, time))).collect();
        let base = if picture { FilmTrack::video(1, 1) } else { FilmTrack::audio(1) };
        FilmTrack {
            timescale,
            syncs: has_syncs.then(|| syncs.map(|(at, _)| at).collect()),
            samples,
            per_chunk,
            edits,
            uniform,
            wide_offsets,
            ..base
        }
    }
}

fn films() -> impl Strategy<Value = Vec<FilmTrack>> {
    prop::collection::vec(any::<bool>().prop_flat_map(track), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn segments_hold_every_sample_once_in_order_with_its_times(tracks in films(), front in any::<bool>()) {
        let file = film(&tracks, front);
        for planned in plan(&file).unwrap() {
            let track = &tracks[planned.track];
            let map = &planned.map;
            let mut seen = Vec::new();
            for n in 0..map.segment_count() {
                let (sequence, samples) = reader::segment(&segment(map, n, &file));
                prop_assert_eq!(sequence, n + 1);
                let info = map.segment(n).unwrap();
                prop_assert_eq!(samples.len(), info.sample_count as usize);
                prop_assert!(!samples.is_empty());
                seen.extend(samples);
            }
            prop_assert_eq!(seen.len(), track.samples.len());
            let mut decode = seen[0].decode;
            for (at, (sample, source)) in seen.iter().zip(&track.samples).enumerate() {
                prop_assert_eq!(&sample.bytes, &payload(planned.track, at, source.0));
                prop_assert_eq!(sample.duration, source.1);
                prop_assert_eq!(sample.decode, decode);
                prop_assert_eq!(sample.composition, source.2 - track.samples[0].2);
                let sync = track.syncs.as_ref().is_none_or(|syncs| syncs.contains(&(at as u32)));
                prop_assert_eq!(sample.sync, sync);
                decode += u64::from(source.1);
            }
        }
    }

    #[test]
    fn segments_follow_one_another_without_gap(tracks in films()) {
        let file = film(&tracks, false);
        for planned in plan(&file).unwrap() {
            let map = &planned.map;
            let mut at = map.start();
            let picture = map.header().kind == kinora_media::TrackKind::Video;
            prop_assert!(!picture || at >= 0);
            for info in map.segments() {
                prop_assert_eq!(info.start, at);
                at += info.duration.cast_signed();
            }
            prop_assert_eq!(at - map.start(), map.duration().cast_signed());
        }
    }

    #[test]
    fn fragments_of_smooth_streaming_join_and_show_every_sample_at_its_time(tracks in films()) {
        const TICKS: i128 = 10_000_000;
        let file = film(&tracks, false);
        for planned in plan(&file).unwrap() {
            let map = &planned.map;
            let scale = i128::from(map.header().timescale.get());
            let ticks = |time: i64| (i128::from(time.max(0)) * TICKS * 2 + scale) / (scale * 2);
            for (n, info) in (0..).zip(map.segments()) {
                let (start, end) = (ticks(info.start), ticks(info.start.saturating_add_unsigned(info.duration)));
                let Some(fragment) = smooth::fragment(map, n) else {
                    prop_assert_eq!(start, end);
                    continue;
                };
                prop_assert_eq!(smooth::segment_at(map, start.try_into().unwrap()), Some(n));
                let payload = fragment.payload.iter().flat_map(|range| slice(&file, range).to_vec());
                let bytes: Vec<u8> = fragment.head.into_iter().chain(payload).collect();
                prop_assert_eq!(bytes.len() as u64, fragment.len);
                let (_, all) = reader::segment(&segment(map, n, &file));
                let seen = reader::fragment(&bytes);
                prop_assert_eq!((i128::from(seen.start), i128::from(seen.duration)), (start, end - start));
                let left_out = all.len() - seen.samples.len();
                let priming = i128::from(map.header().priming);
                let picture = map.header().kind == kinora_media::TrackKind::Video;
                prop_assert!(all[..left_out].iter().all(|sample| !picture && i128::from(sample.decode) < priming));
                // Longer than 32 bits of ticks are: no such film is made.
                if end - start > i128::from(u32::MAX) {
                    continue;
                }
                let sum: u64 = seen.samples.iter().map(|sample| u64::from(sample.duration)).sum();
                prop_assert_eq!(sum, seen.duration);
                for (sample, source) in seen.samples.iter().zip(&all[left_out..]) {
                    prop_assert_eq!((&sample.bytes, sample.sync), (&source.bytes, source.sync));
                    let shown = i128::from(sample.decode) + i128::from(sample.composition);
                    let expected = i128::from(source.decode) + i128::from(source.composition) - priming;
                    let is_cut = i128::from(source.decode) < priming;
                    prop_assert!(is_cut || (shown * scale - expected * TICKS).abs() * 2 <= scale, "{} {}", shown, expected);
                }
            }
        }
    }

    #[test]
    fn a_map_survives_its_bytes(tracks in films()) {
        let file = film(&tracks, false);
        for planned in plan(&file).unwrap() {
            let again = SegmentMap::decode(planned.map.as_bytes().to_vec()).unwrap();
            prop_assert_eq!(&again, &planned.map);
            prop_assert_eq!(plan(&file).unwrap().len(), plan(&file).unwrap().len());
        }
    }

    #[test]
    fn a_relocated_map_renders_the_same_bytes(tracks in films()) {
        let file = film(&tracks, false);
        for planned in plan(&file).unwrap() {
            let object: Vec<u8> = planned.map.all_runs().flat_map(|run| slice(&file, &run).to_vec()).collect();
            let moved = planned.map.relocated().unwrap();
            prop_assert!(moved.is_contiguous());
            prop_assert_eq!(moved.header(), planned.map.header());
            for n in 0..moved.segment_count() {
                prop_assert_eq!(segment(&moved, n, &object), segment(&planned.map, n, &file));
            }
            prop_assert_eq!(SegmentMap::decode(moved.as_bytes().to_vec()).unwrap(), moved);
        }
    }

    #[test]
    fn any_bytes_are_a_map_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut map = b"KMAP\0\0\0\x01".to_vec();
        map.extend(&bytes);
        if let Ok(map) = SegmentMap::decode(map) {
            prop_assert!(map.segment_count() > 0);
        }
        if let Ok(movie) = kinora_media::mp4::parse(&bytes, 1 << 40) {
            prop_assert!(movie.tracks.len() <= 64);
        }
        prop_assert!(!kinora_media::sniff::sniff(&bytes, bytes.len() as u64).id().is_empty());
    }
}
