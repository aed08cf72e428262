//! Packed audio: frames of sound back to back, without a container (RFC 8216, 3.4).
//!
//! Browsers play MP3 by HLS in this form only: none takes it in fragments.

use crate::bits::len_u64;
use crate::cmaf::MediaSegment;
use crate::map::{SegmentMap, SegmentSamples, TrackHeader};
use crate::timing::{Timescale, rescale_len, transport_time};

/// RFC 6381 name by which HLS knows MP3 in packed audio: MPEG-1 and MPEG-2 layer 3 as an object type of MPEG-4.
pub const MP3: &str = "mp4a.40.34";

/// Names the frame that holds the time (RFC 8216, 3.4).
const OWNER: &[u8] = b"com.apple.streaming.transportStreamTimestamp\0";

/// Bytes of an ID3v2 header and of a frame header.
const HEADER_LEN: usize = 10;

/// Whether the frames of a track are delivered so: those of MP3, whose every frame begins with its own header.
pub fn takes(header: &TrackHeader) -> bool {
    header.codec_name == "mp3"
}

/// Segment `n`, from 0, as packed audio: an ID3 tag with the time of the first frame, and the frames. `None` behind the
/// last, and for a track that cannot be delivered so.
///
/// The time has no sign. Frames that begin before the timeline does, which hold what an encoder puts in front of the
/// sound, are left out.
pub fn segment(map: &SegmentMap, n: u32) -> Option<MediaSegment> {
    if !takes(map.header()) {
        return None;
    }
    let SegmentSamples { decode_time, runs: payload, .. } = map.shown_samples(n)?;
    let time = decode_time.saturating_sub(map.header().priming);
    let time = rescale_len(time, map.header().timescale, Timescale::TRANSPORT);
    let head = tag(i64::try_from(time).unwrap_or(i64::MAX));
    let frames: u64 = payload.iter().map(|run| run.end.saturating_sub(run.start)).sum();
    let len = len_u64(head.len()).saturating_add(frames);
    Some(MediaSegment { head, payload, len })
}

/// An ID3v2.4 tag with one private frame: the time of a transport stream.
fn tag(time: i64) -> Vec<u8> {
    let content = OWNER.len() + 8;
    let mut out = Vec::with_capacity(2 * HEADER_LEN + content);
    out.extend_from_slice(b"ID3\x04\0\0");
    out.extend_from_slice(&syncsafe(HEADER_LEN + content));
    out.extend_from_slice(b"PRIV");
    out.extend_from_slice(&syncsafe(content));
    out.extend_from_slice(b"\0\0");
    out.extend_from_slice(OWNER);
    out.extend_from_slice(&transport_time(time).to_be_bytes());
    out
}

/// A length as ID3 writes it: seven bits to a byte (ID3v2.4.0, 6.2). Ours have one byte.
fn syncsafe(len: usize) -> [u8; 4] {
    let len = u32::try_from(len).unwrap_or(u32::MAX);
    [21, 14, 7, 0].map(|shift| u8::try_from((len >> shift) & 0x7f).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_the_time_and_nothing_else() {
        let mut expected =
            b"ID3\x04\0\0\0\0\0\x3fPRIV\0\0\0\x35\0\0com.apple.streaming.transportStreamTimestamp\0".to_vec();
        expected.extend([0, 0, 0, 0, 0, 0x08, 0x3d, 0x60]);
        assert_eq!(tag(540_000), expected);
        assert_eq!(expected.len(), 73);
    }

    #[test]
    fn lengths_have_seven_bits_to_a_byte() {
        for (len, bytes) in [(0, [0, 0, 0, 0]), (63, [0, 0, 0, 63]), (128, [0, 0, 1, 0]), (16_385, [0, 1, 0, 1])] {
            assert_eq!(syncsafe(len), bytes, "{len}");
        }
    }
}
