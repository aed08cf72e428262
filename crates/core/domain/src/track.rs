//! Tracks: as found in a file, and as played by an asset.

use crate::id::{AssetId, ObjectId, OutputId, TrackId};

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Timed text.
    Captions,
}

impl TrackKind {
    /// Every kind, in the order of manifests.
    pub const ALL: [Self; 3] = [Self::Video, Self::Audio, Self::Captions];

    /// The stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Captions => "captions",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A track that the probe found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTrack {
    /// Its name in the API: kind and number among its kind from 1, such as `video_1`.
    pub selector: String,
    /// What it carries.
    pub kind: TrackKind,
    /// Short codec name, such as `h264`.
    pub codec: String,
    /// BCP 47 tag where the file names one.
    pub language: Option<String>,
    /// Title where the file names one.
    pub name: Option<String>,
}

impl FoundTrack {
    /// The next of its kind behind those of the same file that were found `before`.
    pub fn behind<'a>(
        before: impl IntoIterator<Item = &'a Self>,
        kind: TrackKind,
        codec: impl Into<String>,
        (language, name): (Option<String>, Option<String>),
    ) -> Self {
        let number = 1 + before.into_iter().filter(|earlier| earlier.kind == kind).count();
        Self { selector: selector(kind, number), kind, codec: codec.into(), language, name }
    }
}

/// Gives found tracks their selectors: `video_1`, `audio_1`, `audio_2`, ... in file order.
pub(crate) fn selector(kind: TrackKind, number_of_kind: usize) -> String {
    format!("{}_{number_of_kind}", kind.name())
}

/// One elementary stream of an asset: where its bytes are and the map that renders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Its id.
    pub id: TrackId,
    /// The asset that it belongs to.
    pub asset: AssetId,
    /// The output of it that plays this.
    pub output: OutputId,
    /// Its place in the manifests, from 0; unique in the asset.
    pub position: u32,
    /// What it carries.
    pub kind: TrackKind,
    /// The object that holds its samples: the upload itself, or its own once copied out. Of captions their text.
    pub media: ObjectId,
    /// The object that holds its encoded SegmentMap. Of captions the facts that manifests tell.
    pub map: ObjectId,
    /// Version of what the map renders, in URLs and ETags. Moving the samples to another object
    /// keeps it, since the same segments come out; anything that changes a byte of them raises it.
    pub version: u32,
    /// Whether manifests name it. One that better ones replaced is still played by who began with it.
    pub listed: bool,
}
