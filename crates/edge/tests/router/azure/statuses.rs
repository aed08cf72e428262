//! The statuses of the reference's table, where an operation has that condition.

use super::{announced, bytes, complete, made, path, plain, protected, put};
use crate::contract::openapi::Document;
use crate::world::{Answer, World, ask, text};
use kinora_app::port::Blobs as _;
use serde_json::{Value, json};

/// Holds the headers that every answer has.
fn kept_by_nobody(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-cache"), "{}", answer.head());
    assert_eq!((answer.header("pragma"), answer.header("expires")), (Some("no-cache"), Some("-1")));
}

/// The sentence of an error in the vendor's form.
fn sentence(answer: &Answer) -> String {
    kept_by_nobody(answer);
    let body = answer.json();
    let mut fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(
        (fields, &body["status"]),
        (vec!["message".to_owned(), "source".to_owned(), "status".to_owned()], &json!(0))
    );
    text(&body["message"])
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_form_of_the_vendor() {
    let world = World::new().await;
    let video = made(&world, &plain()).await;
    for query in ["?endpointType=Flash", "?endpointType=", ""] {
        let target = format!("{}/PlaybackEndpoint{query}", path(&video));
        let refused = world.get(&target).await.expect(400);
        assert_eq!(sentence(&refused), "The request is invalid.");
        assert_eq!(refused.json()["source"], format!("https://films.example/cloud{target}"));
    }
    let post = async |body: Value| world.post("/api/Videos", &body).await;
    for (body, named) in [
        (json!({}), "OriginalFileName"),
        (json!({ "OriginalFileName": null }), "OriginalFileName"),
        (json!({ "OriginalFileName": "holiday" }), "OriginalFileName"),
        (json!({ "OriginalFileName": "holiday.webm" }), "OriginalFileName"),
        (json!({ "OriginalFileName": format!("{}.mp4", "a".repeat(1_024)) }), "name"),
        (json!({ "OriginalFileName": "a.mp4", "ContentProtectionMode": "AES256" }), "ContentProtectionMode"),
        (json!({ "OriginalFileName": "a.mp4", "ContentProtectionMode": 1 }), "ContentProtectionMode"),
        (json!({ "OriginalFileName": "a.mp4", "InputStorageEncryptionMode": "AES128" }), "InputStorageEncryptionMode"),
        (json!({ "OriginalFileName": "a.mp4", "Title": "x" }), "Title"),
        (json!([]), "JSON object"),
    ] {
        let refused = post(body.clone()).await.expect(400);
        assert!(sentence(&refused).contains(named), "{body}: {}", refused.text());
    }
    for (body, mode, input) in [
        (
            json!({ "OriginalFileName": "a.MP4", "ContentProtectionMode": "aes128", "InputStorageEncryptionMode": "" }),
            "AES128",
            Value::Null,
        ),
        (
            json!({ "OriginalFileName": "a.mp4", "ContentProtectionMode": null, "InputStorageEncryptionMode": null }),
            "None",
            Value::Null,
        ),
        (
            json!({ "OriginalFileName": "a.mp4", "ContentProtectionMode": "None", "InputStorageEncryptionMode": "AES256" }),
            "None",
            json!("AES256"),
        ),
    ] {
        let video = post(body).await.expect(201).json();
        assert_eq!((&video["ContentProtectionMode"], &video["InputStorageEncryptionMode"]), (&json!(mode), &input));
        assert_eq!(video["ContentProtectionKeyId"].is_string(), mode == "AES128");
    }
}

#[tokio::test]
async fn a_video_can_be_sent_back_as_it_came() {
    let world = World::new().await;
    let created = announced(&world, &protected()).await;
    let put = ask("PUT", &path(&created)).key(&world.keys.admin).json(&created);
    assert!(world.call(put).await.expect(204).body.is_empty());
    assert_eq!(world.get(&path(&created)).await.expect(200).json(), created);
    let other = world.call(ask("POST", "/api/Videos").key(&world.keys.admin).json(&created)).await.expect(201).json();
    assert_ne!(other["Id"], created["Id"]);
}

#[tokio::test]
async fn what_is_not_there_is_said_by_the_status_alone() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let stranger = |method: &str, path: &str| world.call(ask(method, path).key(&world.keys.stranger));
    for target in [
        "/api/Videos/x",
        "/api/Videos/01890a5d-ac96-774b-bcce-b302099a8057",
        "/api/Videos/%FF",
        "/api/nothing",
        "/api",
        "/api/",
    ] {
        let answer = world.get(target).await.expect(404);
        assert!(answer.body.is_empty() && answer.header("content-type").is_none(), "{target}: {}", answer.head());
        kept_by_nobody(&answer);
    }
    for (method, target) in
        [("GET", path(&video)), ("DELETE", path(&video)), ("POST", format!("{}/MarkComplete", path(&video)))]
    {
        assert!(stranger(method, &target).await.expect(404).body.is_empty());
    }
}

#[tokio::test]
async fn who_asks_without_a_right_is_told_so() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let nobody = world.fetch("/api/Videos").await.expect(401);
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
    sentence(&nobody);
    let bearer = |key: &str| world.call(ask("GET", &path(&video)).header("authorization", &format!("Bearer {key}")));
    sentence(&bearer("x").await.expect(401));
    bearer(&world.keys.editor).await.expect(200);
    let viewer = bearer(&world.keys.viewer).await.expect(200).json();
    assert_eq!(viewer["UploadUri"], Value::Null, "who may not write is given no link to write");
    let refused = world.call(ask("POST", "/api/Videos").key(&world.keys.viewer).json(&plain())).await.expect(403);
    sentence(&refused);
    // A key in the address is not told again.
    let secret = &world.keys.viewer;
    let refused =
        world.call(ask("GET", &format!("{}/PlaybackEndpoint?X-Api-Key={secret}&a=b", path(&video)))).await.expect(400);
    assert!(!refused.text().contains(secret) && refused.text().contains("?a=b"), "{}", refused.text());
}

#[tokio::test]
async fn verbs_that_a_resource_lacks() {
    let world = World::new().await;
    let document = Document::azure();
    let all = document.operations();
    let paths: std::collections::BTreeSet<_> = all.iter().map(|name| name.split_once(' ').unwrap().1).collect();
    for target in paths {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let known = if method == "HEAD" { "GET" } else { method };
            if all.contains(&format!("{known} {target}")) {
                continue;
            }
            let concrete = target.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057");
            for concrete in [format!("{concrete}/"), concrete] {
                let answer = world.call(ask(method, &concrete).key(&world.keys.admin)).await;
                let expected = if ["GET", "POST", "PUT", "DELETE"].contains(&method) { 501 } else { 405 };
                assert_eq!(answer.status, expected, "{method} {concrete}");
                assert!(answer.header("allow").is_some(), "{method} {concrete}: {}", answer.head());
                if method != "HEAD" {
                    sentence(&answer);
                }
            }
        }
    }
}

#[tokio::test]
async fn what_can_be_seen_before_anything_else() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    for target in ["/api/Videos", "/api/Formats", &path(&video), &format!("{}/Status", path(&video))] {
        let by = |accept: &str| world.call(ask("GET", target).key(&world.keys.admin).header("accept", accept));
        sentence(&by("text/html, application/xml").await.expect(406));
        kept_by_nobody(&by("text/html, */*;q=0.1").await.expect(200));
    }
    // What is sent has no answer to be read.
    let delete = ask("DELETE", &path(&video)).key(&world.keys.admin).header("accept", "text/html");
    world.call(delete).await.expect(204);
    let long = format!("/api/Videos?{}", "x".repeat(5_000));
    sentence(&world.post(&long, &plain()).await.expect(414));
    world.get(&long).await.expect(200);
    let plain_text = ask("POST", "/api/Videos").key(&world.keys.admin).header("content-type", "text/plain");
    sentence(&world.call(plain_text.body("{}")).await.expect(415));
    let large = ask("POST", "/api/Videos").key(&world.keys.admin).body(vec![b' '; 5 << 20]);
    sentence(&world.call(large).await.expect(413));
}

#[tokio::test]
async fn a_tag_stands_for_what_the_client_has() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let tag_of = async |target: &str| world.get(target).await.expect(200).header("etag").unwrap().to_owned();
    let film = made(&world, &plain()).await;
    for target in ["/api/Formats", &path(&video), &format!("{}/Thumbnails", path(&film))] {
        let tag = tag_of(target).await;
        let again =
            world.call(ask("GET", target).key(&world.keys.admin).header("if-none-match", &tag)).await.expect(304);
        assert!(again.body.is_empty() && again.header("etag") == Some(&tag));
        kept_by_nobody(&again);
    }
    let change = async |tag: &str, mode: &str| {
        let body = json!({ "OriginalFileName": "b.mov", "ContentProtectionMode": mode });
        world.call(ask("PUT", &path(&video)).key(&world.keys.admin).header("if-match", tag).json(&body)).await
    };
    let first = tag_of(&path(&video)).await;
    // A new link is no change.
    world.clock.forward(core::time::Duration::from_hours(2));
    assert_eq!(tag_of(&path(&video)).await, first);
    change(&first, "AES128").await.expect(204);
    let changed = world.get(&path(&video)).await.json();
    assert_eq!(changed["ContentProtectionMode"], "AES128");
    assert_eq!(changed["OriginalFileName"], format!("{}.mov", text(&changed["Id"])));
    let refused = change(&first, "None").await.expect(412);
    sentence(&refused);
    change("\"x\"", "None").await.expect(412);
    change("*", "AES128").await.expect(204);
    assert_eq!(
        world.get(&path(&video)).await.json()["ContentProtectionKeyId"],
        changed["ContentProtectionKeyId"],
        "a key keeps its id"
    );
    change("*", "None").await.expect(204);
    assert_eq!(world.get(&path(&video)).await.json()["ContentProtectionKeyId"], Value::Null);
    let body = json!({ "OriginalFileName": "b.mov", "InputStorageEncryptionMode": "AES256" });
    let refused = world.call(ask("PUT", &path(&video)).key(&world.keys.admin).json(&body)).await.expect(400);
    sentence(&refused);
    let before = tag_of(&path(&video)).await;
    put(&world, &video, &bytes()).await;
    complete(&world, &video).await.expect(200);
    assert_ne!(tag_of(&path(&video)).await, before);
    change("\"x\"", "None").await.expect(412);
    sentence(&change("*", "None").await.expect(409));
    world.call(ask("PUT", "/api/Videos/x").key(&world.keys.admin).json(&plain())).await.expect(404);
}

#[tokio::test]
async fn what_the_server_cannot_do_now_is_transient() {
    let full = World::with_reserve(u64::MAX).await;
    let video = announced(&full, &plain()).await;
    assert_eq!(full.call(super::blob(&video, "", &bytes())).await.status, 503);
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    put(&world, &video, &bytes()).await;
    for object in world.blobs.list().await.unwrap() {
        world.blobs.delete(object).await.unwrap();
    }
    sentence(&complete(&world, &video).await.expect(500));
    world.store.close().await.unwrap();
    let away = world.get("/api/Videos").await.expect(503);
    sentence(&away);
    assert!(away.header("retry-after").is_some());
}

#[tokio::test]
async fn keys_that_ask_too_often_wait() {
    let world = World::new().await.limited(kinora_edge::Rate { per_second: 1, burst: 1 });
    world.get("/api/Formats").await.expect(200);
    let refused = world.get("/api/Formats").await.expect(429);
    sentence(&refused);
    assert!(refused.header("retry-after").is_some() && refused.header("ratelimit-limit").is_some());
}
