//! Metadata: any JSON object, kept as given.

use kinora_domain::file::MetadataJson;
use serde_json::{Map, Value};

/// A metadata object on the wire.
pub(super) type Metadata = Map<String, Value>;

/// The stored form.
pub(super) fn store(metadata: Option<Metadata>) -> Option<MetadataJson> {
    metadata.map(|object| Value::Object(object).to_string())
}

/// The wire form of stored metadata; an empty object where there is none.
pub(super) fn show(stored: Option<&MetadataJson>) -> Metadata {
    stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
