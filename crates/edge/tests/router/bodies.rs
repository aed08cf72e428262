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
async fn what_an_object_says_besides_is_passed_over() {
    let world = World::new().await;
    let body = json!({
        "name": "a", "friendlyName": "a", "fileSize": 1, "metadata": null,
        "tenantId": world.keys.others.to_string(), "status": "Completed", "createDate": "2000-01-01T00:00:00Z", "id": "x",
    });
    let started = world.post("/vod/v1/files/start", &body).await.expect(200).json();
    let file = world.get(&format!("/vod/v1/files/{}", started["fileId"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(file["tenantId"], world.keys.organization.to_string());
    assert_eq!(file["status"], "Uploading");
    assert_eq!(file["createDate"], "2026-01-31T12:00:00.000Z");
    assert_eq!(file["metadata"], Value::Object(serde_json::Map::new()));
}
