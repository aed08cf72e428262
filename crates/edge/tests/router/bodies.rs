//! What a JSON body may be.

use crate::world::{Answer, World, ask};
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn start(world: &World, content_type: Option<&str>, body: &str) -> Answer {
    let ask = ask("POST", "/vod/v1/files/start").key(&world.keys.admin).body(body.to_owned());
    let ask = match content_type {
        Some(content_type) => ask.header("content-type", content_type),
        None => ask,
    };
    world.call(ask).await
}

#[tokio::test]
async fn json_is_taken_by_its_name_or_without_one() {
    let world = World::new().await;
    let body = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 }).to_string();
    for (content_type, status) in [
        (None, 200),
        (Some("application/json"), 200),
        (Some("application/json; charset=utf-8"), 200),
        (Some("Application/JSON"), 200),
        (Some("application/problem+json"), 200),
        (Some("text/plain"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some("application/jsonp"), 415),
        (Some(""), 415),
    ] {
        assert_eq!(start(&world, content_type, &body).await.status, status, "{content_type:?}");
    }
}

#[tokio::test]
async fn a_body_is_an_object() {
    let world = World::new().await;
    for body in [
        "null",
        "1",
        "\"a\"",
        "true",
        "[]",
        // The fields of an object in their order are still no object.
        "[\"a\",\"a\",null,1]",
        " [\"a\",\"a\",{},1]",
        "{}{}",
        "{\"name\":\"a\",\"friendlyName\":\"a\",\"fileSize\":1",
        "{\"name\":\"a\",\"name\":\"a\",\"friendlyName\":\"a\",\"fileSize\":1}",
        "{\"name\":\"\u{0}\",\"friendlyName\":\"a\",\"fileSize\":1}",
        "{\"name\":\"a\",\"friendlyName\":\"a\",\"fileSize\":1.0}",
        "{\"name\":\"a\",\"friendlyName\":\"a\",\"fileSize\":9223372036854775808}",
        "{\"name\":\"a\",\"friendlyName\":\"a\",\"fileSize\":null}",
        "{\"name\":null,\"friendlyName\":\"a\",\"fileSize\":1}",
    ] {
        let answer = start(&world, None, body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.shown());
        assert!(["invalid_field", "malformed_json"].contains(&answer.code().as_str()), "{body}: {}", answer.shown());
    }
    let deep = format!("{{\"metadata\":{{\"a\":{}", "[".repeat(100_000));
    assert_eq!(start(&world, None, &deep).await.expect(400).code(), "malformed_json");
    assert_eq!(world.get("/vod/v1/files").await.json()["totalCount"], 0);
}

/// A body without an end, and how many of its pieces of 64 KiB were read.
fn endless() -> (Body, Arc<AtomicUsize>) {
    let pieces = Arc::new(AtomicUsize::new(0));
    let read = Arc::clone(&pieces);
    let body = stream::repeat_with(move || {
        read.fetch_add(1, Ordering::SeqCst);
        Ok::<_, io::Error>(Bytes::from(vec![b' '; 64 << 10]))
    });
    (Body::from_stream(body), pieces)
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_only_of_callers() {
    let world = World::new().await;
    for path in ["/vod/v1/files/start", "/vod/v1/files/complete", "/vod/v1/files/x/cancel", "/vod/v1/assets"] {
        let (body, pieces) = endless();
        let answer = world.call(ask("POST", path).key(&world.keys.admin).body(body)).await.expect(413);
        assert_eq!(answer.code(), "body_too_large", "{path}");
        assert_eq!(pieces.load(Ordering::SeqCst), 65, "{path}: 4 MiB, and the piece that is too much");
        let (body, pieces) = endless();
        assert_eq!(world.call(ask("POST", path).body(body)).await.expect(401).code(), "missing_api_key", "{path}");
        assert_eq!(pieces.load(Ordering::SeqCst), 0, "{path}");
    }
}

#[tokio::test]
async fn texts_of_clients_come_back_as_they_were() {
    let world = World::new().await;
    for text in [
        "../../etc/passwd",
        "-y",
        "img%03d.png",
        "concat:a|b",
        "<script>alert(1)</script>",
        "'; DROP TABLE files; --",
        "\u{0}",
        "line\r\nX-Evil: 1",
        "\u{202e}4pm.mp4",
        "Żółw 🐢",
        &"🐢".repeat(1_024),
    ] {
        let metadata = json!({ text: text, "": [null, true, { "deep": { "deeper": [u64::MAX, i64::MIN, 0.5] } }] });
        let body = json!({ "name": text, "friendlyName": text, "fileSize": 1, "metadata": metadata });
        let started = world.post("/vod/v1/files/start", &body).await.expect(200).json();
        let file =
            world.get(&format!("/vod/v1/files/{}", started["fileId"].as_str().unwrap())).await.expect(200).json();
        for field in ["name", "friendlyName", "orginalFileName"] {
            assert_eq!(file[field], text);
        }
        assert_eq!(file["metadata"], metadata);
        for field in ["fileKey", "location"] {
            assert!(!file[field].as_str().unwrap().contains(text), "a name never is a part of a key");
        }
    }
}

#[tokio::test]
async fn what_is_not_the_clients_to_say_is_refused() {
    let world = World::new().await;
    let body = json!({ "name": "a", "friendlyName": "a", "fileSize": 1, "metadata": null });
    for (field, value) in [
        ("tenantId", world.keys.others.to_string()),
        ("status", "Completed".to_owned()),
        ("createDate", "2000-01-01T00:00:00Z".to_owned()),
        ("id", "x".to_owned()),
    ] {
        let mut body = body.clone();
        body[field] = value.into();
        let answer = world.post("/vod/v1/files/start", &body).await.expect(400);
        assert!(answer.message().starts_with(&format!("`{field}`: ")), "{}", answer.message());
    }
    let started = world.post("/vod/v1/files/start", &body).await.expect(200).json();
    let file = world.get(&format!("/vod/v1/files/{}", started["fileId"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(file["tenantId"], world.keys.organization.to_string());
    assert_eq!(file["status"], "Uploading");
    assert_eq!(file["createDate"], "2026-01-31T12:00:00.000Z");
    assert_eq!(file["metadata"], Value::Object(serde_json::Map::new()));
}

#[tokio::test]
async fn a_field_that_no_operation_has_is_refused_by_its_name() {
    let world = World::new().await;
    let (file, asset) = world.film().await;
    let open = world.start("open.mp4", 10).await.file;
    let source = |fields: Value| json!({ "transcodedSources": [fields], "preset": "mp4" });
    let track = |selector: Value| json!({ "trackSelector": selector, "type": "Audio" });
    let copy = |fields: Value| json!({ "preset": "mp4", "harvestedEndpointInfos": [fields] });
    let patched = |thing: &str, id: &str| format!("/vod/v1/{thing}/{id}");
    let before = world.get("/vod/v1/assets").await.json();
    for (method, path, body, field) in [
        (
            "POST",
            "/vod/v1/files/start".to_owned(),
            json!({ "name": "a", "friendlyName": "a", "fileSize": 1, "size": 1 }),
            "size",
        ),
        (
            "POST",
            "/vod/v1/files/complete".to_owned(),
            json!({ "fileId": open, "parts": [{ "partNumber": 1, "eTag": "x" }], "size": 10 }),
            "size",
        ),
        ("POST", format!("/vod/v1/files/{open}/cancel"), json!({ "remove": true }), "remove"),
        ("PATCH", patched("files", &file), json!({ "name": "b", "title": "b" }), "title"),
        (
            "POST",
            "/vod/v1/assets".to_owned(),
            source(json!({ "fileId": file, "file": file })),
            "transcodedSources[0].file",
        ),
        (
            "POST",
            "/vod/v1/assets".to_owned(),
            source(
                json!({ "fileId": file, "transcodingTracks": [track(json!({ "trackId": "audio_1", "index": 0 }))] }),
            ),
            "transcodedSources[0].transcodingTracks[0].trackSelector.index",
        ),
        ("PATCH", patched("assets", &asset), json!({ "title": "b", "name": "b" }), "name"),
        ("POST", format!("/vod/v1/assets/{asset}/outputs"), json!({ "preset": "mp4", "expires": 1 }), "expires"),
        (
            "POST",
            format!("/vod/v1/assets/{asset}/outputs"),
            copy(json!({ "accessType": "S3", "format": "HLS", "protection": "None", "rate": 1 })),
            "harvestedEndpointInfos[0].rate",
        ),
        (
            "POST",
            "/core/v1/api-key".to_owned(),
            json!({ "name": "a", "roleId": kinora_domain::access::Role::Viewer.id().to_string(), "role": "Viewer" }),
            "role",
        ),
    ] {
        let asked = ask(method, &path).key(&world.keys.admin).json(&body);
        let answer = world.call(asked).await.expect(400);
        assert_eq!(answer.code(), "invalid_field", "{path} {body}");
        let sentence = format!("`{field}`: There is no such field; there is `");
        assert!(answer.message().starts_with(&sentence), "{path} {body}: {}", answer.message());
    }
    assert_eq!(world.get("/vod/v1/assets").await.json(), before, "nothing was made or changed");
    assert_eq!(world.get(&format!("/vod/v1/files/{open}")).await.json()["status"], "Uploading");
}

#[tokio::test]
async fn what_the_vendors_own_sample_sends_beyond_is_taken() {
    let world = World::new().await;
    let (file, parts) = world.send("film.mp4", &crate::film::film(&crate::film::Script::default()).bytes).await;
    let mut body = json!({ "fileId": file, "parts": parts, "uploadId": null });
    body["parts"][0]["size"] = json!(1);
    world.post("/vod/v1/files/complete", &body).await.expect(200);
}
