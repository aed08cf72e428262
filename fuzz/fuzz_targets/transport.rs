//! Samples of any bytes, a picture and its sound: write them as a transport stream that can be read, or refuse them.
#![no_main]

use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::mpegts::Demuxer;
use kinora_media::timing::Timescale;
use kinora_media::transport::Plan;
use kinora_media::{Codec, SegmentMap, TrackKind};
use libfuzzer_sys::fuzz_target;

const AVC: &[u8] = b"\x01\x64\x00\x1e\xff\xe1\x00\x04\x67\x64\x00\x1e\x01\x00\x02\x68\xee";
const HEVC: &[u8] = b"\x01\x01\x60\0\0\0\x90\0\0\0\0\0\x1e\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f\x01\xa0\0\x01\0\x02\x40\x01";

fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

/// A map of samples of so many bytes, one behind the other.
fn map(facts: TrackFacts, sizes: &[(u32, i64)], samples: &[u8]) -> Option<SegmentMap> {
    let mut builder = MapBuilder::new(facts, Duration::from_secs(1), Cuts::Grid);
    let (mut offset, mut dts) = (0u64, 0);
    for (size, duration) in sizes {
        let sync = samples.get(offset as usize).is_none_or(|byte| byte & 1 == 0);
        let sample = IndexedSample { offset, size: *size, dts, pts: dts + duration % 5_000, sync };
        builder.push(sample).ok()?;
        offset += u64::from(*size);
        dts += duration;
    }
    builder.finish(None)
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([kind, count, step], bytes)) = bytes.split_first_chunk::<3>() else { return };
    let Some((sizes, samples)) = bytes.split_at_checked(usize::from(*count)) else { return };
    let mut left = samples.len() as u32;
    let mut listed = Vec::new();
    for size in sizes {
        let size = (u32::from(*size) * (1 + u32::from(kind >> 4))).min(left);
        left -= size;
        listed.push((size, 1 + i64::from(*step) * 100 + i64::from(size)));
    }
    let mut config = if kind & 1 == 0 { AVC.to_vec() } else { HEVC.to_vec() };
    let lengths = if kind & 1 == 0 { 4 } else { 21 };
    config[lengths] = config[lengths] & 0xfc | [0, 1, 3, 3][usize::from(kind >> 1 & 3)];
    let (codec, entry) = if kind & 1 == 0 {
        (Codec::H264 { profile: 100, constraints: 0, level: 30, in_band: false }, boxed(b"avcC", &config))
    } else {
        let codec = Codec::Hevc { profile: 1, compatibility: 0, constraints: [0; 6], level: 30, in_band: false };
        (codec, boxed(b"hvcC", &config))
    };
    let entry = boxed(b"avc1", &[&[0; 78][..], &entry].concat());
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::TRANSPORT, entry);
    let Some(video) = map(facts, &listed, samples) else { return };
    let facts = TrackFacts::new(TrackKind::Audio, &Codec::Ac3, Timescale::MILLIS, vec![0; 36]).with_sound(48_000, 2);
    let Some(audio) = map(facts, &listed, samples) else { return };
    let mut demuxer = Demuxer::new();
    for n in 0..video.segment_count() {
        let plan = Plan::new(Some(&video), Some(&audio), n).expect("every segment is planned");
        let gather = |runs: &[std::ops::Range<u64>]| -> Vec<u8> {
            runs.iter().flat_map(|run| &samples[run.start as usize..run.end as usize]).copied().collect()
        };
        let Ok(segment) = plan.write(&gather(plan.video()), &gather(plan.audio())) else { return };
        assert_eq!(segment.len() % 188, 0);
        let mut carried = [0; 2];
        for packet in segment.chunks(188) {
            assert_eq!(packet[0], 0x47);
            let stream = usize::from(packet[2]);
            if packet[1] & 0x1f == 1 && packet[3] & 0x10 != 0 {
                assert_eq!(packet[3] & 0xf, carried[stream] & 0xf);
                carried[stream] = carried[stream].wrapping_add(1);
            }
        }
        assert!(carried.iter().all(|count| count & 0xf == 0));
        if demuxer.feed(&segment).is_err() {
            return;
        }
    }
});
