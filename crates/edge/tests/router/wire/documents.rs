//! Playlists and manifests.

use crate::film::{Index, Script, film};
use crate::world::World;
use insta::assert_snapshot;

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
