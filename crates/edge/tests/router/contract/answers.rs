//! Real answers against the contract and against our own document.

use super::data::Contract;
use super::openapi::Document;
use super::schema::faults;
use crate::film::{Script, film};
use crate::world::{Answer, World, ask, text};
use kinora_domain::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Fields of the contract that no answer has. This list may only become shorter.
const ABSENT: [(&str, &str); 2] = [
    // Bytes lie on the server's own disk.
    ("GET /vod/v1/files/{id}", "bucket"),
    ("GET /vod/v1/files/{id}", "s3Uri"),
];

/// Answers of every operation: of a film, of sound with a name, and of a film that cannot play, so
/// that each field has its occasion.
async fn answers() -> Vec<(&'static str, Answer)> {
    let world = World::new().await;
    let mut all = Vec::new();
    let script = Script { sounds: &["eng", "deu"], ..Script::default() };
    let bytes = film(&script).bytes;
    let start = json!({ "name": "harbor.mp4", "friendlyName": "Harbor", "fileSize": bytes.len(), "metadata": { "year": 2026 } });
    let started = world.post("/vod/v1/files/start", &start).await;
    let file = text(&started.json()["fileId"]);
    all.push(("POST /vod/v1/files/start", started));
    let link = world.get(&format!("/vod/v1/files/{file}/part/1")).await;
    let put = world.put(link.json()["url"].as_str().unwrap(), &bytes).await.expect(200);
    all.push(("GET /vod/v1/files/{id}/part/{partNumber}", link));
    all.push(("GET /vod/v1/files/{id}", world.get(&format!("/vod/v1/files/{file}")).await));
    let parts = json!([{ "partNumber": 1, "eTag": put.header("etag").unwrap() }]);
    all.push(("POST /vod/v1/files/complete", world.complete(&file, &parts).await));
    all.push((
        "POST /vod/v1/files/{id}/detect",
        world.post(&format!("/vod/v1/files/{file}/detect"), &Value::Null).await,
    ));

    let change = json!({ "friendlyName": "Quay", "tags": ["sea"], "attributes": ["category=boats"] });
    all.push(("PATCH /vod/v1/files/{id}", world.patch(&format!("/vod/v1/files/{file}"), &change).await));
    all.push(("GET /vod/v1/files/{id}/preview", world.get(&format!("/vod/v1/files/{file}/preview")).await));
    all.push(("GET /vod/v1/filetypes", world.get("/vod/v1/filetypes").await));
    all.push(("GET /vod/v1/languages", world.get("/vod/v1/languages").await));
    all.push(("GET /transcoder/v1/presets", world.get("/transcoder/v1/presets").await));
    let spare = [world.upload("one.mp4", &bytes).await, world.upload("two.mp4", &bytes).await];
    all.push(("DELETE /vod/v1/files/{id}", world.delete(&format!("/vod/v1/files/{}", spare[0])).await));
    all.push(("POST /vod/v1/files/deletemany", world.post("/vod/v1/files/deletemany", &json!([spare[1], "x"])).await));

    let sources = json!([{
        "fileId": file,
        "fileTypesFlag": "Video, Audio",
        "transcodingTracks": [{ "trackSelector": { "trackId": "audio_2" }, "type": "Audio", "language": "de", "name": "Deutsch" }],
    }]);
    let body =
        json!({ "transcodedSources": sources, "preset": "mp4", "title": "Harbor", "metadata": { "year": 2026 } });
    let created = world.post("/vod/v1/assets", &body).await;
    let asset = text(&created.json()["id"]);
    all.push(("POST /vod/v1/assets", created));
    let foreign = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n").await;
    let failed = world.asset(&foreign, "Cannot play").await;
    for id in [&asset, &failed] {
        all.push(("GET /vod/v1/assets/{id}", world.get(&format!("/vod/v1/assets/{id}")).await));
    }
    all.push(("GET /vod/v1/files/{id}", world.get(&format!("/vod/v1/files/{file}")).await));
    all.push(("GET /vod/v1/files", world.get("/vod/v1/files").await));
    all.push(("GET /vod/v1/assets", world.get("/vod/v1/assets").await));
    let change =
        json!({ "title": "Quay", "metadata": { "year": null }, "tags": ["sea"], "attributes": ["category=boats"] });
    all.push(("PATCH /vod/v1/assets/{id}", world.patch(&format!("/vod/v1/assets/{asset}"), &change).await));
    let more = json!({
        "preset": "mp4_720p",
        "id": "copied",
        "expirationDate": "2027-01-31T12:00:00Z",
        "harvestedEndpointInfos": [{
            "id": "copy",
            "accessType": "S3",
            "format": "SmoothStreaming",
            "url": "s3://copies/film",
            "protection": "Drm",
            "protectionDetails": { "keyIds": ["one"], "contentId": "film" },
            "durationMilliseconds": 10_000,
            "size": 5_000,
        }],
    });
    all.push(("POST /vod/v1/assets/{id}/outputs", world.output(&asset, &more).await));
    all.push(("GET /vod/v1/assets/{id}", world.get(&format!("/vod/v1/assets/{asset}")).await));
    let output = format!("/vod/v1/assets/{asset}/outputs/copied");
    all.push(("DELETE /vod/v1/assets/{id}/outputs/{outputId}", world.delete(&output).await));
    let second = world.asset(&file, "Second").await;
    all.push(("POST /vod/v1/assets/deletemany", world.post("/vod/v1/assets/deletemany", &json!([second, "x"])).await));
    all.push(("DELETE /vod/v1/assets/{id}", world.delete(&format!("/vod/v1/assets/{failed}")).await));
    let tenant = format!("/core/v1/settings/tenant/{}/status", world.keys.organization);
    all.push(("GET /core/v1/settings/tenant/{id}/status", world.get(&tenant).await));
    let viewer = json!({ "name": "Web shop", "roleId": Role::Viewer.id().to_string() });
    let created = world.post("/core/v1/api-key", &viewer).await;
    let key = format!("/core/v1/api-key/{}", text(&created.json()["id"]));
    all.push(("POST /core/v1/api-key", created));
    all.push(("GET /core/v1/api-key", world.get("/core/v1/api-key").await));
    all.push(("GET /core/v1/api-key/{id}", world.get(&key).await));
    let put = ask("PUT", &key).key(&world.keys.admin).json(&viewer);
    all.push(("PUT /core/v1/api-key/{id}", world.call(put).await));
    all.push(("DELETE /core/v1/api-key/{id}", world.delete(&key).await));
    let cancelled = world.start("gone.mp4", 10).await.file;
    let cancel = ask("POST", &format!("/vod/v1/files/{cancelled}/cancel")).key(&world.keys.admin);
    all.push(("POST /vod/v1/files/{id}/cancel", world.call(cancel).await));
    all
}

#[tokio::test]
async fn real_answers_have_the_fields_of_the_contract() {
    let contract = Contract::load();
    let answers = answers().await;
    let mut absent = Vec::new();
    for operation in &contract.operations {
        let name = operation.name();
        let mut seen = BTreeSet::new();
        let mut asked = 0;
        for (_, answer) in answers.iter().filter(|(of, _)| *of == name) {
            asked += 1;
            assert_eq!(answer.status, 200, "{name}: {}", answer.shown());
            if operation.response.is_empty() {
                assert!(answer.body.is_empty(), "{name}: {}", answer.shown());
            } else if let Some(fields) = contract.fields_of_values(&operation.response) {
                let known: BTreeSet<_> = fields.iter().map(|field| field.name.as_str()).collect();
                for value in answer.json().as_object().unwrap().values() {
                    let named: BTreeSet<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
                    assert_eq!(named, known, "{name}");
                }
                seen.extend(operation.response.iter().map(|field| field.name.clone()));
            } else {
                seen.extend(answer.json().as_object().unwrap().keys().cloned());
            }
        }
        assert!(asked > 0, "{name} was not asked");
        let wanted: BTreeSet<_> = operation.response.iter().map(|field| field.name.clone()).collect();
        assert_eq!(seen.difference(&wanted).collect::<Vec<_>>(), Vec::<&String>::new(), "{name} says more");
        absent.extend(wanted.difference(&seen).map(|field| (name.clone(), field.clone())));
    }
    absent.sort();
    let mut allowed = ABSENT.map(|(name, field)| (name.to_owned(), field.to_owned()));
    allowed.sort();
    assert_eq!(absent, allowed);
}

#[tokio::test]
async fn items_of_real_answers_have_the_fields_and_words_of_the_contract() {
    let contract = Contract::load();
    let mut items_seen = BTreeSet::new();
    for (name, answer) in answers().await {
        for field in &contract.operation(name).response {
            let Some(fields) = contract.fields_of_items(&field.kind) else { continue };
            let value = answer.json()[&field.name].clone();
            for item in value.as_array().into_iter().flatten() {
                items_seen.insert(field.kind.clone());
                let item = item.as_object().unwrap();
                for known in item.keys() {
                    let described = fields.iter().find(|field| field.name == *known);
                    let described = described.unwrap_or_else(|| panic!("{name} {}: {known}", field.name));
                    if let Some(words) = contract.words.get(&described.kind) {
                        assert!(words.contains(&text(&item[known])), "{name} {known}: {}", item[known]);
                    }
                }
                for needed in fields.iter().filter(|field| field.required) {
                    assert!(item.contains_key(&needed.name), "{name} {}: {}", field.name, needed.name);
                }
            }
        }
    }
    let kinds = [
        "Array of EndpointInfo",
        "Array of TranscodingTrack",
        "Array of VodSource",
        "array of ApiKey",
        "array of PresetResult",
        "array of UploadedFileResult",
        "array of VodAsset",
    ];
    assert_eq!(items_seen, kinds.map(str::to_owned).into());
}

#[tokio::test]
async fn real_answers_validate_against_our_document() {
    let document = Document::load();
    for (name, answer) in answers().await {
        match document.answer(name, answer.status) {
            Some(schema) => assert_eq!(faults(&document, schema, &answer.json()), Vec::<String>::new(), "{name}"),
            None => assert!(document.declares(name, answer.status) && answer.body.is_empty(), "{name}"),
        }
    }
}

#[tokio::test]
async fn the_request_that_the_contract_shows_is_understood() {
    let world = World::new().await;
    let contract = Contract::load();
    let example = &contract.operation("POST /vod/v1/files/start").example_request;
    let started = world.post("/vod/v1/files/start", example).await.expect(200).json();
    assert_eq!(started["partSize"], 50_000_000);
    assert_eq!(started["lastPartSize"], 26_251_798);
    assert_eq!(started["partsCount"], 2);
    assert_eq!(started["multipartUrls"].as_array().unwrap().len(), 2);
}
