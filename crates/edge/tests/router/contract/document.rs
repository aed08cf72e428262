//! Our document against the contract.

use super::data::{Contract, Field};
use super::openapi::{Document, properties, requires};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_document_has_the_operations_of_the_contract() {
    let served = Contract::load().operations.iter().map(super::data::Operation::name).collect();
    assert_eq!(Document::load().operations(), served);
}

#[test]
fn parameters_are_those_of_the_contract() {
    let document = Document::load();
    let contract = Contract::load();
    for operation in &contract.operations {
        let name = operation.name();
        let in_path = document.parameters(&name, "path");
        let names: Vec<_> = in_path.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(names, operation.path_params, "{name}");
        let in_query: BTreeSet<_> = document.parameters(&name, "query").into_iter().map(described).collect();
        let wanted = operation.query.iter();
        let wanted = wanted.map(|Field { name, kind, required }| {
            (name.clone(), *required, contract.json_type(kind).to_owned(), Contract::format(kind).map(str::to_owned))
        });
        assert_eq!(in_query, wanted.collect(), "{name}");
    }
}

/// Name, necessity, type and form of a parameter.
fn described(parameter: &Value) -> (String, bool, String, Option<String>) {
    let document = Document::load();
    let schema = &parameter["schema"];
    let name = parameter["name"].as_str().unwrap().to_owned();
    (name, parameter["required"] == true, document.json_type(schema), document.format(schema).map(str::to_owned))
}

#[test]
fn bodies_are_those_of_the_contract() {
    let document = Document::load();
    let contract = Contract::load();
    for operation in &contract.operations {
        let name = operation.name();
        let Some(body) = document.body(&name) else {
            assert!(operation.body.is_empty(), "{name} lacks its body");
            continue;
        };
        let needed = operation.body.iter().any(|field| field.required);
        assert_eq!(document.needs_body(&name), needed, "{name}");
        if let [Field { name: only, kind, .. }] = operation.body.as_slice()
            && only == "body"
        {
            assert_eq!(document.json_type(body), "array", "{name}");
            assert_eq!(format!("Array of {}", document.json_type(document.items(body))), *kind, "{name}");
            continue;
        }
        let (nested, own): (Vec<_>, Vec<_>) = operation.body.iter().partition(|field| field.name.contains('.'));
        same_fields(&contract, &document, &name, document.resolve(body), &own);
        let parents: BTreeSet<_> =
            nested.iter().filter_map(|field| field.name.split_once('.')).map(|(parent, _)| parent).collect();
        for parent in parents {
            let prefix = format!("{parent}.");
            let fields: Vec<_> = nested
                .iter()
                .filter_map(|field| {
                    let name = field.name.strip_prefix(&prefix)?.to_owned();
                    Some(Field { name, kind: field.kind.clone(), required: field.required })
                })
                .collect();
            let items = document.items(document.property(body, parent).unwrap());
            same_fields(&contract, &document, &format!("{name} {parent}"), items, &fields.iter().collect::<Vec<_>>());
        }
    }
}

/// Passes when an object's schema has exactly these fields, as necessary and of the same types.
fn same_fields(contract: &Contract, document: &Document, place: &str, schema: &Value, fields: &[&Field]) {
    let wanted: BTreeSet<_> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(properties(schema), wanted, "{place}");
    for Field { name, kind, required } in fields {
        assert_eq!(requires(schema, name), *required, "whether {place} needs {name}");
        let property = document.property(schema, name).unwrap();
        let kind_here = document.json_type(property);
        let kind_there = if kind.starts_with("Array of ") { "array" } else { contract.json_type(kind) };
        assert_eq!(kind_here, kind_there, "the type of {name} in {place}");
    }
}

#[test]
fn answers_are_those_of_the_contract() {
    let document = Document::load();
    let contract = Contract::load();
    for operation in &contract.operations {
        let name = operation.name();
        let Some(schema) = document.answer(&name, 200) else {
            assert!(document.declares(&name, 200) && operation.response.is_empty(), "{name} lacks its answer");
            continue;
        };
        if let Some(fields) = contract.fields_of_values(&operation.response) {
            let values = document.resolve(&document.resolve(schema)["additionalProperties"]);
            same_answer(&contract, &document, &name, values, fields);
            continue;
        }
        same_answer(&contract, &document, &name, document.resolve(schema), &operation.response);
    }
}

/// Passes when a schema has exactly these fields of these types, and so have the items of its arrays.
/// What of an answer is always there is for us to say.
fn same_answer(contract: &Contract, document: &Document, place: &str, schema: &Value, fields: &[Field]) {
    let wanted: BTreeSet<_> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(properties(schema), wanted, "{place}");
    for field in fields {
        let property = document.property(schema, &field.name).unwrap();
        let place = format!("{place} {}", field.name);
        let kind = if field.kind.starts_with("Array of ") { "array" } else { contract.json_type(&field.kind) };
        assert_eq!(document.json_type(property), kind, "the type of {place}");
        assert_eq!(document.format(property), Contract::format(&field.kind), "the form of {place}");
        if let Some(fields) = contract.fields_of_items(&field.kind) {
            let items = document.items(property);
            let known: BTreeSet<_> = fields.iter().map(|field| field.name.as_str()).collect();
            let ours = properties(items);
            assert!(ours.is_subset(&known), "{place} has more than the contract: {ours:?}");
            for needed in fields.iter().filter(|field| field.required) {
                assert!(requires(items, &needed.name), "{place} needs {}", needed.name);
            }
        }
    }
}
