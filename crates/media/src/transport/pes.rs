//! Headers of the packets of a stream (ISO/IEC 13818-1, 2.4.3.6).

use super::clock::timestamp;

/// Bytes of the header of a picture with one time and with two, and of sound. That of sound has two more than it needs:
/// with them even the shortest packet can be spread over sixteen packets of the stream, of which each has a byte of it.
pub(super) const PICTURE_LEN: usize = 14;
pub(super) const REORDERED_LEN: usize = 19;
pub(super) const SOUND_LEN: usize = 16;

/// What every packet of pictures is called.
const PICTURES: u8 = 0xe0;

/// Marks of a presentation time alone, of one with a decode time behind it, and of that.
const ALONE: u8 = 2;
const FIRST: u8 = 3;
const SECOND: u8 = 1;

/// Bytes of the header of a picture.
pub(super) fn picture_len(pts: i64, dts: i64) -> usize {
    if pts == dts { PICTURE_LEN } else { REORDERED_LEN }
}

/// Gives the header of a packet of one picture of `len` bytes.
pub(super) fn picture(pts: i64, dts: i64, len: usize, put: impl FnOnce(&[u8])) {
    if pts == dts {
        let mut header = [0; PICTURE_LEN];
        fill(&mut header, &[&prefix(PICTURES, PICTURE_LEN, len, 0x80), &timestamp(ALONE, pts)]);
        put(&header);
    } else {
        let mut header = [0; REORDERED_LEN];
        let times = [timestamp(FIRST, pts), timestamp(SECOND, dts)];
        fill(&mut header, &[&prefix(PICTURES, REORDERED_LEN, len, 0xc0), times.as_flattened()]);
        put(&header);
    }
}

/// The header of a packet of frames of sound, `len` bytes in all.
pub(super) fn sound(stream_id: u8, pts: i64, len: usize) -> [u8; SOUND_LEN] {
    // Bytes of stuffing are 0xff.
    let mut header = [0xff; SOUND_LEN];
    fill(&mut header, &[&prefix(stream_id, SOUND_LEN, len, 0x80), &timestamp(ALONE, pts)]);
    header
}

/// What is in front of the times, in a header of `header_len` bytes with `len` behind it. Its length is told where 16
/// bits hold it, and left open otherwise, as it may be of pictures. The media begin right behind it.
fn prefix(stream_id: u8, header_len: usize, len: usize, times: u8) -> [u8; 9] {
    let behind = header_len.saturating_sub(6).saturating_add(len);
    let [high, low] = u16::try_from(behind).unwrap_or(0).to_be_bytes();
    let rest = u8::try_from(header_len.saturating_sub(9)).unwrap_or(0);
    [0, 0, 1, stream_id, high, low, 0x84, times, rest]
}

fn fill(header: &mut [u8], parts: &[&[u8]]) {
    for (byte, part) in header.iter_mut().zip(parts.iter().copied().flatten()) {
        *byte = *part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pts: i64, dts: i64, len: usize) -> Vec<u8> {
        let mut out = Vec::new();
        picture(pts, dts, len, |header| out.extend_from_slice(header));
        assert_eq!(out.len(), picture_len(pts, dts));
        out
    }

    #[test]
    fn headers_have_times_and_lengths() {
        assert_eq!(
            header(128_960, 126_000, 100),
            b"\0\0\x01\xe0\0\x71\x84\xc0\x0a\x31\x00\x07\xef\x81\x11\x00\x07\xd8\x61"
        );
        assert_eq!(header(126_000, 126_000, 100), b"\0\0\x01\xe0\0\x6c\x84\x80\x05\x21\x00\x07\xd8\x61");
        assert_eq!(sound(0xbd, 126_000, 100), *b"\0\0\x01\xbd\0\x6e\x84\x80\x07\x21\x00\x07\xd8\x61\xff\xff");
    }

    #[test]
    fn a_length_that_does_not_fit_is_left_open() {
        for (len, told) in [(65_527, [0xff, 0xff]), (65_528, [0, 0]), (1 << 24, [0, 0])] {
            assert_eq!(header(0, 0, len)[4..6], told, "{len}");
        }
    }
}
