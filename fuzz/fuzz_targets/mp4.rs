//! A file of any bytes: find its index, read it, cut it and render all of it.
#![no_main]

use std::time::Duration;

use kinora_media::mp4::{Locator, Step, parse};
use kinora_media::presentation::{Presentation, Rendition, Urls};
use kinora_media::{SegmentMap, cmaf, dash, hls, sniff};
use libfuzzer_sys::fuzz_target;

fn index(file: &[u8]) -> Option<&[u8]> {
    let mut locator = Locator::new(file.len() as u64);
    let mut step = locator.next(None).ok()?;
    loop {
        match step {
            Step::Moov { range } => return file.get(range.start as usize..range.end as usize),
            Step::Read { offset, len } => {
                let rest = file.get(offset as usize..).unwrap_or_default();
                let answer = rest.get(..len as usize).unwrap_or(rest);
                step = locator.next(Some(answer)).ok()?;
            }
        }
    }
}

fuzz_target!(|file: &[u8]| {
    let _ = sniff::sniff(file, file.len() as u64);
    let Some(moov) = index(file) else { return };
    let Ok(movie) = parse(moov, file.len() as u64) else { return };
    let Ok(planned) = SegmentMap::plan(&movie, Duration::from_secs(4)) else { return };
    let mut presentation = Presentation::default();
    for planned in planned {
        let map = &planned.map;
        assert_eq!(SegmentMap::decode(map.as_bytes().to_vec()).as_ref(), Ok(map));
        let _ = cmaf::init_segment(map);
        let mut samples = 0;
        for n in 0..map.segment_count() {
            let segment = cmaf::media_segment(map, n).expect("every segment is rendered");
            let payload: u64 = segment.payload.iter().map(|range| range.end - range.start).sum();
            assert_eq!(segment.len, segment.head.len() as u64 + payload);
            assert!(segment.payload.iter().all(|range| range.end <= file.len() as u64));
            samples += map.segment(n).map_or(0, |segment| segment.sample_count);
        }
        assert_eq!(samples, movie.tracks[planned.track].sample_count);
        let moved = map.relocated().expect("a map can be relocated");
        assert!(moved.is_contiguous());
        let urls = Urls { playlist: "p".into(), init: Some("i".into()), segment_template: "$Number$".into(), ..Urls::default() };
        presentation.tracks.push(Rendition::new(planned.track.to_string(), map, urls));
    }
    let _ = hls::multivariant(&presentation);
    let _ = dash::mpd(&presentation);
    for track in &presentation.tracks {
        let _ = hls::media(track);
    }
});
