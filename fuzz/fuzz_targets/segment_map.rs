//! Any bytes as a segment map: refuse them, or render all of them.
#![no_main]

use kinora_media::presentation::{Presentation, Rendition, Urls};
use kinora_media::progressive::{Slice, Span};
use kinora_media::transport::{self, Plan};
use kinora_media::{Progressive, SegmentMap, TrackKind, cmaf, dash, hls, smooth};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(map) = SegmentMap::decode(bytes.to_vec()) else { return };
    // Uniform columns describe many samples in few bytes: the work is bounded, but not for a fuzzer.
    if map.sample_count() > 100_000 {
        return;
    }
    let _ = cmaf::init_segment(&map);
    for n in 0..map.segment_count() {
        let segment = cmaf::media_segment(&map, n).expect("every segment is rendered");
        let payload: u64 = segment.payload.iter().map(|range| range.end - range.start).sum();
        assert_eq!(segment.len, segment.head.len() as u64 + payload);
        if let Some(fragment) = smooth::fragment(&map, n) {
            let payload: u64 = fragment.payload.iter().map(|range| range.end - range.start).sum();
            assert_eq!(fragment.len, fragment.head.len() as u64 + payload);
        }
    }
    let moved = map.relocated().expect("a map can be relocated");
    assert_eq!(SegmentMap::decode(moved.as_bytes().to_vec()).as_ref(), Ok(&moved));
    let _ = (map.groups(), map.header().avc(), map.header().range());
    for base in [0, 1, u64::MAX] {
        let _ = SegmentMap::join(&[(&moved, base), (&map, 0)]);
        let _ = SegmentMap::join(&[(&map, base)]);
    }
    for span in [None, Some(Span { start: 1, end: 5_000_000 }), Some(Span { start: 3_000_000, end: u64::MAX })] {
        if let Some(file) = Progressive::new(&[&map, &moved], span) {
            let read: u64 = file.read(0..u64::MAX).into_iter().map(length).sum();
            assert_eq!(read, file.size());
        }
    }
    for film in [Progressive::picture(&map, map.start()), Progressive::key_frames(&map, &[i64::MIN, 0, i64::MAX])] {
        let read: u64 = film.iter().flat_map(|film| film.read(0..u64::MAX)).map(length).sum();
        assert_eq!(read, film.map_or(0, |film| film.size()));
    }
    let _ = (Progressive::frames(&map), cmaf::first_sample_end(&map, 0));
    let is_picture = map.header().kind == TrackKind::Video;
    let (video, audio) = if is_picture { (Some(&map), None) } else { (None, Some(&map)) };
    let takes = transport::takes(map.header());
    assert_eq!(transport::bandwidth(video, audio).is_some(), takes);
    for n in 0..map.segment_count().min(8) {
        let plan = Plan::new(video, audio, n);
        assert_eq!(plan.is_some(), takes);
        let Some(plan) = plan else { break };
        let len: u64 = plan.video().iter().chain(plan.audio()).map(|run| run.end - run.start).sum();
        if len < 1 << 20 {
            let bytes = vec![0; len as usize];
            let _ = if is_picture { plan.write(&bytes, &[]) } else { plan.write(&[], &bytes) };
        }
    }
    let urls = Urls { playlist: "p".into(), init: Some("i".into()), segment_template: "$Number$".into(), ..Urls::default() };
    let track = Rendition::new("t", &map, urls);
    let _ = hls::media(&track);
    let _ = hls::growing_media(&track);
    for growing in [false, true] {
        let presentation = Presentation { tracks: vec![track.clone(), track.clone()], growing, ..Presentation::default() };
        let presentation =
            presentation.clone().truncated(presentation.common_end(map.header().timescale) / 2, map.header().timescale);
        let _ = hls::multivariant(&presentation);
        let _ = (dash::mpd(&presentation), smooth::manifest(&presentation, ""));
    }
});

fn length(slice: Slice) -> u64 {
    match slice {
        Slice::Head(range) => range.len() as u64,
        Slice::Media { range, .. } => range.end - range.start,
    }
}
