//! Assets: the playable things.

use crate::file::{Failure, MetadataJson};
use crate::id::{AssetId, FileId, OrganizationId, ProjectId};
use crate::playback::AssetPolicy;
use crate::time::Timestamp;
use crate::track::TrackKind;

/// A playable thing in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Where it lies.
    pub project: ProjectId,
    /// Its title.
    pub title: Option<String>,
    /// Name of the preset that was asked for.
    pub preset: String,
    /// The client's metadata, a JSON object.
    pub metadata: Option<MetadataJson>,
    /// What it is made of, in the order given.
    pub sources: Vec<AssetSource>,
    /// What its viewers must show.
    pub playback: AssetPolicy,
    /// How far it is.
    pub state: AssetState,
    /// When it was made.
    pub created: Timestamp,
    /// When anything of it last changed.
    pub modified: Timestamp,
}

/// One file that an asset is made of, and which of its tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetSource {
    /// The file.
    pub file: FileId,
    /// The kinds that the client said the file has, as it said them; empty when it did not say.
    pub kinds: Vec<TrackKind>,
    /// The tracks asked for; empty when the client left the choice to us.
    pub tracks: Vec<AskedTrack>,
}

/// A track that the client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedTrack {
    /// Which one, as `detect` names it (`audio_2`).
    pub selector: String,
    /// What the client says it carries.
    pub kind: TrackKind,
    /// Language to show, in place of the file's.
    pub language: Option<String>,
    /// Name to show, in place of the file's.
    pub name: Option<String>,
}

/// The life of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetState {
    /// Work has not begun.
    Pending,
    /// Work is under way.
    Processing,
    /// It plays.
    Available {
        /// Length of the presentation in milliseconds.
        duration_ms: u64,
        /// Bytes of the media that it plays.
        size_bytes: u64,
    },
    /// It cannot play.
    Failed(Failure),
    /// It was deleted; kept as a tombstone.
    Deleted {
        /// When.
        at: Timestamp,
    },
}

/// The answers of a listing about an asset's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetStatus {
    /// [`AssetState::Pending`].
    Pending,
    /// [`AssetState::Processing`].
    Processing,
    /// [`AssetState::Available`].
    Available,
    /// [`AssetState::Failed`].
    Failed,
    /// [`AssetState::Deleted`].
    Deleted,
}

impl AssetStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Processing, Self::Available, Self::Failed, Self::Deleted];

    /// The stable lower-case name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Available => "available",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl AssetState {
    /// The state without its data.
    pub const fn status(&self) -> AssetStatus {
        match self {
            Self::Pending => AssetStatus::Pending,
            Self::Processing => AssetStatus::Processing,
            Self::Available { .. } => AssetStatus::Available,
            Self::Failed(_) => AssetStatus::Failed,
            Self::Deleted { .. } => AssetStatus::Deleted,
        }
    }
}
