//! Addresses of fragments.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// What the picture is called.
const PICTURE: &str = "video";

/// What a sound is called, in front of the id of its rendition.
const SOUND: &str = "audio_";

/// A stream of the manifest: what its name says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The picture, in all its bit rates: `video`.
    Picture,
    /// The sound of the rendition with that [id](crate::Rendition::id): `audio_` and the id.
    Sound(String),
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture => f.write_str(PICTURE),
            Self::Sound(id) => write!(f, "{SOUND}{id}"),
        }
    }
}

/// The address of a fragment relative to the presentation ([MS-SSTR], 2.2.3):
/// `QualityLevels(1500000)/Fragments(video=40000000)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Bits in a second, as the manifest tells them: they say which rendition of the stream it is.
    pub bitrate: u32,
    /// The stream.
    pub stream: Stream,
    /// When the fragment starts, in units of 100 nanoseconds.
    pub time: u64,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bitrate, stream, time } = self;
        write!(f, "QualityLevels({bitrate})/Fragments({stream}={time})")
    }
}

/// A text that is no address of a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the address of a fragment")]
pub struct MalformedAddress;

impl FromStr for Address {
    type Err = MalformedAddress;

    fn from_str(text: &str) -> Result<Self, MalformedAddress> {
        let parse = || {
            let (bitrate, rest) = text.strip_prefix("QualityLevels(")?.split_once(")/Fragments(")?;
            let (stream, time) = rest.strip_suffix(')')?.split_once('=')?;
            let stream = match stream.strip_prefix(SOUND) {
                Some(id) => Stream::Sound(id.to_owned()),
                None if stream == PICTURE => Stream::Picture,
                None => return None,
            };
            let address = Self { bitrate: bitrate.parse().ok()?, stream, time: time.parse().ok()? };
            // One fragment, one spelling: no plus signs or leading zeros, which caches would keep apart.
            (address.to_string() == text).then_some(address)
        };
        parse().ok_or(MalformedAddress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        let sound = Stream::Sound("a1-1".to_owned());
        for (text, bitrate, stream, time) in [
            ("QualityLevels(1500000)/Fragments(video=0)", 1_500_000, Stream::Picture, 0),
            ("QualityLevels(1)/Fragments(audio_a1-1=18446744073709551615)", 1, sound, u64::MAX),
        ] {
            let address = Address { bitrate, stream, time };
            assert_eq!(text.parse(), Ok(address.clone()));
            assert_eq!(address.to_string(), text);
        }
        for text in [
            "",
            "QualityLevels(1)/Fragments(video=0",
            "QualityLevels(1)/Fragments(video=)",
            "QualityLevels(1)/Fragments(video=00)",
            "QualityLevels(+1)/Fragments(video=0)",
            "QualityLevels(01)/Fragments(video=0)",
            "QualityLevels(4294967296)/Fragments(video=0)",
            "QualityLevels(1)/Fragments(audio=0)",
            "QualityLevels(1)/Fragments(video=0)/",
            "QualityLevels(1)/Fragments(video=0=0)",
            "/QualityLevels(1)/Fragments(video=0)",
            "QualityLevels(1)/FragmentInfo(video=0)",
        ] {
            assert_eq!(text.parse::<Address>(), Err(MalformedAddress), "{text}");
        }
    }
}
