//! Where videos are played.

use super::{announced, complete, made, path, plain, protected, put};
use crate::film::{Script, film};
use crate::world::{Answer, World, ask, text};
use serde_json::{Value, json};

async fn endpoint(world: &World, video: &Value, kind: &str) -> Answer {
    world.get(&format!("{}/PlaybackEndpoint?endpointType={kind}", path(video))).await
}

/// What is at an endpoint.
async fn played(world: &World, video: &Value, kind: &str) -> (Value, Answer) {
    let found = endpoint(world, video, kind).await.expect(200).json();
    let url = text(&found["PlaybackUrl"]);
    (found["Type"].clone(), world.call(ask("GET", &url)).await.expect(200))
}

#[tokio::test]
async fn a_clear_video_is_played_in_every_way() {
    let world = World::new().await;
    let video = made(&world, &plain()).await;
    for (kind, name, content_type) in [
        ("Streaming", "Streaming", "application/vnd.ms-sstr+xml"),
        ("HLS", "HLS", "application/vnd.apple.mpegurl"),
        ("DASH", "DASH", "application/dash+xml"),
        ("Progressive", "Progressive", "video/mp4"),
        ("streaming", "Streaming", "application/vnd.ms-sstr+xml"),
    ] {
        let (named, answer) = played(&world, &video, kind).await;
        assert_eq!((named, answer.header("content-type")), (json!(name), Some(content_type)), "{kind}");
    }
    let streaming = endpoint(&world, &video, "Streaming").await.json();
    assert!(text(&streaming["PlaybackUrl"]).ends_with("/smooth.ism/Manifest"));
}

#[tokio::test]
async fn sound_alone_is_played_as_sound() {
    let world = World::new().await;
    let video = announced(&world, &json!({ "OriginalFileName": "song.m4a" })).await;
    put(&world, &video, &film(&Script { seconds: 5, picture_bytes: 0, ..Script::default() }).bytes).await;
    complete(&world, &video).await.expect(200);
    played(&world, &video, "HLS").await;
    let (_, file) = played(&world, &video, "Progressive").await;
    assert!(file.header("content-type").is_some_and(|kind| kind.ends_with("/mp4")), "{}", file.head());
}

#[tokio::test]
async fn assets_of_the_other_dialect_are_played_by_what_they_are() {
    let world = World::new().await;
    let file = world.upload("film.mp4", &film(&Script::default()).bytes).await;
    for (preset, progressive) in [("mp4", "video/mp4"), ("audio_m4a", "audio/mp4")] {
        let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset });
        let asset = world.post("/vod/v1/assets", &body).await.expect(200).json();
        let video = json!({ "Id": asset["id"] });
        let (_, file) = played(&world, &video, "Progressive").await;
        assert_eq!(file.header("content-type"), Some(progressive), "{preset}");
    }
}

#[tokio::test]
async fn a_protected_video_is_played_where_its_key_is_asked_for() {
    let world = World::new().await;
    let video = made(&world, &protected()).await;
    let (_, master) = played(&world, &video, "HLS").await;
    assert!(master.text().contains(".m3u8"));
    played(&world, &video, "DASH").await;
    // In the clear it is given out nowhere.
    for kind in ["Streaming", "Progressive"] {
        assert!(endpoint(&world, &video, kind).await.expect(404).body.is_empty(), "{kind}");
    }
    for document in ["smooth.ism/Manifest", "original.mp4", "video.mp4", "v0-1/0.m4s"] {
        world.fetch(&format!("/play/{}/{document}", text(&video["Id"]))).await.expect(404);
    }
}

#[tokio::test]
async fn what_plays_and_has_a_picture_has_thumbnails() {
    let world = World::new().await;
    let thumbnails = |video: &Value| {
        let target = format!("{}/Thumbnails", path(video));
        let world = &world;
        async move { world.get(&target).await.expect(200).json() }
    };
    let video = announced(&world, &plain()).await;
    assert_eq!(thumbnails(&video).await, json!([]));
    put(&world, &video, &super::bytes()).await;
    complete(&world, &video).await.expect(200);
    let found = thumbnails(&video).await;
    let shown: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["Kind"]), text(&one["Index"]), text(&one["Time"])))
        .collect();
    let expected = [("Poster", "0", "0"), ("Thumbnail", "1", "1"), ("Thumbnail", "2", "2"), ("Thumbnail", "3", "3")];
    assert_eq!(shown, expected.map(|(kind, index, time)| (kind.to_owned(), index.to_owned(), time.to_owned())));
    assert_eq!(thumbnails(&video).await, found, "ids and links stay");
    let song = announced(&world, &json!({ "OriginalFileName": "song.m4a" })).await;
    put(&world, &song, &film(&Script { seconds: 5, picture_bytes: 0, ..Script::default() }).bytes).await;
    complete(&world, &song).await.expect(200);
    assert_eq!(thumbnails(&song).await, json!([]));
}
