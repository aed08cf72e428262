//! Files: handles on uploaded bytes, from the first part to what the probe found.

use crate::id::{FileId, ObjectId, OrganizationId, ProjectId};
use crate::problem::{Kind, Problem};
use crate::time::Timestamp;
use crate::track::{FoundTrack, TrackKind};

/// Free text about a file or an asset, as ordered key and JSON value pairs kept as given.
/// The value is JSON text; the core never looks inside.
pub type MetadataJson = String;

/// A handle on uploaded bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Where it lies.
    pub project: ProjectId,
    /// The client's name for it. Data only: never a path, never an argument.
    pub name: String,
    /// What the name was when the upload began.
    pub original_name: String,
    /// The client's display name.
    pub friendly_name: String,
    /// The client's metadata, a JSON object.
    pub metadata: Option<MetadataJson>,
    /// Bytes, as announced at the start and enforced since.
    pub size: u64,
    /// Where the bytes are.
    pub object: ObjectId,
    /// How far it is.
    pub state: FileState,
    /// When the upload began.
    pub created: Timestamp,
    /// When anything of it last changed.
    pub modified: Timestamp,
}

/// The life of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// Parts are arriving.
    Uploading,
    /// All bytes are here and are of a type that we take.
    Completed(Content),
    /// The upload was given up, or what came cannot be used. The bytes stay until it is deleted.
    Failed(Failure),
}

/// What is in a completed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Stable name of the container as sniffed, such as `isobmff`.
    pub container: String,
    /// What a look inside gave.
    pub probe: Probe,
}

/// A look inside a completed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// A job is going to look.
    Pending,
    /// The tracks.
    Done {
        /// In file order.
        tracks: Vec<FoundTrack>,
    },
    /// It could not be read.
    Failed(Failure),
}

/// Why something is in an error state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable word for programs.
    pub reason: String,
    /// What happened, for people.
    pub message: String,
}

impl Failure {
    /// The failure that a public problem turns into when it is kept.
    pub fn from_problem(problem: &Problem) -> Self {
        Self { reason: problem.reason.to_owned(), message: problem.message.clone() }
    }
}

/// The three answers of a listing about a file's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileStatus {
    /// [`FileState::Uploading`].
    Uploading,
    /// [`FileState::Completed`].
    Completed,
    /// [`FileState::Failed`].
    Failed,
}

impl FileStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Uploading, Self::Completed, Self::Failed];

    /// The stable lower-case name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl FileState {
    /// The state without its data.
    pub const fn status(&self) -> FileStatus {
        match self {
            Self::Uploading => FileStatus::Uploading,
            Self::Completed(_) => FileStatus::Completed,
            Self::Failed(_) => FileStatus::Failed,
        }
    }

    /// All parts are verified and the bytes are media.
    ///
    /// # Errors
    /// The upload is over already.
    pub fn complete(self, content: Content) -> Result<Self, Problem> {
        self.while_uploading()?;
        Ok(Self::Completed(content))
    }

    /// The upload is given up, or its bytes cannot be used.
    ///
    /// # Errors
    /// The upload is over already.
    pub fn fail(self, failure: Failure) -> Result<Self, Problem> {
        self.while_uploading()?;
        Ok(Self::Failed(failure))
    }

    /// What is in the file.
    ///
    /// # Errors
    /// `Conflict`: parts are still arriving, or the upload failed.
    pub fn content(&self) -> Result<&Content, Problem> {
        match self {
            Self::Completed(content) => Ok(content),
            Self::Uploading => {
                Err(Problem::new(Kind::Conflict, "upload_incomplete", "The upload of this file is not complete."))
            }
            Self::Failed(failure) => {
                let message = format!("This file cannot be used: {}", failure.message);
                Err(Problem::new(Kind::Conflict, "file_failed", message))
            }
        }
    }

    /// Passes while parts are welcome.
    ///
    /// # Errors
    /// The upload is over: the sentence says how it ended.
    pub fn while_uploading(&self) -> Result<(), Problem> {
        match self {
            Self::Uploading => Ok(()),
            Self::Completed(_) => {
                Err(Problem::new(Kind::Conflict, "upload_completed", "This upload is complete already."))
            }
            Self::Failed(failure) => {
                Err(Problem::new(Kind::Conflict, "upload_failed", format!("This upload is over: {}", failure.message)))
            }
        }
    }
}

impl File {
    /// The tracks that the probe found; none while it has not looked.
    pub fn tracks(&self) -> &[FoundTrack] {
        match &self.state {
            FileState::Completed(Content { probe: Probe::Done { tracks }, .. }) => tracks,
            FileState::Completed(Content { probe: Probe::Pending | Probe::Failed(_), .. })
            | FileState::Uploading
            | FileState::Failed(_) => &[],
        }
    }

    /// The kinds of track in it, each once, in the order video, audio, captions.
    pub fn kinds(&self) -> Vec<TrackKind> {
        let tracks = self.tracks();
        TrackKind::ALL.into_iter().filter(|kind| tracks.iter().any(|track| track.kind == *kind)).collect()
    }
}
