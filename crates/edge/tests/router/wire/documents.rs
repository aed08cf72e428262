//! Playlists and manifests.

use crate::film::{Index, Script, film};
use crate::world::{World, text};
use insta::assert_snapshot;
use serde_json::json;

async fn documents(name: &str, script: Script, playlists: &[&str]) {
    let world = World::new().await;
    let file = world.upload("film.mp4", &film(&script).bytes).await;
    let asset = world.asset(&file, "Film").await;
    let play = format!("/play/{asset}");
    let master = world.fetch(&format!("{play}/hls/master.m3u8")).await.expect(200);
    assert_snapshot!(format!("{name}_master"), master.text());
    for playlist in playlists {
        let media = world.fetch(&format!("{play}/hls/{playlist}.m3u8")).await.expect(200);
        assert_snapshot!(format!("{name}_{playlist}"), media.text());
    }
    let manifest = world.fetch(&format!("{play}/dash/manifest.mpd")).await.expect(200);
    assert_snapshot!(format!("{name}_dash"), manifest.text());
}

#[tokio::test]
async fn a_film_with_sound() {
    documents("film", Script::default(), &["v0-1", "a1-1"]).await;
}

#[tokio::test]
async fn a_film_with_two_languages_and_its_index_at_the_end() {
    let script = Script { seconds: 5, sounds: &["eng", "pol"], index: Index::End, ..Script::default() };
    documents("languages", script, &["a1-1", "a2-1"]).await;
}

#[tokio::test]
async fn sound_alone() {
    documents("sound", Script { picture_bytes: 0, ..Script::default() }, &["a0-1"]).await;
}

#[tokio::test]
async fn a_picture_with_sound_and_captions_of_other_files() {
    let world = World::new().await;
    let picture = world.upload("film.mp4", &film(&Script { seconds: 5, ..Script::default() }).bytes).await;
    let sound = |language| film(&Script { seconds: 5, picture_bytes: 0, sounds: language, ..Script::default() }).bytes;
    let german = world.upload("german.m4a", &sound(&["deu"])).await;
    let others = world.upload("others.m4a", &sound(&["fra", "und"])).await;
    let words = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n").await;
    let track = |id: &str, kind: &str| json!({ "trackSelector": { "trackId": id }, "type": kind });
    let named = |id: &str, kind: &str, language: &str, name: &str| json!({ "trackSelector": { "trackId": id }, "type": kind, "language": language, "name": name });
    let sources = json!([
        { "fileId": german },
        // Its own sound is not asked for.
        { "fileId": picture, "transcodingTracks": [track("video_1", "Video")], "fileTypesFlag": "Video" },
        { "fileId": others, "transcodingTracks": [named("audio_2", "Audio", "pl", "Lektor")] },
        { "fileId": words, "transcodingTracks": [named("captions_1", "Captions", "en", "English")], "fileTypesFlag": "Caption" },
    ]);
    let body = json!({ "transcodedSources": sources, "preset": "mp4", "title": "Harbor" });
    let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    let play = format!("/play/{asset}");
    assert_snapshot!("several_files_master", world.fetch(&format!("{play}/hls/master.m3u8")).await.expect(200).text());
    assert_snapshot!("several_files_dash", world.fetch(&format!("{play}/dash/manifest.mpd")).await.expect(200).text());
    assert_snapshot!("several_files", world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).shown());
    // What is added is made of the same tracks.
    world.output(&asset, &json!({ "preset": "mp4_1080p", "id": "more" })).await.expect(200);
    let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    let more = world.fetch(&text(&seen["outputs"][1]["endpoints"][0]["url"])).await.expect(200);
    assert_snapshot!("several_files_more_master", more.text());
}
