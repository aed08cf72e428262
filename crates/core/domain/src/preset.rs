//! Presets: what a client may ask an asset to be made into.

use crate::playback::Encryption;
use crate::problem::Problem;

/// A preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name in every dialect.
    pub name: &'static str,
    /// What it gives, for people.
    pub description: &'static str,
    /// What it gives.
    pub shape: Shape,
    /// How that is encrypted on its way to viewers.
    pub encryption: Encryption,
}

/// What a preset gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One quality, to be downloaded or played; no larger than `height` where that is named.
    Single {
        /// Pixels of the short side at most.
        height: Option<u32>,
    },
    /// Qualities that a player switches between, none larger than `height`.
    Ladder {
        /// Pixels of the short side at most.
        height: u32,
    },
    /// Sound alone.
    Sound(SoundFormat),
}

/// How sound is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SoundFormat {
    /// AAC-LC.
    Aac,
    /// MPEG audio layer 3.
    Mp3,
}

const fn preset(name: &'static str, shape: Shape, description: &'static str) -> Preset {
    Preset { name, description, shape, encryption: Encryption::None }
}

const fn protected(name: &'static str, height: u32, encryption: Encryption, description: &'static str) -> Preset {
    Preset { name, description, shape: Shape::Ladder { height }, encryption }
}

const AES128: Encryption = Encryption::Aes128;
const DRM: Encryption = Encryption::Drm;

/// All presets.
pub const PRESETS: [Preset; 14] = [
    preset("mp4", Shape::Single { height: None }, "One MP4 in the size of the original."),
    preset("mp4_720p", Shape::Single { height: Some(720) }, "One MP4 of at most 720 lines."),
    preset("mp4_1080p", Shape::Single { height: Some(1_080) }, "One MP4 of at most 1080 lines."),
    preset("dash_hls_720p", Shape::Ladder { height: 720 }, "Adaptive streaming by HLS and DASH up to 720 lines."),
    preset("dash_hls_1080p", Shape::Ladder { height: 1_080 }, "Adaptive streaming by HLS and DASH up to 1080 lines."),
    preset("dash_hls_2160p", Shape::Ladder { height: 2_160 }, "Adaptive streaming by HLS and DASH up to 2160 lines."),
    protected("dash_hls_720p_aes128", 720, AES128, "HLS and DASH up to 720 lines, encrypted by AES-128."),
    protected("dash_hls_1080p_aes128", 1_080, AES128, "HLS and DASH up to 1080 lines, encrypted by AES-128."),
    protected("dash_hls_2160p_aes128", 2_160, AES128, "HLS and DASH up to 2160 lines, encrypted by AES-128."),
    protected("dash_hls_720p_drm", 720, DRM, "HLS and DASH up to 720 lines, by Common Encryption."),
    protected("dash_hls_1080p_drm", 1_080, DRM, "HLS and DASH up to 1080 lines, by Common Encryption."),
    protected("dash_hls_2160p_drm", 2_160, DRM, "HLS and DASH up to 2160 lines, by Common Encryption."),
    preset("audio_m4a", Shape::Sound(SoundFormat::Aac), "The sound alone, as AAC."),
    preset("audio_mp3", Shape::Sound(SoundFormat::Mp3), "The sound alone, as MP3."),
];

impl Preset {
    /// Whether it gives a single file that people download.
    pub const fn creates_download(&self) -> bool {
        matches!(self.shape, Shape::Single { .. } | Shape::Sound(_))
    }

    /// How sound is made where it is.
    pub const fn sound_format(&self) -> SoundFormat {
        match self.shape {
            Shape::Sound(format) => format,
            Shape::Single { .. } | Shape::Ladder { .. } => SoundFormat::Aac,
        }
    }

    /// Whether pictures are left out.
    pub const fn is_sound_only(&self) -> bool {
        matches!(self.shape, Shape::Sound(_))
    }
}

/// The preset of that name.
///
/// # Errors
/// There is none; the sentence names those that there are.
pub fn find(name: &str) -> Result<Preset, Problem> {
    PRESETS.into_iter().find(|preset| preset.name == name).ok_or_else(|| {
        let names = PRESETS.map(|preset| preset.name).join(", ");
        Problem::invalid("preset", format!("There is no preset of this name; there are: {names}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_preset_is_answered_with_the_known_ones() {
        assert_eq!(find("mp4_720p").unwrap().shape, Shape::Single { height: Some(720) });
        let refused = find("mp5").unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("preset"));
        assert!(PRESETS.iter().all(|preset| refused.message.contains(preset.name)));
    }
}
