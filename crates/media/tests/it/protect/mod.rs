//! Protected segments: decrypted by ffmpeg, by openssl, and by a reader written from the standard; what stays in the clear is
//! what ffmpeg reads as headers.

mod pictures;
mod synthetic;
mod whole;

use std::ops::Range;
use std::path::{Path, PathBuf};

use kinora_media::protect::{self, ContentKey, Iv, Key, KeyId, ProtectError, Scheme};
use kinora_media::{SegmentMap, TrackKind};
use tempfile::TempDir;

use crate::support::decrypt::{self, Protected};
use crate::support::package::{slice, whole};
use crate::support::{hex, tool};

const KEY: [u8; 16] = *b"\x3a\x2a\x1b\x68\xdd\x2b\xd9\xb2\xee\xb2\x5e\x84\xc4\x77\x66\x68";
const KID: [u8; 16] = *b"\x10\x00\x00\x00\x10\x00\x10\x00\x10\x00\x10\x00\x00\x00\x00\x01";
const IV: [u8; 16] = *b"\xf9\xd9\xd5\xf5\xf3\xb5\xbc\x03\x72\x85\x6d\xf0\x68\xf9\xf6\xa2";
const SCHEMES: [Scheme; 2] = [Scheme::Cenc, Scheme::Cbcs];

fn key() -> ContentKey {
    ContentKey { key: Key::new(KEY), kid: KeyId::new(KID), iv: Iv::new(IV) }
}

/// One range alone.
fn only(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

/// The bytes of the samples of segment `n`.
fn payload(map: &SegmentMap, n: u32, object: &[u8]) -> Vec<u8> {
    map.runs(n).unwrap().iter().flat_map(|run| slice(object, run).to_vec()).collect()
}

/// Segment `n`, protected.
fn protected(map: &SegmentMap, n: u32, object: &[u8], scheme: Scheme) -> Result<Vec<u8>, ProtectError> {
    let segment = protect::media_segment(map, n, payload(map, n, object), scheme, &key())?;
    assert_eq!(segment.size(), (segment.head.len() + segment.payload.len()) as u64);
    Ok([segment.head, segment.payload].concat())
}

/// The samples of all segments in the clear.
fn samples(map: &SegmentMap, object: &[u8]) -> Vec<Vec<u8>> {
    let segments = (0..map.segment_count()).map(|n| (map.samples(n).unwrap().samples, payload(map, n, object)));
    let mut all = Vec::new();
    for (samples, payload) in segments {
        let mut rest = payload.as_slice();
        for sample in samples {
            let (bytes, behind) = rest.split_at(sample.size as usize);
            all.push(bytes.to_vec());
            rest = behind;
        }
    }
    all
}

/// Where the protected ranges of all samples lie in them, as `senc` tells it; all of a sample without.
fn told(segments: &[Vec<u8>], protected: &Protected) -> Vec<Vec<Range<usize>>> {
    let samples = segments.iter().flat_map(|segment| decrypt::samples(segment, protected));
    let ranges = samples.map(|sample| match sample.ranges {
        None => only(0..sample.place.len()),
        Some(ranges) => {
            let mut at = 0;
            let places = ranges.iter().map(|(clear, encrypted)| {
                at += clear + encrypted;
                at - encrypted..at
            });
            let places: Vec<_> = places.filter(|range| !range.is_empty()).collect();
            assert_eq!(at, sample.place.len());
            places
        }
    });
    ranges.collect()
}

const SOUND: &[&str] = &["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=9"];
const PICTURE: &[&str] = &["-f", "lavfi", "-i", "testsrc2=size=192x96:rate=25:duration=9"];
const X264: &[&str] = &["-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"];
const X265: &[&str] =
    &["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-pix_fmt", "yuv420p", "-x265-params"];

/// Makes a film with ffmpeg.
fn make(folder: &TempDir, name: &str, arguments: &[&[&str]]) -> PathBuf {
    let path = folder.path().join(name);
    tool::ffmpeg(&[PICTURE, SOUND, &arguments.concat()].concat(), &path);
    path
}

/// Protects a track, and has it decrypted by ffmpeg and by a reader of our own. Gives its protected ranges.
fn read_back(map: &SegmentMap, object: &[u8], scheme: Scheme, folder: &Path) -> Vec<Vec<Range<usize>>> {
    let init = protect::init_segment(map, scheme, &key()).unwrap();
    let segments: Vec<_> = (0..map.segment_count()).map(|n| protected(map, n, object, scheme).unwrap()).collect();
    assert!(segments.len() > 1);
    let told_init = decrypt::init(&init);
    check_init(&told_init, map, scheme);
    let clear = samples(map, object);
    let again: Vec<_> = segments.iter().flat_map(|segment| decrypt::decrypt(segment, &told_init, KEY)).collect();
    assert_eq!(again, clear);

    let (before, after) = (folder.join("clear.mp4"), folder.join("protected.mp4"));
    std::fs::write(&before, whole(map, object)).unwrap();
    std::fs::write(&after, [vec![init], segments.clone()].concat().concat()).unwrap();
    let shown = tool::frames(&before, 0);
    assert!(shown.len() > 80);
    assert_eq!(tool::decrypted_frames(&after, 0, &hex(&KEY)), shown, "{}", scheme.name());
    // The film is really hidden: no sample is what it was, unless it is too small for a block.
    let ranges = told(&segments, &told_init);
    let hidden = segments.iter().flat_map(|segment| {
        let samples = decrypt::samples(segment, &told_init);
        samples.into_iter().map(|sample| segment[sample.place].to_vec()).collect::<Vec<_>>()
    });
    for ((clear, hidden), ranges) in clear.iter().zip(hidden).zip(&ranges) {
        assert_eq!(*clear != hidden, ranges.iter().any(|range| range.len() >= 16));
    }
    ranges
}

fn check_init(told: &Protected, map: &SegmentMap, scheme: Scheme) {
    assert_eq!(told.scheme, *scheme.name().as_bytes());
    assert_eq!((told.kid, told.asked.as_slice()), (KID, &[KID][..]));
    let is_picture = map.header().kind == TrackKind::Video;
    match scheme {
        Scheme::Cenc => assert_eq!((told.version, told.pattern, told.iv_size), (0, (0, 0), 8)),
        Scheme::Cbcs => {
            assert_eq!((told.version, told.pattern, told.iv_size), (1, if is_picture { (1, 9) } else { (0, 0) }, 0));
            assert_eq!(told.constant_iv, IV);
        }
    }
}

/// How many bytes of a unit hold so many bytes of content, by the rule that keeps start codes out.
fn raw(unit: &[u8], content: usize) -> usize {
    let (mut seen, mut zeros) = (0, 0);
    for (at, byte) in unit.iter().enumerate() {
        if seen == content {
            return at;
        }
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        seen += 1;
    }
    assert_eq!(seen, content);
    unit.len()
}

/// The parts of samples behind slice headers, as ffmpeg reads these.
fn behind_headers(
    file: &Path,
    samples: &[Vec<u8>],
    length_size: usize,
    is_slice: fn(u8) -> bool,
) -> Vec<Vec<Range<usize>>> {
    let packets = tool::headers(file);
    assert_eq!(packets.len(), samples.len());
    let parts = samples.iter().zip(packets).map(|(sample, packet)| {
        let mut headers = packet.into_iter().filter(|section| section.name.starts_with("Slice "));
        let mut parts = Vec::new();
        let mut at = 0;
        while at < sample.len() {
            let len = sample[at..at + length_size].iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
            let start = at + length_size;
            at = start + len;
            let unit = &sample[start..at];
            if is_slice(unit[0]) {
                let header = headers.next().unwrap();
                parts.push(start + raw(unit, header.end.div_ceil(8))..at);
            }
        }
        assert_eq!(headers.next(), None);
        parts
    });
    parts.collect()
}

/// Whether the header of a unit is that of a slice.
const AVC_SLICE: fn(u8) -> bool = |header| matches!(header & 0x1f, 1 | 5);

/// What of parts is protected.
fn expected(parts: &[Vec<Range<usize>>], scheme: Scheme) -> Vec<Vec<Range<usize>>> {
    let cut = |part: &Range<usize>| match scheme {
        Scheme::Cenc => part.start + part.len() % 16..part.end,
        Scheme::Cbcs => part.clone(),
    };
    parts.iter().map(|parts| parts.iter().map(cut).filter(|part| !part.is_empty()).collect()).collect()
}
