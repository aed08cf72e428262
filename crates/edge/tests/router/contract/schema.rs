//! JSON values against schemas of our document: field by field, and nothing more than they say.

use super::openapi::Document;
use serde_json::Value;

/// What of a value breaks its schema: the places and why.
pub(crate) fn faults(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(document, schema, value, "$", &mut faults);
    faults
}

fn check(document: &Document, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    if value.is_null() && Document::may_be_null(schema) {
        return;
    }
    let schema = document.resolve(schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check(document, part, value, place, faults);
    }
    if !has_type(&schema["type"], value) {
        faults.push(format!("{place} is {value}, not of type {}", schema["type"]));
        return;
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        faults.push(format!("{place} is {value}, none of {}", schema["enum"]));
    }
    if schema["minimum"].as_f64().is_some_and(|least| value.as_f64().is_some_and(|number| number < least)) {
        faults.push(format!("{place} is {value}, below {}", schema["minimum"]));
    }
    match value {
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    faults.push(format!("{place} lacks {name}"));
                }
            }
            for (name, field) in fields {
                let place = format!("{place}.{name}");
                let others = schema.get("additionalProperties").filter(|others| others.is_object());
                match (schema["properties"].get(name), others) {
                    (Some(property), _) | (None, Some(property)) => check(document, property, field, &place, faults),
                    // A schema that names no fields at all leaves them to the client.
                    (None, None) if schema.get("properties").is_none() => {}
                    (None, None) => faults.push(format!("{place} is not in the schema")),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check(document, &schema["items"], item, &format!("{place}[{index}]"), faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn has_type(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| has_type(kind, value)),
        Value::String(name) => match name.as_str() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "null" => value.is_null(),
            _ => false,
        },
        _ => true,
    }
}

#[test]
fn a_wrong_value_is_noticed_with_its_place() {
    let document = Document::load();
    let schema = document.answer("GET /vod/v1/files/{id}/part/{partNumber}", 200).unwrap();
    let table = [
        (serde_json::json!({ "url": "x" }), &[][..]),
        (serde_json::json!({}), &["$ lacks url"]),
        (serde_json::json!({ "url": 1 }), &["$.url is 1, not of type \"string\""]),
        (serde_json::json!({ "url": "x", "more": 1 }), &["$.more is not in the schema"]),
        (serde_json::json!([]), &["$ is [], not of type \"object\""]),
    ];
    for (value, expected) in table {
        assert_eq!(faults(&document, schema, &value), expected, "{value}");
    }
}
