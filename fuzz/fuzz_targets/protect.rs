//! Any bytes as the samples of a picture: refuse them, or encrypt them without losing a byte.
#![no_main]

use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::protect::{self, ContentKey, Iv, Key, KeyId, Scheme};
use kinora_media::timing::Timescale;
use kinora_media::{Codec, SegmentMap, TrackKind};
use libfuzzer_sys::fuzz_target;

// A byte that chooses the codec, then pieces behind the two bytes of their lengths: the first is the decoder configuration,
// the others are samples.
fuzz_target!(|bytes: &[u8]| {
    let Some((choice, mut rest)) = bytes.split_first() else { return };
    let mut pieces = Vec::new();
    while let Some((len, behind)) = rest.split_first_chunk() {
        let (piece, behind) = behind.split_at(usize::from(u16::from_be_bytes(*len)).min(behind.len()));
        pieces.push(piece);
        rest = behind;
    }
    let Some((config, samples)) = pieces.split_first() else { return };
    let Some(map) = map(*choice, config, samples) else { return };
    let key = ContentKey { key: Key::new([1; 16]), kid: KeyId::new([2; 16]), iv: Iv::new([3; 16]) };
    for scheme in [Scheme::Cenc, Scheme::Cbcs] {
        let takes = protect::takes(map.header(), scheme);
        assert_eq!(protect::init_segment(&map, scheme, &key).is_ok(), takes);
        let clear = samples.concat();
        if let Ok(segment) = protect::media_segment(&map, 0, clear.clone(), scheme, &key) {
            assert!(takes);
            assert_eq!(segment.payload.len(), clear.len());
            assert_eq!(segment.size(), (segment.head.len() + clear.len()) as u64);
        }
    }
});

/// One segment of the samples.
fn map(choice: u8, config: &[u8], samples: &[&[u8]]) -> Option<SegmentMap> {
    let (name, config_name, codec) = match choice % 4 {
        0 => (b"avc1", b"avcC", Codec::H264 { profile: 100, constraints: 0, level: 31, in_band: false }),
        1 => {
            let codec = Codec::Hevc { profile: 1, compatibility: 0, constraints: [0; 6], level: 90, in_band: false };
            (b"hvc1", b"hvcC", codec)
        }
        2 => (b"av01", b"av1C", Codec::Av1 { profile: 0, level: 4, high_tier: false, bit_depth: 8 }),
        _ => (b"vp09", b"vpcC", Codec::Vp9 { profile: 0, level: 10, bit_depth: 8 }),
    };
    let entry = boxed(name, &[&[0; 78], boxed(config_name, config).as_slice()].concat());
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry).with_size((64, 64), (64, 64));
    let mut builder = MapBuilder::new(facts, Duration::from_secs(3_600), Cuts::Grid);
    let mut offset = 0;
    for (at, sample) in samples.iter().enumerate() {
        let time = at as i64;
        let size = sample.len() as u32;
        builder.push(IndexedSample { offset, size, dts: time, pts: time, sync: at == 0 }).ok()?;
        offset += u64::from(size);
    }
    builder.finish(None)
}

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), name.as_slice(), content].concat()
}
