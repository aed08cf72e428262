//! Pictures whose configuration a container carries in the form that MP4 has too.

use super::Vp9Frame;
use super::entry::Visual;
use crate::codec::{self, Codec};

/// Size, pixel aspect and color of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Picture {
    pub(crate) coded: (u32, u32),
    pub(crate) aspect: (u32, u32),
    /// Primaries, transfer characteristics and matrix; full range.
    pub(crate) color: Option<([u8; 3], bool)>,
}

/// A codec and its sample entry.
pub(crate) type KnownPicture = (Codec, Vec<u8>);

impl Picture {
    fn known(&self, codec: Codec, name: [u8; 4], config_name: [u8; 4], config: &[u8]) -> KnownPicture {
        let (width, height) = self.coded;
        let config = (config_name, config);
        (codec, Visual { name, width, height, config, aspect: self.aspect, color: self.color }.write())
    }

    /// H.264 with its `avcC`.
    pub(crate) fn avc(&self, config: &[u8]) -> Option<KnownPicture> {
        let codec = codec::avc(config)?;
        let in_band = matches!(codec, Codec::H264 { in_band: true, .. });
        Some(self.known(codec, if in_band { *b"avc3" } else { *b"avc1" }, *b"avcC", config))
    }

    /// HEVC with its `hvcC`.
    pub(crate) fn hevc(&self, config: &[u8]) -> Option<KnownPicture> {
        let codec = codec::hevc(config)?;
        let in_band = matches!(codec, Codec::Hevc { in_band: true, .. });
        Some(self.known(codec, if in_band { *b"hev1" } else { *b"hvc1" }, *b"hvcC", config))
    }

    /// AV1 with its `av1C`.
    pub(crate) fn av1(&self, config: &[u8]) -> Option<KnownPicture> {
        Some(self.known(codec::av1(config)?, *b"av01", *b"av1C", config))
    }

    /// VP9 by its first frame, at so many thousandths of a frame a second.
    pub(crate) fn vp9(&self, frame: &Vp9Frame, milli: u64) -> Option<KnownPicture> {
        let config = frame.config(milli, self.color.map(|(codes, _)| codes));
        Some(self.known(codec::vp9(&config)?, *b"vp09", *b"vpcC", &config))
    }
}
