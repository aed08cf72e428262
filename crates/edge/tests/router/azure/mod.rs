//! The Azure Media Services Connector dialect.

mod access;
mod blobs;
mod blocks;
mod contract;
mod playback;
mod statuses;
mod tokens;
mod wire;
mod workflow;

use crate::film::{Script, film};
use crate::world::{Answer, Ask, World, ask, text};
use serde_json::{Value, json};

/// A film of five seconds.
fn bytes() -> Vec<u8> {
    film(&Script { seconds: 5, ..Script::default() }).bytes
}

/// Announces a video, as the admin.
pub(crate) async fn announced(world: &World, body: &Value) -> Value {
    world.post("/api/Videos", body).await.expect(201).json()
}

/// Writes all bytes of a video in one piece.
pub(crate) async fn put(world: &World, video: &Value, bytes: &[u8]) -> Answer {
    world.call(blob(video, "", bytes)).await.expect(201)
}

/// A video that was uploaded as a film and marked as complete.
pub(crate) async fn made(world: &World, body: &Value) -> Value {
    let video = announced(world, body).await;
    put(world, &video, &bytes()).await;
    complete(world, &video).await.expect(200);
    video
}

/// Marks the upload of a video as complete.
async fn complete(world: &World, video: &Value) -> Answer {
    world.call(ask("POST", &format!("{}/MarkComplete", path(video))).key(&world.keys.admin)).await
}

/// The path of a video.
fn path(video: &Value) -> String {
    format!("/api/Videos/{}", text(&video["Id"]))
}

/// What is to be announced.
fn plain() -> Value {
    json!({ "OriginalFileName": "harbor.mp4" })
}

/// The same, protected.
fn protected() -> Value {
    json!({ "OriginalFileName": "harbor.mp4", "ContentProtectionMode": "AES128" })
}

/// A `PUT` of bytes to the blob of a video, with more in the query.
fn blob(video: &Value, query: &str, bytes: &[u8]) -> Ask {
    let ask = ask("PUT", &format!("{}{query}", text(&video["UploadUri"])));
    let ask = if query.is_empty() { ask.header("x-ms-blob-type", "BlockBlob") } else { ask };
    ask.header("content-length", &bytes.len().to_string()).body(bytes.to_vec())
}

/// Sends a block.
async fn block(world: &World, video: &Value, id: &str, bytes: &[u8]) -> Answer {
    world.call(blob(video, &block_query(id), bytes)).await
}

fn block_query(id: &str) -> String {
    format!("&comp=block&blockid={}", id.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))
}

/// Sends a list of blocks.
async fn list(world: &World, video: &Value, entries: &[(&str, &str)]) -> Answer {
    let entries = entries.iter().map(|(kind, id)| format!("<{kind}>{id}</{kind}>")).collect::<Vec<_>>().concat();
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{entries}</BlockList>");
    world.call(blob(video, "&comp=blocklist", body.as_bytes())).await
}

/// The stable word of an error of a blob, which its body repeats.
fn code(answer: &Answer) -> String {
    let code = answer.header("x-ms-error-code").unwrap().to_owned();
    assert!(answer.text().contains(&format!("<Code>{code}</Code><Message>")), "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    code
}

/// The status of a video, and its word.
async fn status(world: &World, video: &Value) -> (u64, String) {
    let status = world.get(&format!("{}/Status", path(video))).await.expect(200).json();
    (status["StatusCode"].as_u64().unwrap(), text(&status["Status"]))
}
