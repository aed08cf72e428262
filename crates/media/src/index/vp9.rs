//! Key frames of VP9 (VP9 bitstream specification, 7.2), which tell what nothing else in some files does.

use super::BitsExt as _;
use crate::bits::BitCursor;

/// What the uncompressed header of a key frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) profile: u8,
    pub(crate) bit_depth: u8,
    /// As `vpcC` counts it.
    pub(crate) subsampling: u8,
    pub(crate) full_range: bool,
    /// Primaries, transfer characteristics and matrix (ISO/IEC 23091-2).
    pub(crate) color: [u8; 3],
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The most pixels a second and pixels of a picture of each level, which is numbered tenfold.
const LEVELS: [(u8, u64, u64); 14] = [
    (10, 829_440, 36_864),
    (11, 2_764_800, 73_728),
    (20, 4_608_000, 122_880),
    (21, 9_216_000, 245_760),
    (30, 20_736_000, 552_960),
    (31, 36_864_000, 983_040),
    (40, 83_558_400, 2_228_224),
    (41, 160_432_128, 2_228_224),
    (50, 311_951_360, 8_912_896),
    (51, 588_251_136, 8_912_896),
    (52, 1_176_502_272, 8_912_896),
    (60, 1_176_502_272, 35_651_584),
    (61, 2_353_004_544, 35_651_584),
    (62, 4_706_009_088, 35_651_584),
];

impl FrameHeader {
    /// Reads a key frame; `None` for every other frame.
    pub(crate) fn parse(frame: &[u8]) -> Option<Self> {
        let mut bits = BitCursor::new(frame);
        if bits.take(2)? != 2 {
            return None;
        }
        let (low, high) = (bits.byte(1)?, bits.byte(1)?);
        let profile = high * 2 + low;
        if profile == 3 {
            bits.flag()?;
        }
        let shows_existing = bits.flag()?;
        let is_key = !bits.flag()?;
        bits.skip_bits(2)?;
        if shows_existing || !is_key || bits.take(24)? != 0x49_8342 {
            return None;
        }
        let bit_depth = match (profile >= 2, profile >= 2 && bits.flag()?) {
            (true, true) => 12,
            (true, false) => 10,
            _ => 8,
        };
        let space = bits.take(3)?;
        let (mut full_range, mut subsampling) = (true, 3);
        if space == 7 {
            if profile % 2 == 1 {
                bits.flag()?;
            }
        } else {
            full_range = bits.flag()?;
            subsampling = 1;
            if profile % 2 == 1 {
                subsampling = match (bits.flag()?, bits.flag()?) {
                    (false, _) => 3,
                    (true, false) => 2,
                    (true, true) => 1,
                };
                bits.flag()?;
            }
        }
        let color = match space {
            1 => [5, 6, 5],
            2 => [1, 1, 1],
            3 => [6, 6, 6],
            4 => [7, 7, 7],
            5 => [9, 14, 9],
            7 => [1, 13, 0],
            _ => [2, 2, 2],
        };
        let (width, height) = (bits.take(16)? + 1, bits.take(16)? + 1);
        Some(Self { profile, bit_depth, subsampling, full_range, color, width, height })
    }

    /// The lowest level that allows pictures of this size, `milli` thousandths of a picture a second.
    pub(crate) fn level(&self, milli: u64) -> u8 {
        let picture = u64::from(self.width).saturating_mul(u64::from(self.height));
        let second = picture.saturating_mul(milli) / 1_000;
        let fits = |(_, pixels, size): &&(u8, u64, u64)| second <= *pixels && picture <= *size;
        LEVELS.iter().find(fits).map_or(62, |(level, ..)| *level)
    }

    /// The body of a `vpcC` (VP codecs in ISO BMFF, 2.2), with other colors where something else names them.
    pub(crate) fn config(&self, milli: u64, color: Option<[u8; 3]>) -> Vec<u8> {
        let mut body = vec![1, 0, 0, 0, self.profile, self.level(milli)];
        body.push(self.bit_depth << 4 | self.subsampling << 1 | u8::from(self.full_range));
        body.extend(color.unwrap_or(self.color));
        body.extend([0, 0]);
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_frame_tells_profile_and_size() {
        // 640x360, profile 0, colors unknown.
        let frame = b"\x82\x49\x83\x42\x00\x27\xf0\x16\x70\x38";
        let header = FrameHeader::parse(frame).unwrap();
        assert_eq!((header.profile, header.bit_depth, header.subsampling), (0, 8, 1));
        assert_eq!((header.width, header.height), (640, 360));
        assert_eq!(header.config(30_000, None), b"\x01\0\0\0\0\x15\x82\x02\x02\x02\0\0");
        assert_eq!(FrameHeader::parse(b"\x86\x00"), None);
        for len in 0..frame.len() - 1 {
            assert_eq!(FrameHeader::parse(&frame[..len]), None);
        }
    }
}
