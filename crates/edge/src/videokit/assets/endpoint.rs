//! Endpoints on the wire: ours, and copies elsewhere as the client tells of them.

use crate::delivery::address;
use crate::http::state::Edge;
use kinora_app::process::OutputView;
use kinora_domain::endpoint::{Access, Format, HarvestedEndpoint, Protection, ProtectionDetails};
use kinora_domain::output::Output;
use kinora_domain::playback::Encryption;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an endpoint is fetched.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub(crate) enum EndpointAccessType {
    /// By HTTP.
    Http,
    /// From an object store.
    S3,
    /// From an archive.
    Glacier,
}

/// In which form an endpoint is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub(crate) enum MediaAssetFormatType {
    /// HTTP Live Streaming.
    #[serde(rename = "HLS")]
    Hls,
    /// MPEG-DASH.
    #[serde(rename = "DASH")]
    Dash,
    /// One MP4.
    #[serde(rename = "MP4")]
    Mp4,
    /// Smooth Streaming.
    SmoothStreaming,
}

/// Whether an endpoint is encrypted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub(crate) enum MediaAssetProtectionType {
    /// It is not.
    None,
    /// It is, for a license.
    Drm,
}

/// The keys of an encrypted endpoint.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProtectionDetailsInfo {
    /// Ids of the keys.
    #[serde(default)]
    pub key_ids: Vec<String>,
    /// Id of what they protect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
}

/// A way to play an asset.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EndpointInfo {
    /// Names it within the asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `Http`, `S3` or `Glacier`.
    pub access_type: EndpointAccessType,
    /// `HLS`, `DASH`, `MP4` or `SmoothStreaming`.
    pub format: MediaAssetFormatType,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The preset that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// `None` or `Drm`.
    pub protection: MediaAssetProtectionType,
    /// The keys, where it is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection_details: Option<ProtectionDetailsInfo>,
    /// Its length in milliseconds; 0 while more is coming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_milliseconds: Option<u64>,
    /// Bytes of its media; 0 while more is coming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

impl From<EndpointInfo> for HarvestedEndpoint {
    fn from(info: EndpointInfo) -> Self {
        let details =
            |details: ProtectionDetailsInfo| ProtectionDetails { keys: details.key_ids, content: details.content_id };
        Self {
            id: info.id,
            access: match info.access_type {
                EndpointAccessType::Http => Access::Http,
                EndpointAccessType::S3 => Access::S3,
                EndpointAccessType::Glacier => Access::Glacier,
            },
            format: match info.format {
                MediaAssetFormatType::Hls => Format::Hls,
                MediaAssetFormatType::Dash => Format::Dash,
                MediaAssetFormatType::Mp4 => Format::Mp4,
                MediaAssetFormatType::SmoothStreaming => Format::Smooth,
            },
            url: info.url,
            preset: info.preset,
            protection: match info.protection {
                MediaAssetProtectionType::None => Protection::None,
                MediaAssetProtectionType::Drm => Protection::Drm,
            },
            details: info.protection_details.map(details),
            duration_ms: info.duration_milliseconds,
            size_bytes: info.size,
        }
    }
}

fn harvested(output: &Output, id: String, endpoint: &HarvestedEndpoint) -> EndpointInfo {
    let details = |details: &ProtectionDetails| ProtectionDetailsInfo {
        key_ids: details.keys.clone(),
        content_id: details.content.clone(),
    };
    EndpointInfo {
        id: Some(id),
        access_type: match endpoint.access {
            Access::Http => EndpointAccessType::Http,
            Access::S3 => EndpointAccessType::S3,
            Access::Glacier => EndpointAccessType::Glacier,
        },
        format: match endpoint.format {
            Format::Hls => MediaAssetFormatType::Hls,
            Format::Dash => MediaAssetFormatType::Dash,
            Format::Mp4 => MediaAssetFormatType::Mp4,
            Format::Smooth => MediaAssetFormatType::SmoothStreaming,
        },
        url: endpoint.url.clone(),
        preset: Some(endpoint.preset.clone().unwrap_or_else(|| output.preset.clone())),
        protection: match endpoint.protection {
            Protection::None => MediaAssetProtectionType::None,
            Protection::Drm => MediaAssetProtectionType::Drm,
        },
        protection_details: endpoint.details.as_ref().map(details),
        duration_milliseconds: endpoint.duration_ms,
        size: endpoint.size_bytes,
    }
}

/// The ways to play an output here at this moment, and the copies of it elsewhere.
pub(super) fn endpoints(edge: &Edge, view: &OutputView) -> Vec<EndpointInfo> {
    let OutputView { output, ways, .. } = view;
    let documents = address::documents(output);
    let streams = [
        ("hls", MediaAssetFormatType::Hls, address::hls(&documents), ways.size_bytes),
        ("dash", MediaAssetFormatType::Dash, address::dash(&documents), ways.size_bytes),
    ];
    // The dialect knows no other name for a file that is downloaded, whatever it is.
    let file = ways.file.map(|(file, size)| {
        let path = address::file(output.asset, &documents, file);
        ("mp4", MediaAssetFormatType::Mp4, path, size)
    });
    let here = streams.into_iter().filter(|_stream| ways.streams).chain(file);
    let here = here.map(|(id, format, path, size)| EndpointInfo {
        id: Some(output.endpoint_id(id)),
        access_type: EndpointAccessType::Http,
        format,
        url: Some(edge.link(&path)),
        preset: Some(output.preset.clone()),
        protection: match output.encryption {
            Encryption::None => MediaAssetProtectionType::None,
            Encryption::Aes128 | Encryption::Drm => MediaAssetProtectionType::Drm,
        },
        protection_details: None,
        duration_milliseconds: Some(ways.duration_ms),
        size: Some(size),
    });
    let copies = output.harvested_ids().into_iter().zip(&output.harvested);
    here.chain(copies.map(|(id, endpoint)| harvested(output, id, endpoint))).collect()
}
