//! Wire types that several asset operations share.

use crate::http::state::Edge;
use crate::videokit::track::{TranscodingTrack, flags, read_flags};
use kinora_app::play::Ways;
use kinora_app::process::OutputView;
use kinora_domain::asset::{Asset, AssetSource, AssetState, AssetStatus};
use kinora_domain::output::OutputState;
use kinora_domain::{AssetId, Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file that an asset is made of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
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

/// A way to play an asset.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndpointInfo {
    /// Names it within the asset.
    pub id: String,
    /// `Http`.
    #[schema(example = "Http")]
    pub access_type: &'static str,
    /// `HLS`, `DASH` or `MP4`.
    #[schema(example = "HLS")]
    pub format: &'static str,
    /// Where it is.
    pub url: String,
    /// The preset that it comes from.
    pub preset: String,
    /// `None`: it is not protected.
    #[schema(example = "None")]
    pub protection: &'static str,
    /// Its length in milliseconds.
    pub duration_milliseconds: u64,
    /// Bytes of its media.
    pub size: u64,
}

/// The ways to play an asset; none while it does not.
pub(super) fn endpoints(edge: &Edge, asset: &Asset, ways: Ways) -> Vec<EndpointInfo> {
    let (duration_ms, size_bytes) = match asset.state {
        AssetState::Available { duration_ms, size_bytes } => (duration_ms, size_bytes),
        // Both are known when all of it is there.
        AssetState::Processing => (0, 0),
        AssetState::Pending | AssetState::Failed(_) | AssetState::Deleted { .. } => return Vec::new(),
    };
    let url = |id: AssetId, document: &str| edge.link(&format!("/play/{id}/{document}"));
    let formats = [
        ("hls", "HLS", "hls/master.m3u8", ways.streams),
        ("dash", "DASH", "dash/manifest.mpd", ways.streams),
        ("mp4", "MP4", "original.mp4", ways.original),
    ];
    let endpoint = |(id, format, document, _): (&str, &'static str, &str, bool)| EndpointInfo {
        id: id.to_owned(),
        access_type: "Http",
        format,
        url: url(asset.id, document),
        preset: asset.preset.clone(),
        protection: "None",
        duration_milliseconds: duration_ms,
        size: size_bytes,
    };
    formats.into_iter().filter(|(_, _, _, plays)| *plays).map(endpoint).collect()
}

/// Something that an asset is made into; the first is what its own preset asks for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntityTranscodingOutput)]
pub(crate) struct OutputInfo {
    /// Its id.
    pub id: String,
    /// Name of its preset.
    pub preset: String,
    /// How far it is. The asset may play before its output is available.
    pub status: AssetStatusName,
    /// Hundredths that are done: 100 when all is, and never fewer than before.
    pub progress_percent: u8,
    /// Milliseconds that are left at the pace so far; absent where there is no pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_milliseconds: Option<u64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl From<&OutputView> for OutputInfo {
    fn from(view: &OutputView) -> Self {
        let (status, error_message) = match &view.output.state {
            OutputState::Waiting => (AssetStatusName::Pending, None),
            OutputState::Processing { .. } => (AssetStatusName::Processing, None),
            OutputState::Completed => (AssetStatusName::Available, None),
            OutputState::Stalled(failure) | OutputState::Failed(failure) => {
                (AssetStatusName::Error, Some(failure.message.clone()))
            }
        };
        let (id, preset) = (view.output.id.to_string(), view.output.preset.clone());
        let (progress_percent, remaining_milliseconds) = (view.percent, view.left_ms);
        Self { id, preset, status, progress_percent, remaining_milliseconds, error_message }
    }
}
