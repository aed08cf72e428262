//! Where samples and segments lie in time.

use kinora_media::SegmentMap;
use kinora_media::map::SegmentInfo;

use crate::support::film::{FilmTrack, film};
use crate::support::package::{plan, segment};
use crate::support::reader;

fn maps(tracks: &[FilmTrack]) -> (Vec<u8>, Vec<SegmentMap>) {
    let file = film(tracks, false);
    let maps = plan(&file).unwrap().into_iter().map(|planned| planned.map).collect();
    (file, maps)
}

fn starts(map: &SegmentMap) -> Vec<i64> {
    map.segments().map(|segment| segment.start).collect()
}

fn is_gapless(map: &SegmentMap) -> bool {
    let segments: Vec<SegmentInfo> = map.segments().collect();
    segments.windows(2).all(|pair| pair[0].start + pair[0].duration.cast_signed() == pair[1].start)
}

#[test]
fn picture_is_cut_at_key_frames_and_sound_beside_it() {
    // Key frames every 1.6 s: cuts at 4.8 and 8.0.
    let (_, maps) = maps(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    let frame = 512;
    assert_eq!(starts(&maps[0]), [0, 120 * frame, 200 * frame]);
    assert_eq!(maps[0].duration(), 250 * 512);
    // The frame of sound that begins at 4.8 s is number 226 less one of priming.
    assert_eq!(starts(&maps[1]), [-1024, 225 * 1024, 375 * 1024]);
    assert_eq!(maps[1].duration(), 469 * 1024);
    assert!(maps.iter().all(is_gapless));
    assert!(maps.iter().all(|map| map.header().independent));
}

#[test]
fn whoever_begins_with_a_picture_has_its_sound() {
    // Key frames every 1.08 s, frames of sound every 21 ms.
    let (_, maps) = maps(&[FilmTrack::video(500, 27), FilmTrack::audio(937)]);
    let [pictures, sound] = [0, 1].map(|at: usize| starts(&maps[at]));
    assert_eq!((pictures.len(), sound.len()), (5, 5));
    for (picture, sound) in pictures.iter().zip(&sound).skip(1) {
        let early = picture * 48_000 / 12_800 - sound;
        assert!((0..1024).contains(&early), "{early} ticks at {picture}");
    }
}

#[test]
fn a_short_rest_of_sound_is_no_segment_of_its_own() {
    // Pictures until 20 s with a cut at 4.32 s; sound until little behind that. One frame is priming.
    let frames = 4_320 * 48 / 1024 + 1;
    for (more, segments) in [(1, 1), (11, 1), (12, 2)] {
        let (_, maps) = maps(&[FilmTrack::video(500, 27), FilmTrack::audio(frames + more)]);
        assert!(maps[1].start() + maps[1].duration().cast_signed() > 4_320 * 48);
        assert_eq!(maps[1].segment_count(), segments, "{more} frames behind");
    }
}

#[test]
fn a_long_group_of_pictures_is_one_long_segment() {
    let (_, maps) = maps(&[FilmTrack::video(500, 250), FilmTrack::audio(900)]);
    assert_eq!(starts(&maps[0]), [0, 250 * 512]);
    assert_eq!(maps[1].segment_count(), 2);
}

#[test]
fn sound_that_outlasts_the_picture_is_cut_on_the_grid() {
    let (_, maps) = maps(&[FilmTrack::video(50, 25), FilmTrack::audio(750)]);
    assert_eq!(maps[0].segment_count(), 1);
    // 16 s of sound: cuts at 4, 8 and 12 s.
    assert_eq!(starts(&maps[1]), [-1024, 187 * 1024, 375 * 1024, 562 * 1024]);
}

#[test]
fn sound_alone_is_cut_on_the_grid() {
    let (_, maps) = maps(&[FilmTrack::audio(400)]);
    assert_eq!(starts(&maps[0]), [-1024, 187 * 1024, 375 * 1024]);
}

#[test]
fn the_edit_list_of_picture_becomes_signed_offsets() {
    let (file, maps) = maps(&[FilmTrack::video(100, 25)]);
    let (_, seen) = reader::segment(&segment(&maps[0], 0, &file));
    let times: Vec<_> = seen.iter().take(4).map(|sample| (sample.decode, sample.composition)).collect();
    assert_eq!(times, [(0, 0), (512, 1024), (1024, -512), (1536, -1024)]);
    let moov = reader::init(&kinora_media::cmaf::init_segment(&maps[0]));
    assert!(moov.trak[0].edts.is_none());
}

#[test]
fn priming_is_skipped_by_an_edit_list() {
    let (file, maps) = maps(&[FilmTrack::video(100, 25), FilmTrack::audio(180)]);
    assert_eq!(maps[1].header().priming, 1024);
    let (_, seen) = reader::segment(&segment(&maps[1], 0, &file));
    assert_eq!(seen[0].decode, 0);
    let moov = reader::init(&kinora_media::cmaf::init_segment(&maps[1]));
    let edits = &moov.trak[0].edts.as_ref().unwrap().elst.as_ref().unwrap().entries;
    assert_eq!((edits.len(), edits[0].media_time), (1, Some(1024)));
}

#[test]
fn a_delay_becomes_a_later_decode_time() {
    let mut sound = FilmTrack::audio(180);
    sound.edits = vec![(500, -1), (3_000, 1024)];
    let (file, maps) = maps(&[FilmTrack::video(100, 25), sound]);
    assert_eq!(maps[1].start(), 24_000 - 1024);
    assert_eq!(maps[1].header().priming, 0);
    let (_, seen) = reader::segment(&segment(&maps[1], 0, &file));
    assert_eq!(seen[0].decode, 24_000 - 1024);
}

#[test]
fn pre_roll_of_picture_moves_the_sound_too() {
    let mut picture = FilmTrack::video(100, 25);
    // Half a second into the samples.
    picture.edits = vec![(3_000, 1024 + 6_400)];
    let (_, maps) = maps(&[picture, FilmTrack::audio(150)]);
    assert_eq!((maps[0].start(), maps[0].header().priming), (0, 0));
    assert_eq!((maps[1].start(), maps[1].header().priming), (24_000 - 1024, 0));
}

#[test]
fn a_film_that_begins_late_is_moved_to_zero() {
    let mut picture = FilmTrack::video(100, 25);
    picture.edits = Vec::new();
    let (_, maps) = maps(&[picture]);
    assert_eq!(maps[0].start(), 0);
}

#[test]
fn sound_with_a_late_start_has_no_empty_segments() {
    let mut sound = FilmTrack::audio(470);
    sound.edits = vec![(9_000, -1), (1_000, 0)];
    let (_, maps) = maps(&[FilmTrack::video(500, 25), sound]);
    assert!(maps[1].segments().all(|segment| segment.sample_count > 0 && segment.duration > 0));
    assert!(is_gapless(&maps[1]));
    assert_eq!(maps[1].start(), 9 * 48_000);
}

#[test]
fn a_relocated_map_renders_the_same_segments() {
    let (file, maps) = maps(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    let sound = &maps[1];
    assert!(!sound.is_contiguous());
    assert!(sound.span_overhead() > 1.2);
    let object: Vec<u8> =
        sound.all_runs().flat_map(|run| file[run.start as usize..run.end as usize].to_vec()).collect();
    let moved = sound.relocated().unwrap();
    assert!(moved.is_contiguous());
    assert_eq!(moved.span(), 0..sound.payload_bytes());
    for n in 0..sound.segment_count() {
        assert_eq!(segment(&moved, n, &object), segment(sound, n, &file));
    }
}
