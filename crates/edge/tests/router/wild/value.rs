//! JSON values: as a schema has them, or not at all.

use super::request::Ids;
use crate::contract::openapi::Document;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Moments, and what looks like one.
const MOMENTS: [&str; 4] =
    ["2050-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-11-21", "9999-12-31T23:59:60.999999999+23:59"];

/// Depth below which schemas are not followed any more.
const DEPTH: u32 = 5;

/// Values of a schema, of which about every seventh part is something else.
pub(super) fn value(document: &Document, schema: &Value, ids: &Ids, depth: u32) -> BoxedStrategy<Value> {
    if depth > DEPTH {
        return wild().boxed();
    }
    let schema = document.resolve(schema);
    let fitting = match document.json_type(schema).as_str() {
        "object" => object(document, schema, ids, depth),
        "array" => {
            let item = value(document, document.items(schema), ids, depth + 1);
            prop::collection::vec(item, 0..4).prop_map(Value::Array).boxed()
        }
        "integer" | "number" => number().boxed(),
        "boolean" => any::<bool>().prop_map(Value::Bool).boxed(),
        "string" => text(document, schema, ids),
        _ => wild().boxed(),
    };
    prop_oneof![12 => fitting, 1 => wild(), 1 => Just(Value::Null)].boxed()
}

fn object(document: &Document, schema: &Value, ids: &Ids, depth: u32) -> BoxedStrategy<Value> {
    let mut fields: BoxedStrategy<Map<String, Value>> = Just(Map::new()).boxed();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let (name, field) = (name.clone(), value(document, property, ids, depth + 1));
        fields = (fields, prop::option::weighted(0.9, field))
            .prop_map(move |(mut fields, value)| {
                fields.extend(value.map(|value| (name.clone(), value)));
                fields
            })
            .boxed();
    }
    let strange = prop::option::weighted(0.1, (name(), wild()));
    (fields, strange)
        .prop_map(|(mut fields, strange)| {
            fields.extend(strange);
            Value::Object(fields)
        })
        .boxed()
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("__proto__".to_owned()), Just(String::new()), Just("FileId".to_owned()), "[a-zA-Z]{1,12}"]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (1_i64..200_000_000).prop_map(Value::from),
        1 => Just(json!(0)),
        1 => Just(json!(-1)),
        1 => Just(json!(i64::MAX)),
        1 => Just(json!(u64::MAX)),
        1 => Just(json!(1.5)),
        1 => Just(json!(1e300)),
    ]
}

fn text(document: &Document, schema: &Value, ids: &Ids) -> BoxedStrategy<Value> {
    let words: Vec<_> = schema["enum"].as_array().into_iter().flatten().cloned().collect();
    let examples = [schema["example"].clone()].into_iter().filter(Value::is_string);
    let known: Vec<_> = words.into_iter().chain(examples).chain(ids.all().map(Value::from)).collect();
    let moments = prop::sample::select(MOMENTS.as_slice()).prop_map(Value::from);
    let moment_weight = if document.format(schema) == Some("date-time") { 12 } else { 1 };
    prop_oneof![moment_weight => moments, 6 => prop::sample::select(known), 2 => word().prop_map(Value::from)].boxed()
}

/// Text of any kind; short, or longer than any limit.
pub(super) fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z=_,. -]{0,20}",
        2 => "\\PC{0,40}",
        1 => any::<String>(),
        1 => (1_000_usize..70_000).prop_map(|length| "x".repeat(length)),
        1 => prop::sample::select(["../../etc/passwd", "\0", "%00", "'; DROP TABLE assets; --", "\u{202e}gpj.exe", "key=value"].as_slice())
            .prop_map(str::to_owned),
    ]
}

/// Anything that JSON can say.
pub(super) fn wild() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::Bool), number(), word().prop_map(Value::from),];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
