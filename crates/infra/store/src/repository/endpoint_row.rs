//! Copies of outputs elsewhere as JSON.

use super::plan_row::{read, write};
use kinora_domain::endpoint::{Access, Format, HarvestedEndpoint, Protection, ProtectionDetails};
use serde::{Deserialize, Serialize};

/// Endpoints as text.
pub(super) fn text(endpoints: &[HarvestedEndpoint]) -> Result<String, String> {
    write(&endpoints.iter().map(Row::from).collect::<Vec<_>>())
}

/// The endpoints that a text tells; else why it cannot be any, to be said behind the column's name.
pub(super) fn endpoints(text: &str) -> Result<Vec<HarvestedEndpoint>, String> {
    Ok(read::<Vec<Row>>(text)?.into_iter().map(HarvestedEndpoint::from).collect())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Option<String>,
    access: AccessRow,
    format: FormatRow,
    url: Option<String>,
    preset: Option<String>,
    drm: bool,
    details: Option<DetailsRow>,
    ms: Option<u64>,
    bytes: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetailsRow {
    keys: Vec<String>,
    content: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccessRow {
    Http,
    S3,
    Glacier,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FormatRow {
    Hls,
    Dash,
    Mp4,
    Smooth,
}

impl From<&HarvestedEndpoint> for Row {
    fn from(endpoint: &HarvestedEndpoint) -> Self {
        let details =
            |details: &ProtectionDetails| DetailsRow { keys: details.keys.clone(), content: details.content.clone() };
        Self {
            id: endpoint.id.clone(),
            access: match endpoint.access {
                Access::Http => AccessRow::Http,
                Access::S3 => AccessRow::S3,
                Access::Glacier => AccessRow::Glacier,
            },
            format: match endpoint.format {
                Format::Hls => FormatRow::Hls,
                Format::Dash => FormatRow::Dash,
                Format::Mp4 => FormatRow::Mp4,
                Format::Smooth => FormatRow::Smooth,
            },
            url: endpoint.url.clone(),
            preset: endpoint.preset.clone(),
            drm: endpoint.protection == Protection::Drm,
            details: endpoint.details.as_ref().map(details),
            ms: endpoint.duration_ms,
            bytes: endpoint.size_bytes,
        }
    }
}

impl From<Row> for HarvestedEndpoint {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            access: match row.access {
                AccessRow::Http => Access::Http,
                AccessRow::S3 => Access::S3,
                AccessRow::Glacier => Access::Glacier,
            },
            format: match row.format {
                FormatRow::Hls => Format::Hls,
                FormatRow::Dash => Format::Dash,
                FormatRow::Mp4 => Format::Mp4,
                FormatRow::Smooth => Format::Smooth,
            },
            url: row.url,
            preset: row.preset,
            protection: if row.drm { Protection::Drm } else { Protection::None },
            details: row.details.map(|details| ProtectionDetails { keys: details.keys, content: details.content }),
            duration_ms: row.ms,
            size_bytes: row.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_come_back_and_stay_readable() {
        for (access, format, protection, stored) in [
            (Access::Http, Format::Hls, Protection::None, r#""access":"http","format":"hls""#),
            (Access::S3, Format::Dash, Protection::Drm, r#""access":"s3","format":"dash""#),
            (Access::Glacier, Format::Mp4, Protection::None, r#""access":"glacier","format":"mp4""#),
            (Access::Http, Format::Smooth, Protection::Drm, r#""access":"http","format":"smooth""#),
        ] {
            let details = ProtectionDetails { keys: vec!["k".to_owned()], content: Some("c".to_owned()) };
            let endpoint = HarvestedEndpoint {
                id: Some("one".to_owned()),
                access,
                format,
                url: Some("https://copies.example/a".to_owned()),
                preset: None,
                protection,
                details: (protection == Protection::Drm).then_some(details),
                duration_ms: Some(1),
                size_bytes: None,
            };
            let text = text(core::slice::from_ref(&endpoint)).unwrap();
            assert!(text.starts_with(r#"{"v":1,"data":[{"id":"one","#) && text.contains(stored), "{text}");
            assert_eq!(endpoints(&text).unwrap(), [endpoint]);
        }
        assert!(endpoints(r#"{"v":2,"data":[]}"#).is_err());
    }
}
