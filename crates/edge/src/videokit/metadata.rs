//! Metadata: any JSON object, kept as given.

use kinora_domain::Problem;
use kinora_domain::file::MetadataJson;
use serde_json::{Map, Value};

/// A metadata object on the wire.
pub(super) type Metadata = Map<String, Value>;

/// Bytes of metadata at most: room for descriptions, not for files.
const MAX_BYTES: usize = 64 << 10;

/// The stored form.
///
/// # Errors
/// It is too large.
pub(super) fn store(metadata: Option<Metadata>) -> Result<Option<MetadataJson>, Problem> {
    let text = metadata.map(|object| Value::Object(object).to_string());
    if text.as_ref().is_some_and(|text| text.len() > MAX_BYTES) {
        return Err(Problem::invalid("metadata", format!("The metadata is larger than {MAX_BYTES} bytes.")));
    }
    Ok(text)
}

/// The wire form of stored metadata; an empty object where there is none.
pub(super) fn show(stored: Option<&MetadataJson>) -> Metadata {
    stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
