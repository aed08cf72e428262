//! Tracks on the wire.

use kinora_domain::asset::AskedTrack;
use kinora_domain::track::{FoundTrack, TrackKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a track carries.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub(crate) enum TrackType {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Timed text.
    Captions,
}

impl From<TrackKind> for TrackType {
    fn from(kind: TrackKind) -> Self {
        match kind {
            TrackKind::Video => Self::Video,
            TrackKind::Audio => Self::Audio,
            TrackKind::Captions => Self::Captions,
        }
    }
}

impl From<TrackType> for TrackKind {
    fn from(kind: TrackType) -> Self {
        match kind {
            TrackType::Video => Self::Video,
            TrackType::Audio => Self::Audio,
            TrackType::Captions => Self::Captions,
        }
    }
}

/// Names a track of a file, as `detect` does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TrackSelector {
    /// Such as `audio_1`.
    pub track_id: String,
}

/// A track of a file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TranscodingTrack {
    /// Which one.
    pub track_selector: TrackSelector,
    /// What it carries.
    #[serde(rename = "type")]
    pub kind: TrackType,
    /// BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Name for viewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl From<&FoundTrack> for TranscodingTrack {
    fn from(track: &FoundTrack) -> Self {
        Self {
            track_selector: TrackSelector { track_id: track.selector.clone() },
            kind: track.kind.into(),
            language: track.language.clone(),
            name: track.name.clone(),
        }
    }
}

impl From<&AskedTrack> for TranscodingTrack {
    fn from(track: &AskedTrack) -> Self {
        Self {
            track_selector: TrackSelector { track_id: track.selector.clone() },
            kind: track.kind.into(),
            language: track.language.clone(),
            name: track.name.clone(),
        }
    }
}

impl From<TranscodingTrack> for AskedTrack {
    fn from(track: TranscodingTrack) -> Self {
        Self {
            selector: track.track_selector.track_id,
            kind: track.kind.into(),
            language: track.language,
            name: track.name,
        }
    }
}

/// Kinds of track as that vendor's flags: `Video, Audio`; captions are `Caption` here.
pub(super) fn flags(kinds: &[TrackKind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| flag(*kind)).collect();
    names.join(", ")
}

/// Reads flags; `None` for a word that is none.
pub(super) fn read_flags(text: &str) -> Option<Vec<TrackKind>> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| TrackKind::ALL.into_iter().find(|kind| flag(*kind).eq_ignore_ascii_case(word))).collect()
}

const fn flag(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Video => "Video",
        TrackKind::Audio => "Audio",
        TrackKind::Captions => "Caption",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_words_with_commas() {
        let kinds = vec![TrackKind::Video, TrackKind::Captions];
        assert_eq!(flags(&kinds), "Video, Caption");
        assert_eq!(read_flags("video,Caption"), Some(kinds));
        assert_eq!(read_flags(""), Some(vec![]));
        assert_eq!(read_flags("Video, Smell"), None);
    }
}
