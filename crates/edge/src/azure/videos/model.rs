//! Videos on the wire.

use crate::azure::{blob, formats};
use crate::http::conditional::tag_of;
use crate::http::state::Edge;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kinora_app::video::{self, InputKey, Stage};
use kinora_domain::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a video is encrypted on its way to viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum ContentProtectionMode {
    /// Not at all.
    None,
    /// By AES-128: players need an authorization token.
    #[serde(rename = "AES128")]
    Aes128,
}

/// How an upload is encrypted by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum InputStorageEncryptionMode {
    /// AES-256 in counter mode, without padding.
    #[serde(rename = "AES256")]
    Aes256,
}

/// A video.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Video {
    /// Its id.
    pub id: String,
    /// Where its bytes go, as a blob of Azure's; null after the upload was marked as complete.
    pub upload_uri: Option<String>,
    /// A GUID with the ending of the name that was given.
    #[schema(example = "0e8f9d0c-5c0b-4b1e-9c58-0a6f4a6c2d35.mp4")]
    pub original_file_name: String,
    /// Its length in seconds; 0 until that is known.
    pub duration: u64,
    /// How it is encrypted on its way to viewers.
    pub content_protection_mode: ContentProtectionMode,
    /// The id of its key; null unless it is encrypted.
    pub content_protection_key_id: Option<String>,
    /// How its upload is encrypted; null where it is not.
    pub input_storage_encryption_mode: Option<InputStorageEncryptionMode>,
    /// The key for that, 32 bytes in Base64. Told when the video is created, and never again.
    pub input_storage_encryption_symmetric_key: Option<String>,
    /// The first counter block for that, 16 bytes in Base64. Told when the video is created, and never again.
    pub input_storage_encryption_iv: Option<String>,
}

impl Video {
    /// The wire form of a video.
    pub(super) fn show(edge: &Edge, video: &video::Video) -> Self {
        let name = format!("{}{}", video.id, video.ending);
        Self {
            id: video.id.to_string(),
            upload_uri: video.upload.as_ref().map(|link| blob::url(edge, link, &name)),
            original_file_name: name,
            duration: video.duration_ms.saturating_add(500) / 1_000,
            content_protection_mode: match video.key {
                None => ContentProtectionMode::None,
                Some(_) => ContentProtectionMode::Aes128,
            },
            content_protection_key_id: video.key.map(|key| key.to_string()),
            input_storage_encryption_mode: video.is_input_encrypted.then_some(InputStorageEncryptionMode::Aes256),
            input_storage_encryption_symmetric_key: None,
            input_storage_encryption_iv: None,
        }
    }

    /// The same with what is told once.
    pub(super) fn with_input(self, input: Option<&InputKey>) -> Self {
        Self {
            input_storage_encryption_symmetric_key: input.map(|input| STANDARD.encode(input.key)),
            input_storage_encryption_iv: input.map(|input| STANDARD.encode(input.iv)),
            ..self
        }
    }
}

/// The tag of a video. Its upload link is signed anew from time to time, and says nothing of what changed: only whether there is
/// one counts.
pub(super) fn tag(edge: &Edge, video: &video::Video) -> String {
    let is_open = video.stage == Stage::Awaiting;
    let shown = Video { upload_uri: is_open.then(String::new), ..Video::show(edge, video) };
    tag_of(&serde_json::to_vec(&shown).unwrap_or_default())
}

/// What a client says about a video. All fields of a video are known, so that one can be sent back as it came; what the server
/// decides is passed over.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct VideoInput {
    /// The name of its file, with one of the endings of `/api/Formats`.
    #[schema(example = "holiday.mp4")]
    pub original_file_name: String,
    /// `None`, or `AES128`.
    #[schema(value_type = Option<ContentProtectionMode>)]
    pub content_protection_mode: Option<String>,
    /// Nothing, or `AES256`.
    #[schema(value_type = Option<InputStorageEncryptionMode>)]
    pub input_storage_encryption_mode: Option<String>,
    /// Passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "known, so that a video can be sent back as it came")]
    pub id: Option<String>,
    /// Passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "known, so that a video can be sent back as it came")]
    pub upload_uri: Option<String>,
    /// Passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "known, so that a video can be sent back as it came")]
    pub duration: Option<i64>,
    /// Passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "known, so that a video can be sent back as it came")]
    pub content_protection_key_id: Option<String>,
    /// Passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "known, so that a video can be sent back as it came")]
    pub input_storage_encryption_symmetric_key: Option<String>,
    /// Passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "known, so that a video can be sent back as it came")]
    pub input_storage_encryption_iv: Option<String>,
}

impl VideoInput {
    /// The name, where it has one of the endings.
    ///
    /// # Errors
    /// It has another.
    pub(super) fn name(&self) -> Result<String, Problem> {
        if formats::is_listed(&self.original_file_name) {
            return Ok(self.original_file_name.clone());
        }
        let message = "The name must end with a dot and one of the extensions of `/api/Formats`.";
        Err(Problem::invalid("OriginalFileName", message))
    }

    /// Whether the video is encrypted for viewers; `None` where nothing is said.
    ///
    /// # Errors
    /// It is another word.
    pub(super) fn is_protected(&self) -> Result<Option<bool>, Problem> {
        let word = self.content_protection_mode.as_deref().filter(|word| !word.is_empty());
        match word.map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("none") => Ok(Some(false)),
            Some("aes128") => Ok(Some(true)),
            Some(_) => Err(Problem::invalid("ContentProtectionMode", "The value must be `None` or `AES128`.")),
        }
    }

    /// Whether the upload is encrypted.
    ///
    /// # Errors
    /// It is another word.
    pub(super) fn is_input_encrypted(&self) -> Result<bool, Problem> {
        match self.input_storage_encryption_mode.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("") => Ok(false),
            Some("aes256") => Ok(true),
            Some(_) => Err(Problem::invalid("InputStorageEncryptionMode", "The value must be `AES256`, or nothing.")),
        }
    }
}

/// The answer to a word in a query that is none of those that there are, in the vendor's sentence.
pub(super) fn invalid_request() -> Problem {
    Problem::new(Kind::Invalid, "invalid_request", "The request is invalid.")
}
