//! Intakes: videos that are announced first, uploaded in blocks of any size and order, and become assets of the same id.

use crate::block::BlockName;
use crate::file::Failure;
use crate::id::{AssetId, ContentKeyId, FileId, ObjectId, OrganizationId, ProjectId};
use crate::problem::{Kind, Problem};
use crate::time::Timestamp;

/// A video that is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The id of the asset that it becomes.
    pub id: AssetId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Where it lies.
    pub project: ProjectId,
    /// The client's name for its file. Data only: never a path, never an argument.
    pub name: String,
    /// What it is going to be made into, by name.
    pub preset: String,
    /// The id that the key of its encrypted output is going to have: clients are told before there is one.
    pub key: Option<ContentKeyId>,
    /// How its bytes come.
    pub input: InputEncryption,
    /// How far it is.
    pub state: IntakeState,
    /// When it was announced.
    pub created: Timestamp,
    /// When anything of it last changed.
    pub modified: Timestamp,
}

/// How the bytes of an upload come.
#[derive(Clone, PartialEq, Eq)]
pub enum InputEncryption {
    /// As they are.
    None,
    /// Encrypted by the client: AES-256 in counter mode, without padding.
    Aes256 {
        /// Key (32 bytes) and first counter block (16 bytes), sealed under the master key.
        sealed: Vec<u8>,
    },
}

impl core::fmt::Debug for InputEncryption {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Aes256 { .. } => "Aes256",
        })
    }
}

/// The life of an intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeState {
    /// Bytes are welcome.
    Open {
        /// What was written as a whole so far: blocks that nobody put in order are not part of it.
        content: Option<Content>,
    },
    /// The upload was complete, and its bytes are a file.
    Received {
        /// The file.
        file: FileId,
    },
    /// The upload was complete, and its bytes cannot be used. They are gone.
    Failed(Failure),
}

/// What was written as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Names this writing of it, 16 digits in hex.
    pub tag: String,
    /// Bytes.
    pub size: u64,
    /// When.
    pub written: Timestamp,
}

/// A stretch of the content, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The block that it came as; `None` for content that came in one piece.
    pub name: Option<BlockName>,
    /// Where its bytes are.
    pub object: ObjectId,
    /// Bytes.
    pub size: u64,
}

impl IntakeState {
    /// What was written, while bytes are welcome.
    ///
    /// # Errors
    /// `Conflict`: the upload is over.
    pub fn content(&self) -> Result<Option<&Content>, Problem> {
        match self {
            Self::Open { content } => Ok(content.as_ref()),
            Self::Received { .. } | Self::Failed(_) => {
                let message = "The upload of this video is complete already.";
                Err(Problem::new(Kind::Conflict, "upload_completed", message))
            }
        }
    }
}
