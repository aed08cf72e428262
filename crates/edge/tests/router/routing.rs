//! Spellings of paths, methods, and what is not there.

use crate::contract::openapi::Document;
use crate::world::{World, ask};
use std::collections::{BTreeMap, BTreeSet};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// The path of an operation with an id and a part in it.
fn filled(path: &str) -> String {
    path.replace("{id}", ID).replace("{partNumber}", "1")
}

/// The spellings of a path: with and without the version, with and without a slash at the end.
fn spellings(path: &str) -> [String; 4] {
    let path = filled(path);
    let short = path.replace("/v1/", "/");
    [format!("{path}/"), format!("{short}/"), path, short]
}

#[tokio::test]
async fn every_operation_is_there_in_every_spelling() {
    let world = World::new().await;
    for operation in Document::load().operations() {
        let (method, path) = operation.split_once(' ').unwrap();
        for path in spellings(path) {
            let answer = world.call(ask(method, &path)).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "missing_api_key"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_unversioned_path_with_a_slash_uploads() {
    let world = World::new().await;
    let body = serde_json::json!({ "name": "notes.srt", "friendlyName": "Notes", "fileSize": 40 });
    let started = world.post("/vod/files/start/", &body).await.expect(200).json();
    let file = started["fileId"].as_str().unwrap();
    let link = world.get(&format!("/vod/files/{file}/part/1/")).await.expect(200).json();
    let captions = b"1\n00:00:01,000 --> 00:00:02,000\nWelcome\n";
    let put = world.put(link["url"].as_str().unwrap(), &captions[..]).await.expect(200);
    // That vendor's sample sends an upload id, which means nothing here.
    let parts = serde_json::json!([{ "partNumber": 1, "eTag": put.header("etag").unwrap() }]);
    let body = serde_json::json!({ "fileId": file, "uploadId": "x", "parts": parts });
    world.post("/vod/files/complete/", &body).await.expect(200);
    let detected = world.post(&format!("/vod/files/{file}/detect/"), &serde_json::Value::Null).await.expect(200).json();
    assert_eq!(detected["tracks"][0]["type"], "Captions");
}

#[tokio::test]
async fn a_method_that_a_path_lacks_is_told_which_it_has() {
    let world = World::new().await;
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in Document::load().operations() {
        let (method, path) = operation.split_once(' ').unwrap();
        methods.entry(path.to_owned()).or_default().insert(method.to_owned());
    }
    for (path, has) in methods {
        let mut allowed = has.clone();
        if has.contains("GET") {
            allowed.insert("HEAD".to_owned());
        }
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            if allowed.contains(method) {
                continue;
            }
            for path in spellings(&path) {
                let answer = world.call(ask(method, &path).key(&world.keys.admin)).await.expect(405);
                let named = answer.header("allow").unwrap().split(',').map(|name| name.trim().to_owned()).collect();
                assert_eq!(allowed, named, "{method} {path}");
                if method != "HEAD" {
                    assert_eq!(answer.code(), "method_not_allowed", "{method} {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_path_of_the_dialect_that_is_not_there_is_answered_in_its_form() {
    let world = World::new().await;
    let file = format!("/vod/v1/files/{ID}");
    for path in [
        "/vod/nothing",
        "/vod/v1/nothing",
        "/vod/v2/files",
        "/vod/v1/files/start/now",
        "/vod/v1/filetype",
        "/vod/v1//files",
        &format!("{file}/previews"),
        &format!("{file}/part"),
        &format!("{file}/part/1/2"),
        "/vod/v1/",
        "/vod/v1",
        "/vod/",
        "/vod",
        "/core/v1/api-keys",
        "/core/v2/api-key",
        "/core/settings",
        "/core/v1/",
        "/core",
        "/transcoder/v1/preset",
        "/transcoder",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = world.call(ask(method, path)).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.shown());
            assert_eq!(answer.header("content-type"), Some("application/json"), "{method} {path}");
            assert_eq!(answer.code(), "no_such_path", "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_names_nothing() {
    let world = World::new().await;
    for path in ["/vod/v1/files/%FF", "/vod/v1/assets/%FF", "/vod/v1/files/%FF/part/1"] {
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, Some("application/json")),
            "{path}: {}",
            answer.shown()
        );
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let world = World::new().await;
    let (file, asset) = world.film().await;
    let play = format!("/play/{asset}");
    let video = format!("/api/Videos/{asset}");
    let paths = [
        "/api/Videos",
        "/api/Videos/",
        &video,
        &format!("{video}/Status"),
        &format!("{video}/PlaybackEndpoint?endpointType=DASH"),
        "/api/Formats",
        "/api/Videos/x",
        "/vod/v1/files",
        "/vod/files/",
        &format!("/vod/v1/files/{file}"),
        "/vod/v1/files/x",
        "/vod/v1/assets",
        &format!("/vod/v1/assets/{asset}"),
        &format!("{play}/hls/master.m3u8"),
        &format!("{play}/hls/v0-1.m3u8"),
        &format!("{play}/dash/manifest.mpd"),
        &format!("{play}/v0-1/init.mp4"),
        &format!("{play}/v0-1/0.m4s"),
        &format!("{play}/a1-1/1.m4s"),
        &format!("{play}/v0-1/99.m4s"),
        &format!("{play}/original.mp4"),
        "/",
        "/embed/x",
        "/docs",
        "/docs/",
        "/_player/main-0A1B2C3D.js",
        "/openapi/videokit.json",
        "/openapi/azure.json",
        "/livez",
        "/readyz",
    ];
    for path in paths {
        for coding in ["identity", "gzip", "br"] {
            let by = |method| ask(method, path).key(&world.keys.admin).header("accept-encoding", coding);
            let get = world.call(by("GET")).await.without_request_id();
            let head = world.call(by("HEAD")).await.without_request_id();
            assert!(head.body.is_empty(), "{path}");
            assert_eq!((head.status, &head.headers), (get.status, &get.headers), "{path} {coding}");
        }
    }
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_key() {
    let world = World::new().await;
    let (file, asset) = world.film().await;
    for path in [
        "/vod/v1/files/start".to_owned(),
        format!("/vod/files/{file}/part/1/"),
        format!("/upload/{file}/1?expires=1&signature=x"),
        format!("/play/{asset}/hls/master.m3u8"),
        format!("/play/{asset}/v0-1/0.m4s"),
        "/api/Videos".to_owned(),
        format!("/api/Videos/{asset}/"),
    ] {
        let preflight = ask("OPTIONS", &path)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "x-api-key, content-type");
        let answer = world.call(preflight).await.expect(204);
        let list = |name: &str| answer.header(name).unwrap().split(", ").collect::<BTreeSet<_>>();
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert!(
            list("access-control-allow-methods").is_superset(&["GET", "HEAD", "POST", "PUT", "DELETE"].into()),
            "{path}"
        );
        let headers = ["x-api-key", "x-tenant-id", "authorization", "content-type", "range", "if-none-match"];
        assert!(list("access-control-allow-headers").is_superset(&headers.into()), "{path}");
    }
}

#[tokio::test]
async fn the_request_id_is_the_clients_where_it_is_plain() {
    let world = World::new().await;
    for (given, kept) in
        [("my-id_1.x", true), ("a b", false), ("", false), (&"a".repeat(65), false), ("<script>", false)]
    {
        let answer = world.call(ask("GET", "/livez").header("x-request-id", given)).await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id == given, kept, "{given}");
        assert!(kept || (id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit())), "{id}");
    }
    let two = [world.fetch("/livez").await, world.fetch("/vod/v1/nothing").await];
    assert_ne!(two[0].header("x-request-id"), two[1].header("x-request-id"));
}
