//! Samples that a test makes, byte by byte.

use std::collections::HashSet;
use std::time::Duration;

use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
use kinora_media::protect::{self, ContentKey, Iv, Key, KeyId, ProtectError, Scheme};
use kinora_media::timing::Timescale;
use kinora_media::{Codec, SegmentMap, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::boxes::find;
use crate::support::package::plan;
use crate::support::tree::tree;
use crate::support::{decrypt, film, hex, tool};

use super::{
    AVC_SLICE, IV, KEY, KID, SCHEMES, X264, X265, behind_headers, expected, key, make, only, payload, protected,
    read_back, samples,
};

#[test]
fn sound_is_protected_as_a_whole() {
    let codecs: [&[&str]; 4] =
        [&["-c:a", "aac"], &["-c:a", "libopus", "-b:a", "64k"], &["-c:a", "flac", "-strict", "-2"], &["-c:a", "ac3"]];
    for codec in codecs {
        let folder = TempDir::new().unwrap();
        let path = make(&folder, "a.mp4", &[&["-map", "1"], codec]);
        let file = std::fs::read(&path).unwrap();
        let map = &plan(&file).unwrap()[0].map;
        let sizes: Vec<_> = samples(map, &file).iter().map(|sample| only(0..sample.len())).collect();
        for scheme in SCHEMES {
            assert_eq!(read_back(map, &file, scheme, folder.path()), sizes, "{codec:?}");
        }
    }
}

/// A track of samples that a test chooses: 25 in a second, in segments of about a second.
fn track(facts: TrackFacts, samples: &[Vec<u8>], syncs: impl Fn(usize) -> bool) -> (SegmentMap, Vec<u8>) {
    let mut builder = MapBuilder::new(facts, Duration::from_secs(1), Cuts::Grid);
    let mut object = Vec::new();
    for (at, sample) in samples.iter().enumerate() {
        let (offset, size, time) = (object.len() as u64, sample.len() as u32, 40 * i64::try_from(at).unwrap());
        builder.push(IndexedSample { offset, size, dts: time, pts: time, sync: syncs(at) }).unwrap();
        object.extend(sample);
    }
    (builder.finish(None).unwrap(), object)
}

fn sound() -> TrackFacts {
    TrackFacts::new(TrackKind::Audio, &Codec::Aac { object_type: 2 }, Timescale::MILLIS, film::mp4a())
}

/// An `avcC` with the sets of an encoder: arithmetic coding, deblocking controlled.
const AVC_CONFIG: &[u8] =
    b"\x01\x64\x00\x1f\xff\xe1\x00\x1a\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03\
    \x03\x20\xf1\x83\x19\x60\x01\x00\x06\x68\xeb\xe3\xcb\x22\xc0";

/// The unit header and the slice header of a picture of that configuration, and where the slice begins.
const AVC_HEADER: [u8; 5] = [0x65, 0x88, 0x84, 0x03, 0xd5];

fn picture() -> TrackFacts {
    let codec = Codec::H264 { profile: 0x64, constraints: 0, level: 0x1f, in_band: false };
    let entry = film::visual(b"avc1", &film::boxed(b"avcC", AVC_CONFIG));
    TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry)
}

fn units(units: &[Vec<u8>]) -> Vec<u8> {
    units.iter().flat_map(|unit| [&(unit.len() as u32).to_be_bytes()[..], unit].concat()).collect()
}

fn slice_of(content: Vec<u8>) -> Vec<u8> {
    [AVC_HEADER.to_vec(), content].concat()
}

#[test]
fn lengths_of_two_bytes_are_protected() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.mp4", &[X264]);
    let file = std::fs::read(&path).unwrap();
    let map = &plan(&file).unwrap()[0].map;
    let short = |sample: &Vec<u8>| {
        let (mut out, mut at) = (Vec::new(), 0);
        while at < sample.len() {
            let len = u32::from_be_bytes(sample[at..at + 4].try_into().unwrap());
            out.extend(u16::try_from(len).unwrap().to_be_bytes());
            out.extend(&sample[at + 4..at + 4 + len as usize]);
            at += 4 + len as usize;
        }
        out
    };
    let long = samples(map, &file);
    let samples: Vec<_> = long.iter().map(short).collect();
    // Each sample ends with its only slice, which lies two bytes for each unit nearer to the front.
    let parts = behind_headers(&path, &long, 4, AVC_SLICE).into_iter().zip(&long).zip(&samples).map(
        |((parts, long), short)| {
            let lost = long.len() - short.len();
            assert_eq!((parts.len(), parts[0].end), (1, long.len()));
            only(parts[0].start - lost..parts[0].end - lost)
        },
    );
    let parts: Vec<_> = parts.collect();
    let init = kinora_media::cmaf::init_segment(map);
    let at = init.windows(4).position(|name| name == b"avcC").unwrap();
    let mut config = init[at + 4..at - 4 + u32::from_be_bytes(init[at - 4..at].try_into().unwrap()) as usize].to_vec();
    config[4] = 0xfd;
    let codec = Codec::H264 { profile: 0x64, constraints: 0, level: 0x0d, in_band: false };
    let entry = film::visual(b"avc1", &film::boxed(b"avcC", &config));
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry).with_size((192, 96), (192, 96));
    let (map, object) = track(facts, &samples, |at| at % 50 == 0);
    for scheme in SCHEMES {
        assert_eq!(read_back(&map, &object, scheme, folder.path()), expected(&parts, scheme), "{}", scheme.name());
    }
}

#[test]
fn known_answers_come_out() {
    // A key of zeros, and zeros: the blocks of the first sample are those of the counters 0 and 1 (AES-GCM, test case 2).
    let zero = ContentKey { key: Key::new([0; 16]), kid: KeyId::new(KID), iv: Iv::new(IV) };
    let (map, object) = track(sound(), &[vec![0; 32], vec![0; 16]], |_| true);
    let encrypted = protect::media_segment(&map, 0, object, Scheme::Cenc, &zero).unwrap().payload;
    assert_eq!(hex(&encrypted[..32]), "66e94bd4ef8a2c3b884cfa59ca342b2e58e2fccefa7e3061367f1d57a4e7455a");
    // NIST SP 800-38A, F.2.1: whole blocks of sound, of which each sample begins the chain anew, and what is no whole block.
    let key = Key::new(*b"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c");
    let nist = ContentKey { key, kid: KeyId::new(KID), iv: Iv::new(std::array::from_fn(|at| at as u8)) };
    let plain = b"\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a\
                  \xae\x2d\x8a\x57\x1e\x03\xac\x9c\x9e\xb7\x6f\xac\x45\xaf\x8e\x51tail";
    let expected = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b27461696c";
    let (map, object) = track(sound(), &[plain.to_vec(), plain.to_vec()], |_| true);
    let encrypted = protect::media_segment(&map, 0, object, Scheme::Cbcs, &nist).unwrap().payload;
    assert_eq!(hex(&encrypted), expected.repeat(2));
    // Of pictures the first block of ten.
    let content: Vec<u8> = plain[..32].iter().copied().cycle().take(176).collect();
    let (map, object) = track(picture(), &[units(&[slice_of(content.clone())])], |_| true);
    let encrypted = protect::media_segment(&map, 0, object.clone(), Scheme::Cbcs, &nist).unwrap().payload;
    assert_eq!(hex(&encrypted[9..25]), "7649abac8119b246cee98e9b12e9197d");
    assert_eq!(encrypted[25..169], object[25..169]);
    // The eleventh block follows the first in the chain: as openssl encrypts the exclusive or of both.
    assert_eq!(hex(&encrypted[169..]), "4cbbc858756b358125529e9698a38f44");
}

/// What a sample is made of: slices, other units, and units of nothing.
fn unit() -> impl Strategy<Value = Vec<u8>> {
    let content = |most| prop::collection::vec(any::<u8>(), 0..most);
    prop_oneof![
        6 => content(400).prop_map(slice_of),
        2 => content(40).prop_map(|content| [vec![6], content].concat()),
        1 => Just(Vec::new()),
        1 => (65_000usize..70_000).prop_map(|len| vec![9; len]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encrypted_is_decrypted(
        samples in prop::collection::vec(prop::collection::vec(unit(), 0..5), 1..60),
        is_picture in any::<bool>(),
        is_cenc in any::<bool>(),
    ) {
        let scheme = if is_cenc { Scheme::Cenc } else { Scheme::Cbcs };
        let samples: Vec<_> = samples.iter().map(|parts| if is_picture { units(parts) } else { parts.concat() }).collect();
        let (map, object) = track(if is_picture { picture() } else { sound() }, &samples, |at| at % 7 == 0);
        let told = decrypt::init(&protect::init_segment(&map, scheme, &key()).unwrap());
        let mut again = Vec::new();
        let mut counters = HashSet::new();
        for n in 0..map.segment_count() {
            prop_assert_eq!(map.first_sample(n), Some(again.len() as u64));
            let segment = protected(&map, n, &object, scheme).unwrap();
            for sample in decrypt::samples(&segment, &told) {
                let len = sample.place.len();
                let ranges = sample.ranges.clone().unwrap_or(vec![(0, len)]);
                prop_assert_eq!(ranges.iter().map(|(clear, encrypted)| clear + encrypted).sum::<usize>(), len);
                let encrypted: usize = ranges.iter().map(|(_, encrypted)| encrypted).sum();
                prop_assert!(!is_cenc || !is_picture || ranges.iter().all(|(_, encrypted)| encrypted % 16 == 0));
                for block in 0..if is_cenc { encrypted.div_ceil(16) as u64 } else { 0 } {
                    prop_assert!(counters.insert((sample.iv.clone(), block)), "a counter block repeats");
                }
            }
            again.extend(decrypt::decrypt(&segment, &told, KEY));
        }
        prop_assert_eq!(again, samples);
    }

    #[test]
    fn any_bytes_are_protected_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        config in prop::collection::vec(any::<u8>(), 0..60),
        codec in 0usize..4,
        is_cenc in any::<bool>(),
    ) {
        let scheme = if is_cenc { Scheme::Cenc } else { Scheme::Cbcs };
        let (codec, name, config_name, begins) = [
            (Codec::H264 { profile: 100, constraints: 0, level: 30, in_band: true }, b"avc3", b"avcC", AVC_CONFIG),
            (Codec::Hevc { profile: 1, compatibility: 0, constraints: [0; 6], level: 90, in_band: true }, b"hev1", b"hvcC", &[1; 21]),
            (Codec::Av1 { profile: 0, level: 4, high_tier: false, bit_depth: 8 }, b"av01", b"av1C", b"\x81\0\x0c\0"),
            (Codec::Vp9 { profile: 0, level: 10, bit_depth: 8 }, b"vp09", b"vpcC", &[]),
        ][codec];
        let entry = film::visual(name, &film::boxed(config_name, &[begins, &config].concat()));
        let (map, object) = track(TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry), &[bytes], |_| true);
        match protect::media_segment(&map, 0, object.clone(), scheme, &key()) {
            Ok(segment) => prop_assert_eq!(segment.payload.len(), object.len()),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn every_byte_of_a_sample_may_be_wrong() {
    let folder = TempDir::new().unwrap();
    let films: [(&str, &[&str]); 4] = [
        ("a.mp4", X264),
        ("b.mp4", &[X265, &["bframes=3:log-level=none:pools=1"]].concat()),
        ("c.mp4", &["-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"]),
        ("d.mp4", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
    ];
    for (name, encoder) in films {
        let path = folder.path().join(name);
        let source = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=0.2"];
        tool::ffmpeg(&[&source, encoder].concat(), &path);
        let file = std::fs::read(&path).unwrap();
        let map = &plan(&file).unwrap()[0].map;
        let clear = payload(map, 0, &file);
        let mut refused = 0;
        // What is read is at the beginning of samples; that of the first is the longest.
        for position in 0..clear.len().min(900) {
            for value in [0x00, 0x01, 0x7f, 0xff] {
                let mut bytes = clear.clone();
                bytes[position] = value;
                match protect::media_segment(map, 0, bytes, Scheme::Cenc, &key()) {
                    Ok(segment) => assert_eq!(segment.payload.len(), clear.len()),
                    Err(ProtectError::Damaged { sample, .. } | ProtectError::Unprotectable { sample, .. }) => {
                        assert!(sample < map.sample_count());
                        refused += 1;
                    }
                    Err(other) => panic!("{name}: {other}"),
                }
            }
        }
        assert!(refused > 0, "{name}");
    }
}

#[test]
fn what_cannot_be_protected_is_refused_by_cause() {
    let entry = film::visual(b"vp09", &film::boxed(b"vpcC", b"\x01\0\0\0\0\x15\x82\x02\x02\x02\0\0"));
    let vp9 = TrackFacts::new(
        TrackKind::Video,
        &Codec::Vp9 { profile: 0, level: 21, bit_depth: 8 },
        Timescale::MILLIS,
        entry,
    );
    assert!(protect::takes(vp9.header(), Scheme::Cenc) && !protect::takes(vp9.header(), Scheme::Cbcs));
    let (map, object) = track(vp9, &[vec![1, 2, 3]], |_| true);
    let refused = ProtectError::Codec { scheme: Scheme::Cbcs };
    assert_eq!(protect::init_segment(&map, Scheme::Cbcs, &key()), Err(refused));
    assert_eq!(protect::media_segment(&map, 0, object, Scheme::Cbcs, &key()), Err(refused));
    let screen = Codec::Hevc { profile: 9, compatibility: 0, constraints: [0; 6], level: 90, in_band: false };
    let entry = film::visual(b"hvc1", &film::boxed(b"hvcC", &[&[1, 9], &[0; 21][..]].concat()));
    assert!(!protect::takes(
        TrackFacts::new(TrackKind::Video, &screen, Timescale::MILLIS, entry).header(),
        Scheme::Cenc
    ));

    let sample = units(&[slice_of(vec![7; 100])]);
    let (map, object) =
        track(picture(), &[sample.clone(), sample.clone(), units(&[vec![0x74, 1, 2, 3]])], |at| at == 0);
    let of = |payload: Vec<u8>, n| protect::media_segment(&map, n, payload, Scheme::Cenc, &key()).unwrap_err();
    assert_eq!(of(object.clone(), 1), ProtectError::NoSegment { n: 1 });
    let expected = object.len() as u64;
    assert_eq!(of(object[1..].to_vec(), 0), ProtectError::Length { expected, given: expected - 1 });
    assert_eq!(of([object.clone(), vec![0]].concat(), 0), ProtectError::Length { expected, given: expected + 1 });
    let what = "it has further views or layers";
    assert_eq!(of(object.clone(), 0), ProtectError::Unprotectable { sample: 2, what });
    let mut long = object;
    long[sample.len()] = 1;
    assert_eq!(of(long, 0), ProtectError::Damaged { sample: 1, what: "a unit reaches past its end" });
}

#[test]
fn parameter_sets_are_found_in_samples() {
    let codec = Codec::H264 { profile: 0x64, constraints: 0, level: 0x1f, in_band: true };
    let entry = film::visual(b"avc3", &film::boxed(b"avcC", b"\x01\x64\x00\x1f\xff\xe0\x00"));
    let facts = TrackFacts::new(TrackKind::Video, &codec, Timescale::MILLIS, entry);
    let slice = slice_of(vec![7; 64]);
    let sets = [AVC_CONFIG[8..34].to_vec(), AVC_CONFIG[37..].to_vec()];
    let with_sets = units(&[sets[0].clone(), sets[1].clone(), slice.clone()]);
    let (map, object) = track(facts, &[with_sets, units(&[slice])], |at| at == 0);
    let segment = protected(&map, 0, &object, Scheme::Cbcs).unwrap();
    let told = decrypt::init(&protect::init_segment(&map, Scheme::Cbcs, &key()).unwrap());
    let ranges: Vec<_> = decrypt::samples(&segment, &told).into_iter().map(|sample| sample.ranges.unwrap()).collect();
    assert_eq!(ranges, [vec![(4 + 26 + 4 + 6 + 4 + 5, 64)], vec![(4 + 5, 64)]]);
    assert_eq!(&told.format, b"avc3");
}

#[test]
fn samples_of_very_many_slices_have_no_general_boxes() {
    let many = units(&vec![slice_of(vec![5; 40]); 41]);
    let few = units(&[slice_of(vec![5; 40])]);
    let (map, object) = track(picture(), &[few.clone(), many, few], |at| at == 0);
    for scheme in SCHEMES {
        let told = decrypt::init(&protect::init_segment(&map, scheme, &key()).unwrap());
        let segment = protected(&map, 0, &object, scheme).unwrap();
        // The reader asserts what boxes there are.
        assert_eq!(decrypt::decrypt(&segment, &told, KEY).concat(), object);
    }
}

#[test]
fn boxes_of_protected_segments_are_these() {
    let slice = slice_of(vec![5; 40]);
    let (map, object) = track(picture(), &[units(&[vec![9, 0xf0], slice.clone()]), units(&[slice])], |at| at == 0);
    let (noise, sounds) = track(sound(), &[vec![1; 20], vec![2; 30]], |_| true);
    let mut parts = Vec::new();
    for (map, object) in [(&map, &object), (&noise, &sounds)] {
        for scheme in SCHEMES {
            let init = protect::init_segment(map, scheme, &key()).unwrap();
            let stbl = [(b"moov", 0), (b"trak", 0), (b"mdia", 0), (b"minf", 0), (b"stbl", 0), (b"stsd", 8)];
            let entry = find(&init, &stbl).unwrap().body;
            let pssh = find(&init, &[(b"moov", 0), (b"pssh", 0)]).unwrap().body;
            let segment = protect::media_segment(map, 0, object.clone(), scheme, &key()).unwrap();
            let boxes = [&init[entry.start + 8..entry.end], &init[pssh.start - 8..pssh.end], &segment.head].concat();
            parts.push(format!("# {}\n{}", scheme.name(), tree(&boxes)));
        }
    }
    insta::assert_snapshot!("protected_boxes", parts.concat());
}
