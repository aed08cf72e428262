//! A fragmented file of any bytes: index it, cut it in parts, join them and render all of it; and read its captions.
#![no_main]

use std::time::Duration;

use kinora_media::captions::{Captions, TextIndexer};
use kinora_media::map::{Cuts, MapBuilder};
use kinora_media::mp4::fragments::FragmentIndexer;
use kinora_media::{SegmentMap, cmaf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Some(at) = file.windows(4).position(|name| name == b"moov").and_then(|at| at.checked_sub(4)) else { return };
    let moov = file.get(at..).unwrap_or_default();
    let len = moov.first_chunk::<4>().map_or(0, |len| u32::from_be_bytes(*len) as usize);
    let Some(moov) = moov.get(..len) else { return };
    texts(moov, file);
    let Ok(mut indexer) = FragmentIndexer::new(moov, file.len() as u64) else { return };
    let mut builders: Vec<Option<MapBuilder>> = Vec::new();
    let mut parts: Vec<Vec<SegmentMap>> = vec![Vec::new(); indexer.tracks().len()];
    for track in indexer.tracks() {
        let facts = track.facts.clone();
        builders.push(facts.map(|facts| {
            let mut builder = MapBuilder::new(facts, Duration::from_secs(1), Cuts::Grid);
            builder.set_shift(track.shift);
            builder
        }));
    }
    loop {
        for (track, sample) in indexer.drain() {
            assert!(sample.offset + u64::from(sample.size) <= file.len() as u64);
            if let Some(builder) = &mut builders[track] {
                let _ = builder.push(sample);
            }
        }
        for (builder, parts) in builders.iter_mut().zip(&mut parts) {
            parts.extend(builder.as_mut().and_then(MapBuilder::take_closed));
        }
        let Some(range) = indexer.wants() else { break };
        assert!(range.end <= file.len() as u64 && range.start < range.end);
        if indexer.feed(&file[range.start as usize..range.end as usize]).is_err() {
            break;
        }
    }
    let ends: Vec<_> = indexer.tracks().iter().map(|track| track.end_pts).collect();
    for ((builder, mut parts), end) in builders.into_iter().zip(parts).zip(ends) {
        parts.extend(builder.and_then(|builder| builder.finish(end)));
        if parts.is_empty() {
            continue;
        }
        let refs: Vec<_> = parts.iter().map(|part| (part, 0)).collect();
        let map = SegmentMap::join(&refs).expect("parts can be joined");
        assert_eq!(SegmentMap::decode(map.as_bytes().to_vec()).as_ref(), Ok(&map));
        let _ = cmaf::init_segment(&map);
        let _ = map.groups();
        let _ = map.header().avc();
        for n in 0..map.segment_count() {
            cmaf::media_segment(&map, n).expect("every segment is rendered");
        }
    }
});

/// What is read of any captions can be written, and read again.
fn texts(moov: &[u8], file: &[u8]) {
    let Ok(mut indexer) = TextIndexer::new(moov, file.len() as u64) else { return };
    while let Some(range) = indexer.wants() {
        if indexer.feed(&file[range.start as usize..range.end as usize]).is_err() {
            break;
        }
    }
    for track in indexer.finish().into_iter().flatten().flatten() {
        let bytes: Vec<u8> = track
            .ranges()
            .into_iter()
            .flat_map(|range| file[range.start as usize..range.end as usize].to_vec())
            .collect();
        let Ok(reading) = track.read(&bytes, 0) else { continue };
        let again = Captions::stored(reading.captions.write().as_bytes()).expect("what is written can be read");
        assert_eq!(again.cues.len(), reading.captions.cues.len());
    }
}
