//! What the API answers, as far as the command line shows it.

use serde::{Deserialize, Serialize};

/// An upload that was begun.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Started {
    pub(super) file_id: String,
    pub(super) multipart_urls: Vec<String>,
    pub(super) part_size: u64,
    pub(super) parts_count: u64,
}

/// The link of one part.
#[derive(Debug, Deserialize)]
pub(super) struct PartLink {
    pub(super) url: String,
}

/// A part that the server has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartTag {
    /// From 1.
    pub(super) part_number: u64,
    pub(super) e_tag: String,
}

/// A file, as far as an upload asks.
#[derive(Debug, Deserialize)]
pub(super) struct FileState {
    pub(super) status: String,
}

/// Something that was made.
#[derive(Debug, Deserialize)]
pub(crate) struct Made {
    pub(crate) id: String,
}

/// An asset.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asset {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) title: Option<String>,
    pub(crate) preset: String,
    pub(crate) status: String,
    pub(crate) create_date: String,
    pub(crate) last_modification_date: String,
    #[serde(default)]
    pub(crate) duration_milliseconds: Option<u64>,
    #[serde(default)]
    pub(crate) error_message: Option<String>,
    #[serde(default)]
    pub(crate) endpoints: Vec<Endpoint>,
    #[serde(default)]
    pub(crate) outputs: Vec<Output>,
    /// Whatever else the server tells, for `--json`.
    #[serde(flatten)]
    pub(crate) rest: serde_json::Map<String, serde_json::Value>,
}

/// A way to play it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endpoint {
    pub(crate) format: String,
    #[serde(default)]
    pub(crate) url: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: serde_json::Map<String, serde_json::Value>,
}

/// What it is made into.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Output {
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) preset: Option<String>,
    #[serde(default)]
    pub(crate) progress_percent: Option<u64>,
    #[serde(default)]
    pub(crate) remaining_milliseconds: Option<u64>,
    #[serde(default)]
    pub(crate) error_message: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: serde_json::Map<String, serde_json::Value>,
}

/// A page of a list.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageOf<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total_count: u64,
    pub(crate) page_number: u64,
    pub(crate) page_count: u64,
}
