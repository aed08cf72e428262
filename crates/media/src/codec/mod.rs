//! Codecs that players take, and the strings by which manifests name them (RFC 6381).

mod audio;
mod sps;
mod video;

pub(crate) use audio::{
    AdtsFacts, AudioFacts, aac_frame, ac3, adts, eac3, elementary_stream, flac, mp3_esds, opus, specific_config,
};
pub(crate) use sps::avc_profile;
pub(crate) use video::{av1, avc, hevc, vp9};

pub use sps::AvcProfile;

use core::fmt::Write as _;

use crate::error::FourCc;

/// How the samples of a track are coded, with what its RFC 6381 name needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// H.264 (AVC), as `avc1` or `avc3`.
    H264 {
        /// `profile_idc`.
        profile: u8,
        /// The byte of constraint flags.
        constraints: u8,
        /// `level_idc`.
        level: u8,
        /// Whether parameter sets come only in the samples (`avc3`).
        in_band: bool,
    },
    /// H.265 (HEVC), as `hvc1` or `hev1`.
    Hevc {
        /// Profile space and `profile_idc`, as in the first byte behind the version: two bits, tier flag, five bits.
        profile: u8,
        /// Profile compatibility flags, first flag in the highest bit.
        compatibility: u32,
        /// Constraint indicator flags.
        constraints: [u8; 6],
        /// `level_idc`: thirty times the level.
        level: u8,
        /// Whether parameter sets come only in the samples (`hev1`).
        in_band: bool,
    },
    /// AV1.
    Av1 {
        /// `seq_profile`.
        profile: u8,
        /// `seq_level_idx_0`.
        level: u8,
        /// Whether the high tier is used.
        high_tier: bool,
        /// Bits of a sample.
        bit_depth: u8,
    },
    /// VP9.
    Vp9 {
        /// Profile.
        profile: u8,
        /// Ten times the level.
        level: u8,
        /// Bits of a sample.
        bit_depth: u8,
    },
    /// AAC in any of its forms.
    Aac {
        /// MPEG-4 audio object type: 2 LC, 5 HE-AAC, 29 HE-AAC v2, 42 xHE-AAC.
        object_type: u8,
    },
    /// Opus.
    Opus,
    /// MPEG audio layer 3.
    Mp3,
    /// Dolby Digital.
    Ac3,
    /// Dolby Digital Plus.
    Eac3,
    /// FLAC.
    Flac,
    /// Anything that cannot be packaged.
    Unsupported {
        /// The sample format that the file names.
        fourcc: FourCc,
    },
}

impl Codec {
    /// The name of the codec in manifests (RFC 6381), such as `avc1.640028`.
    pub fn rfc6381(&self) -> String {
        match self {
            Self::H264 { profile, constraints, level, in_band } => {
                let tag = if *in_band { "avc3" } else { "avc1" };
                format!("{tag}.{profile:02X}{constraints:02X}{level:02X}")
            }
            Self::Hevc { profile, compatibility, constraints, level, in_band } => {
                let mut name = String::from(if *in_band { "hev1." } else { "hvc1." });
                name.push_str(match profile >> 6 {
                    0 => "",
                    1 => "A",
                    2 => "B",
                    _ => "C",
                });
                let tier = if profile & 0x20 == 0 { 'L' } else { 'H' };
                let last = constraints.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
                let parts = constraints.iter().take(last).fold(String::new(), |mut parts, byte| {
                    // Writing to a string cannot fail.
                    write!(parts, ".{byte:02X}").unwrap_or_default();
                    parts
                });
                format!("{name}{}.{:X}.{tier}{level}{parts}", profile & 0x1f, compatibility.reverse_bits())
            }
            Self::Av1 { profile, level, high_tier, bit_depth } => {
                let tier = if *high_tier { 'H' } else { 'M' };
                format!("av01.{profile}.{level:02}{tier}.{bit_depth:02}")
            }
            Self::Vp9 { profile, level, bit_depth } => format!("vp09.{profile:02}.{level:02}.{bit_depth:02}"),
            Self::Aac { object_type } => format!("mp4a.40.{object_type}"),
            Self::Opus => "opus".to_owned(),
            Self::Mp3 => "mp4a.6B".to_owned(),
            Self::Ac3 => "ac-3".to_owned(),
            Self::Eac3 => "ec-3".to_owned(),
            Self::Flac => "fLaC".to_owned(),
            Self::Unsupported { fourcc } => fourcc.to_string(),
        }
    }

    /// A short name for people and interfaces, such as `h264`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::H264 { .. } => "h264",
            Self::Hevc { .. } => "hevc",
            Self::Av1 { .. } => "av1",
            Self::Vp9 { .. } => "vp9",
            Self::Aac { .. } => "aac",
            Self::Opus => "opus",
            Self::Mp3 => "mp3",
            Self::Ac3 => "ac3",
            Self::Eac3 => "eac3",
            Self::Flac => "flac",
            Self::Unsupported { fourcc } => match &fourcc.0 {
                b"tx3g" => "mov_text",
                b"text" => "text",
                b"wvtt" => "webvtt",
                b"stpp" => "ttml",
                _ => "unsupported",
            },
        }
    }

    /// Whether tracks of this codec are packaged.
    pub fn is_playable(&self) -> bool {
        !matches!(self, Self::Unsupported { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_have_the_names_that_players_know() {
        let hevc = |profile, compatibility, constraints, level, in_band| Codec::Hevc {
            profile,
            compatibility,
            constraints,
            level,
            in_band,
        };
        let cases = [
            (Codec::H264 { profile: 0x64, constraints: 0, level: 0x28, in_band: false }, "avc1.640028"),
            (Codec::H264 { profile: 0x42, constraints: 0xc0, level: 0x1e, in_band: true }, "avc3.42C01E"),
            (hevc(1, 0x6000_0000, [0xb0, 0, 0, 0, 0, 0], 93, false), "hvc1.1.6.L93.B0"),
            (hevc(0x22, 0x2000_0000, [0xb0, 0, 0x23, 0, 0, 0], 150, true), "hev1.2.4.H150.B0.00.23"),
            (hevc(0x44, 0x0800_0000, [0; 6], 120, false), "hvc1.A4.10.L120"),
            (Codec::Av1 { profile: 0, level: 4, high_tier: false, bit_depth: 8 }, "av01.0.04M.08"),
            (Codec::Av1 { profile: 1, level: 19, high_tier: true, bit_depth: 10 }, "av01.1.19H.10"),
            (Codec::Vp9 { profile: 2, level: 10, bit_depth: 10 }, "vp09.02.10.10"),
            (Codec::Aac { object_type: 2 }, "mp4a.40.2"),
            (Codec::Aac { object_type: 29 }, "mp4a.40.29"),
            (Codec::Mp3, "mp4a.6B"),
            (Codec::Opus, "opus"),
            (Codec::Ac3, "ac-3"),
            (Codec::Eac3, "ec-3"),
            (Codec::Flac, "fLaC"),
        ];
        for (codec, expected) in cases {
            assert_eq!(codec.rfc6381(), expected);
            assert!(codec.is_playable());
        }
        assert!(!Codec::Unsupported { fourcc: FourCc(*b"tmcd") }.is_playable());
    }
}
