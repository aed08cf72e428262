//! Wire types that several asset operations share.

use crate::http::state::Edge;
use crate::videokit::track::{TranscodingTrack, flags, read_flags};
use kinora_domain::asset::{Asset, AssetSource, AssetState, AssetStatus};
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
pub(super) fn endpoints(edge: &Edge, asset: &Asset) -> Vec<EndpointInfo> {
    let AssetState::Available { duration_ms, size_bytes } = asset.state else { return Vec::new() };
    let url = |id: AssetId, document: &str| edge.link(&format!("/play/{id}/{document}"));
    let formats =
        [("hls", "HLS", "hls/master.m3u8"), ("dash", "DASH", "dash/manifest.mpd"), ("mp4", "MP4", "original.mp4")];
    let endpoint = |(id, format, document): (&str, &'static str, &str)| EndpointInfo {
        id: id.to_owned(),
        access_type: "Http",
        format,
        url: url(asset.id, document),
        preset: asset.preset.clone(),
        protection: "None",
        duration_milliseconds: duration_ms,
        size: size_bytes,
    };
    formats.into_iter().map(endpoint).collect()
}
