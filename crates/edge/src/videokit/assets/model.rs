//! Wire types that several asset operations share.

use crate::videokit::track::{TranscodingTrack, flags, read_flags};
use kinora_domain::asset::{AssetSource, AssetStatus};
use kinora_domain::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file that an asset is made of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VodSource {
    /// The file.
    pub file_id: String,
    /// Which of its tracks. The first video track is always taken; once tracks are given, audio is
    /// taken only as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcoding_tracks: Vec<TranscodingTrack>,
    /// What is in it, such as `Video, Audio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_types_flag: Option<String>,
}

impl VodSource {
    /// The wire form of a source.
    pub(super) fn show(source: &AssetSource) -> Self {
        Self {
            file_id: source.file.to_string(),
            transcoding_tracks: source.tracks.iter().map(TranscodingTrack::from).collect(),
            file_types_flag: (!source.kinds.is_empty()).then(|| flags(&source.kinds)),
        }
    }

    /// The source at `index` of a request.
    ///
    /// # Errors
    /// Names the field that cannot be read.
    pub(super) fn read(self, index: usize) -> Result<AssetSource, Problem> {
        let field = |name: &str| format!("transcodedSources[{index}].{name}");
        let file = self.file_id.parse().map_err(|_malformed| Problem {
            kind: Kind::NotFound,
            field: Some(field("fileId")),
            ..Problem::not_found("file")
        })?;
        let flags = self.file_types_flag.unwrap_or_default();
        let kinds = read_flags(&flags).ok_or_else(|| {
            Problem::invalid(
                field("fileTypesFlag"),
                "The flags are `Video`, `Audio` and `Caption`, with commas between.",
            )
        })?;
        Ok(AssetSource { file, kinds, tracks: self.transcoding_tracks.into_iter().map(Into::into).collect() })
    }
}

/// The state of an asset.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = AssetStatus)]
pub(crate) enum AssetStatusName {
    /// Work has not begun.
    Pending,
    /// Work is under way.
    Processing,
    /// It plays.
    Available,
    /// It cannot play.
    Error,
    /// It is gone.
    Deleted,
}

impl From<AssetStatus> for AssetStatusName {
    fn from(status: AssetStatus) -> Self {
        match status {
            AssetStatus::Pending => Self::Pending,
            AssetStatus::Processing => Self::Processing,
            AssetStatus::Available => Self::Available,
            AssetStatus::Failed => Self::Error,
            AssetStatus::Deleted => Self::Deleted,
        }
    }
}

impl AssetStatusName {
    /// The core's status of that name, without letter case.
    pub(super) fn read(text: &str) -> Option<AssetStatus> {
        let named = |status: &AssetStatus| format!("{:?}", Self::from(*status)).eq_ignore_ascii_case(text);
        AssetStatus::ALL.into_iter().find(named)
    }
}
