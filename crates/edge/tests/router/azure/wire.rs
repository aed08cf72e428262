//! What goes over the wire, as snapshots.

use super::{announced, block, complete, list, path, plain, protected, put};
use crate::world::{World, ask, text};
use insta::assert_snapshot;
use serde_json::json;

/// The text with tags of blobs in one spelling, so that it does not change when something else draws a random number.
fn untagged(text: &str) -> String {
    let mut parts = text.split("\"0x");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |out, part| format!("{out}\"0x[tag]{}", part.get(16..).unwrap()))
}

#[tokio::test]
async fn a_video() {
    let world = World::new().await;
    let created = world.post("/api/Videos", &protected()).await;
    assert_snapshot!("azure_create_video", created.shown());
    assert_snapshot!("azure_create_video_head", created.head());
    let video = created.json();
    assert_snapshot!("azure_get_status_awaiting", world.get(&format!("{}/Status", path(&video))).await.shown());
    let written = put(&world, &video, &super::bytes()).await;
    assert_snapshot!("azure_put_blob", untagged(&written.head()));
    assert_snapshot!("azure_mark_complete", complete(&world, &video).await.head());
    assert_snapshot!("azure_get_video", world.get(&path(&video)).await.shown());
    assert_snapshot!("azure_list_videos", world.get("/api/Videos").await.shown());
    assert_snapshot!("azure_get_status_completed", world.get(&format!("{}/Status", path(&video))).await.shown());
    assert_snapshot!("azure_list_thumbnails", world.get(&format!("{}/Thumbnails", path(&video))).await.shown());
    let endpoint = format!("{}/PlaybackEndpoint?endpointType=HLS", path(&video));
    assert_snapshot!("azure_get_playback_endpoint", world.get(&endpoint).await.shown());
    assert_snapshot!("azure_again_complete", complete(&world, &video).await.shown());
    assert_snapshot!("azure_delete_video", world.delete(&path(&video)).await.head());
}

#[tokio::test]
async fn blocks() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    assert_snapshot!("azure_put_block", block(&world, &video, "AAAA", b"bytes").await.head());
    let unknown = list(&world, &video, &[("Latest", "BBBB")]).await;
    assert_snapshot!("azure_put_block_list_refused", format!("{}\n{}", unknown.head(), unknown.text()));
    assert_snapshot!("azure_put_block_list", untagged(&list(&world, &video, &[("Latest", "AAAA")]).await.head()));
    let listed =
        world.call(ask("GET", &format!("{}&comp=blocklist&blocklisttype=all", text(&video["UploadUri"])))).await;
    assert_snapshot!("azure_get_block_list", untagged(&format!("{}\n{}", listed.head(), listed.text())));
}

#[tokio::test]
async fn what_can_be_uploaded() {
    let world = World::new().await;
    let formats = world.get("/api/Formats").await;
    assert_eq!(formats.json().as_array().unwrap().len(), 37);
    assert_snapshot!("azure_list_formats", formats.shown());
    let refused = world.post("/api/Videos", &json!({ "OriginalFileName": "a.webm" })).await;
    assert_snapshot!("azure_create_video_refused", format!("{}\n{}", refused.head(), refused.shown()));
}
