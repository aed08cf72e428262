//! What players are told of a codec.

use crate::bits::Cursor;
use crate::codec;
use crate::map::TrackHeader;

/// What stands in front of each parameter set in the manifest.
const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// Bytes of the length of a unit of H.264 that players take for granted: few read what a manifest says of it.
const LENGTH_LEN: u8 = 4;

/// What a decoder must know of a rendition, as the manifest says it ([MS-SSTR], 2.2.2.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setup {
    /// H.264.
    H264 {
        /// Width and height as coded, in pixels.
        coded: (u32, u32),
        /// Sequence and picture parameter sets, each with its start code.
        sets: Vec<u8>,
    },
    /// AAC-LC.
    Aac {
        /// The `AudioSpecificConfig` (ISO/IEC 14496-3, 1.6.2.1).
        config: Vec<u8>,
    },
    /// HE-AAC of both versions.
    HeAac {
        /// The `AudioSpecificConfig`.
        config: Vec<u8>,
    },
}

impl Setup {
    /// Of a track; `None` of those that players of Smooth Streaming do not take: other codecs, parameter sets that are only
    /// in the samples, and pictures that are to be turned.
    ///
    /// HEVC has a name in an amendment to the format, but players do not know it.
    pub fn of(header: &TrackHeader) -> Option<Self> {
        match header.codec_name.as_str() {
            "h264" if header.rotation == 0 => {
                let sets = parameter_sets(header.configuration(*b"avcC")?)?;
                Some(Self::H264 { coded: (header.coded_width, header.coded_height), sets })
            }
            "aac" => {
                let config = codec::specific_config(header.configuration(*b"esds")?)?.to_vec();
                match header.codec.as_str() {
                    "mp4a.40.2" => Some(Self::Aac { config }),
                    "mp4a.40.5" | "mp4a.40.29" => Some(Self::HeAac { config }),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The name of the codec in the manifest.
    pub fn four_cc(&self) -> &'static str {
        match self {
            Self::H264 { .. } => "H264",
            Self::Aac { .. } => "AACL",
            Self::HeAac { .. } => "AACH",
        }
    }

    /// The bytes that the manifest has as `CodecPrivateData`.
    pub fn private_data(&self) -> &[u8] {
        match self {
            Self::H264 { sets, .. } => sets,
            Self::Aac { config } | Self::HeAac { config } => config,
        }
    }
}

/// The parameter sets of an `avcC` (ISO/IEC 14496-15, 5.3.3.1); `None` unless it has both kinds.
fn parameter_sets(config: &[u8]) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(config);
    cursor.skip(4)?;
    if (cursor.u8()? & 3) + 1 != LENGTH_LEN {
        return None;
    }
    let mut out = Vec::with_capacity(config.len() + 8);
    for mask in [0x1f, 0xff] {
        let count = cursor.u8()? & mask;
        for _ in 0..count {
            let len = usize::from(cursor.u16()?);
            out.extend_from_slice(&START_CODE);
            out.extend_from_slice(cursor.take(len)?);
        }
        if count == 0 {
            return None;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_both_kinds_are_taken_in_their_order() {
        let config = b"\x01\x64\x00\x1e\xff\xe1\x00\x03\x67\x64\x00\x02\x00\x01\x68\x00\x02\x68\xee\xfd\xf8\xf8\x00";
        let sets = b"\0\0\0\x01\x67\x64\x00\0\0\0\x01\x68\0\0\0\x01\x68\xee";
        assert_eq!(parameter_sets(config).as_deref(), Some(&sets[..]));
        for refused in [
            &b"\x01\x64\x00\x1e\xff\xe0\x01\x00\x01\x68"[..],
            b"\x01\x64\x00\x1e\xff\xe1\x00\x01\x67\x00",
            b"\x01\x64\x00\x1e\xfd\xe1\x00\x01\x67\x01\x00\x01\x68",
            b"\x01\x64\x00\x1e\xff\xe1\x00\x09\x67\x01\x00\x01\x68",
            b"",
        ] {
            assert_eq!(parameter_sets(refused), None, "{}", refused.escape_ascii());
        }
    }
}
