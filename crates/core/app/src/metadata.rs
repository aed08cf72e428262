//! Metadata of files and assets: a JSON object of the client's, changed by merging (RFC 7396).

use kinora_domain::Problem;
use kinora_domain::file::MetadataJson;
use serde_json::{Map, Value};

/// Bytes of metadata at most, as compact JSON: room for descriptions, not for files.
const MAX_BYTES: usize = 64 << 10;

/// Passes where there is none, or no more than allowed.
///
/// # Errors
/// It is too large.
pub(crate) fn check(metadata: Option<&MetadataJson>) -> Result<(), Problem> {
    match metadata {
        Some(text) if text.len() > MAX_BYTES => {
            Err(Problem::invalid("metadata", format!("The metadata is larger than {MAX_BYTES} bytes.")))
        }
        Some(_) | None => Ok(()),
    }
}

/// What is stored after `patch`, a JSON object: its keys are set, objects in it are merged, and `null` removes
/// a key. Everything else stays. `None` when nothing is left.
///
/// # Errors
/// The patch is no object, or all of it together is too large.
pub(crate) fn merge(stored: Option<&MetadataJson>, patch: &str) -> Result<Option<MetadataJson>, Problem> {
    let Ok(Value::Object(patch)) = serde_json::from_str(patch) else {
        return Err(Problem::invalid("metadata", "The metadata must be a JSON object."));
    };
    let mut merged: Map<String, Value> = stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    merge_into(&mut merged, patch);
    let text = (!merged.is_empty()).then(|| Value::Object(merged).to_string());
    check(text.as_ref())?;
    Ok(text)
}

/// RFC 7396, section 2. No deeper than what a JSON reader takes.
fn merge_into(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.remove(&key);
            }
            Value::Object(inner) => {
                let mut object = match target.remove(&key) {
                    Some(Value::Object(object)) => object,
                    Some(_) | None => Map::new(),
                };
                merge_into(&mut object, inner);
                target.insert(key, Value::Object(object));
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                target.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test cases of RFC 7396, appendix A, whose documents and results are objects, under a key where needed.
    #[test]
    fn the_examples_of_the_standard_hold() {
        for (stored, patch, merged) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, Some(r#"{"a":"c"}"#)),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, Some(r#"{"a":"b","b":"c"}"#)),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, None),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, Some(r#"{"b":"c"}"#)),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, Some(r#"{"a":"c"}"#)),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, Some(r#"{"a":["b"]}"#)),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, Some(r#"{"a":{"b":"d"}}"#)),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, Some(r#"{"a":[1]}"#)),
            (r#"{"e":null}"#, r#"{"a":1}"#, Some(r#"{"a":1,"e":null}"#)),
            (r#"{"a":"foo"}"#, r#"{"a":{"b":1}}"#, Some(r#"{"a":{"b":1}}"#)),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, Some(r#"{"a":{"bb":{}}}"#)),
        ] {
            let stored = stored.to_owned();
            assert_eq!(merge(Some(&stored), patch).unwrap().as_deref(), merged, "{stored} and {patch}");
        }
        assert_eq!(merge(None, r#"{"a":1}"#).unwrap().as_deref(), Some(r#"{"a":1}"#));
    }

    #[test]
    fn the_limit_is_on_the_whole() {
        let half = |key: &str| format!(r#"{{"{key}":"{}"}}"#, "x".repeat(MAX_BYTES / 2));
        let stored = half("a");
        let refused = merge(Some(&stored), &half("b")).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("metadata"));
        // What goes makes room for what comes.
        let both = half("b").replacen('{', r#"{"a":null,"#, 1);
        assert!(merge(Some(&stored), &both).unwrap().is_some_and(|text| text.starts_with(r#"{"b":"#)));
        let fits = format!(r#"{{"k":"{}"}}"#, "x".repeat(MAX_BYTES - 8));
        assert_eq!(merge(None, &fits).unwrap().map(|text| text.len()), Some(MAX_BYTES));
        assert!(merge(None, &fits.replacen('x', "xx", 1)).is_err());
    }

    #[test]
    fn only_objects_are_merged() {
        for patch in ["null", "[]", "1", r#""text""#, "{", "", &"[".repeat(10_000)] {
            assert_eq!(merge(None, patch).unwrap_err().field.as_deref(), Some("metadata"), "{patch}");
        }
    }
}
