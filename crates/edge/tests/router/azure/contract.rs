//! Our document and real answers against the contract.

use super::{announced, made, path, plain, protected, put};
use crate::contract::openapi::Document;
use crate::contract::schema::faults;
use crate::world::{Answer, World, ask, text};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Contract {
    status_table: BTreeMap<u16, String>,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    method: String,
    path: String,
    path_params: Vec<String>,
    query: Vec<String>,
    body: Vec<String>,
    response: Vec<String>,
    statuses: Vec<u16>,
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Contract {
    fn load() -> Self {
        serde_json::from_str(include_str!("../../contracts/azure-connector.json")).unwrap()
    }
}

/// The first words, without what is said about them.
fn names(of: &[String]) -> BTreeSet<String> {
    of.iter().map(|text| text.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn the_document_has_the_operations_and_parameters_of_the_contract() {
    let (document, contract) = (Document::azure(), Contract::load());
    assert_eq!(document.operations(), contract.operations.iter().map(Operation::name).collect());
    for operation in &contract.operations {
        let name = operation.name();
        let of = |place| -> BTreeSet<_> {
            document.parameters(&name, place).iter().map(|parameter| text(&parameter["name"])).collect()
        };
        assert_eq!(of("path"), operation.path_params.iter().cloned().collect(), "{name}");
        assert_eq!(of("query"), names(&operation.query), "{name}");
        if operation.method == "POST" && !operation.body.is_empty() {
            let body = document.resolve(document.body(&name).unwrap());
            let ours: BTreeSet<_> = body["properties"].as_object().unwrap().keys().cloned().collect();
            assert!(ours.is_superset(&names(&operation.body)), "{name}: {ours:?}");
            assert_eq!(body["required"], json!(["OriginalFileName"]), "{name}");
        }
    }
}

#[test]
fn the_document_names_the_statuses_of_the_contract_and_none_that_its_table_lacks() {
    let (document, contract) = (Document::azure(), Contract::load());
    for operation in &contract.operations {
        let name = operation.name();
        for status in &operation.statuses {
            assert!(document.declares(&name, *status), "{name} {status}");
        }
        let declared = document.operation(&name)["responses"].as_object().unwrap();
        for status in declared.keys().map(|status| status.parse().unwrap()).filter(|status| *status != 429) {
            let known = contract.status_table.get(&status).map(String::as_str);
            // The page of that operation says 200, and the table 201 or 202.
            let is_own = operation.statuses.contains(&status);
            let fits = |methods: &str| {
                methods.starts_with("all")
                    || methods.contains(&operation.method)
                    || methods.contains("GET") && operation.method == "GET"
            };
            assert!(is_own || known.is_some_and(fits), "{name} {status}: {known:?}");
        }
    }
}

async fn answers(world: &World) -> Vec<(&'static str, Answer)> {
    let mut all = Vec::new();
    let created = world
        .post("/api/Videos", &json!({ "OriginalFileName": "a.mov", "InputStorageEncryptionMode": "AES256" }))
        .await;
    let encrypted = created.json();
    all.push(("POST /api/Videos", created));
    let open = announced(world, &plain()).await;
    let made = made(world, &protected()).await;
    let key = text(&made["ContentProtectionKeyId"]);
    let get = |path: String| async move { world.get(&path).await };
    all.push(("GET /api/Videos", get("/api/Videos".to_owned()).await));
    for video in [&encrypted, &open, &made] {
        all.push(("GET /api/Videos/{id}", get(path(video)).await));
        all.push(("GET /api/Videos/{id}/Status", get(format!("{}/Status", path(video))).await));
    }
    for kind in ["HLS", "DASH"] {
        let endpoint = get(format!("{}/PlaybackEndpoint?endpointType={kind}", path(&made))).await;
        all.push(("GET /api/Videos/{id}/PlaybackEndpoint", endpoint));
    }
    all.push(("GET /api/Videos/{id}/Thumbnails", get(format!("{}/Thumbnails", path(&made))).await));
    let token = get(format!("{}/AuthorizationToken?KeyId={key}", path(&made))).await;
    all.push(("GET /api/Videos/{id}/AuthorizationToken", token));
    all.push(("GET /api/Formats", get("/api/Formats".to_owned()).await));
    let change = ask("PUT", &path(&open)).key(&world.keys.admin).json(&plain());
    all.push(("PUT /api/Videos/{id}", world.call(change).await));
    put(world, &open, &super::bytes()).await;
    all.push(("POST /api/Videos/{id}/MarkComplete", super::complete(world, &open).await));
    all.push(("DELETE /api/Videos/{id}", world.delete(&path(&encrypted)).await));
    all
}

#[tokio::test]
async fn real_answers_have_exactly_the_fields_of_the_contract() {
    let contract = Contract::load();
    let world = World::new().await;
    let answers = answers(&world).await;
    let document = Document::azure();
    for operation in &contract.operations {
        let name = operation.name();
        let own: Vec<_> = answers.iter().filter(|(of, _)| *of == name).collect();
        assert!(!own.is_empty(), "{name} was not asked");
        for (_, answer) in own {
            assert!(operation.statuses.contains(&answer.status), "{name}: {}", answer.shown());
            let Some(schema) = document.answer(&name, answer.status) else {
                assert!(answer.body.is_empty() && operation.response.is_empty(), "{name}: {}", answer.shown());
                continue;
            };
            assert_eq!(faults(&document, schema, &answer.json()), Vec::<String>::new(), "{name}");
            let items = match answer.json() {
                Value::Array(items) => items,
                item => vec![item],
            };
            let wanted: BTreeSet<_> = if operation.response == ["[] of Video"] {
                names(
                    &contract.operations.iter().find(|other| other.name() == "GET /api/Videos/{id}").unwrap().response,
                )
            } else {
                names(&operation.response).iter().map(|field| field.trim_start_matches("[].").to_owned()).collect()
            };
            assert!(!items.is_empty(), "{name}");
            for item in items {
                let fields: BTreeSet<_> = item.as_object().unwrap().keys().cloned().collect();
                assert_eq!(fields, wanted, "{name}");
            }
        }
    }
}
