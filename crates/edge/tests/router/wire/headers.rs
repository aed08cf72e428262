//! The headers of each kind of answer.

use crate::world::{Answer, World, ask};
use insta::assert_snapshot;
use kinora_edge::Rate;
use serde_json::json;

#[tokio::test]
async fn of_the_api() {
    let world = World::new().await;
    let started = world.start("a.mp4", 5).await;
    let url = &started.urls[0];
    let put = world.put(url, b"bytes").await;
    let preflight = ask("OPTIONS", url)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "content-type");
    let cancel = ask("POST", &format!("/vod/v1/files/{}/cancel", started.file)).key(&world.keys.admin);
    let full = World::with_reserve(u64::MAX).await;
    let limited = World::new().await.limited(Rate { per_second: 1, burst: 2 });
    let body = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    shown(
        "api",
        &[
            ("a page", world.get("/vod/v1/files").await),
            ("a part", put),
            ("a preflight", world.call(preflight).await),
            ("nothing to say", world.call(cancel).await),
            ("no key", world.fetch("/vod/v1/files").await),
            ("not found", world.get("/vod/v1/files/x").await),
            ("no such path", world.get("/vod/v1/nothing").await),
            ("no such method", world.call(ask("PATCH", "/vod/v1/assets")).await),
            ("a page where keys are limited", limited.get("/vod/v1/files").await),
            ("the last one for a while", limited.get("/vod/v1/files/x").await),
            ("one too many", limited.get("/vod/v1/files").await),
            ("a full disk", full.post("/vod/v1/files/start", &body).await),
        ],
    );
}

#[tokio::test]
async fn of_delivery() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let play = format!("/play/{asset}");
    let at = |path: &str| ask("GET", &format!("{play}/{path}"));
    let master = world.call(at("hls/master.m3u8")).await;
    let tag = master.header("etag").unwrap().to_owned();
    let original = world.call(at("original.mp4")).await;
    let object = original.header("etag").unwrap().to_owned();
    let again = |path, tag: &str| world.call(at(path).header("if-none-match", tag));
    let range = |range| world.call(at("original.mp4").header("range", range));
    shown(
        "delivery",
        &[
            ("a playlist", master),
            ("a playlist that the client has", again("hls/master.m3u8", &tag).await),
            ("a compressed playlist", world.call(at("hls/v0-1.m3u8").header("accept-encoding", "gzip, br")).await),
            ("a manifest", world.call(at("dash/manifest.mpd")).await),
            ("an init segment", world.call(at("v0-1/init.mp4")).await),
            ("a segment of picture", world.call(at("v0-1/0.m4s")).await),
            ("a segment of sound", world.call(at("a1-1/0.m4s")).await),
            ("a segment that the client has", again("v0-1/0.m4s", "\"v0-1-0.m4s\"").await),
            ("the original", original),
            ("the original that the client has", again("original.mp4", &object).await),
            ("a part of the original", range("bytes=0-9").await),
            ("a part behind its end", range("bytes=9999999-").await),
            ("no such segment", world.call(at("v0-1/99.m4s")).await),
        ],
    );
}

#[tokio::test]
async fn of_pages() {
    let world = World::new().await;
    let page = world.fetch("/embed/x").await;
    let again = ask("GET", "/embed/x").header("if-none-match", page.header("etag").unwrap());
    let compressed = ask("GET", "/_player/main-0A1B2C3D.js").header("accept-encoding", "gzip, br");
    shown(
        "pages",
        &[
            ("the player", page),
            ("the player that the browser has", world.call(again).await),
            ("a script", world.call(compressed).await),
            ("the start page", world.fetch("/").await),
            ("a picture", world.fetch("/_home/icon-00FF00FF.svg").await),
            ("the API pages", world.fetch("/docs/").await),
            ("the API pages without the slash", world.fetch("/docs").await),
            ("the document of the API", world.fetch("/openapi/videokit.json").await),
            ("no such page", world.fetch("/_player/gone.js").await),
            ("alive", world.fetch("/livez").await),
            ("measured", world.fetch("/metrics").await),
        ],
    );
}

fn shown(name: &str, answers: &[(&str, Answer)]) {
    let all: Vec<_> = answers.iter().map(|(what, answer)| format!("# {what}\n{}", answer.head())).collect();
    assert_snapshot!(format!("headers_{name}"), all.join("\n\n"));
}
