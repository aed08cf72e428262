//! Files of other containers: looked into, and converted where players do not take them.

use crate::films;
use crate::harness::{Server, until};
use serde_json::{Value, json};

#[track_caller]
fn detect(server: &Server, file: &str) -> Value {
    server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).expect(200).json()["tracks"].clone()
}

/// Selector, type and language of each track.
fn told<'a>(tracks: &'a Value) -> Vec<(&'a str, &'a str, Option<&'a str>)> {
    let track = |track: &'a Value| {
        let selector = track["trackSelector"]["trackId"].as_str().unwrap();
        (selector, track["type"].as_str().unwrap(), track["language"].as_str())
    };
    tracks.as_array().unwrap().iter().map(track).collect()
}

#[test]
fn webm_and_matroska_are_taken_and_looked_into_and_their_assets_play() {
    let server = Server::start();
    for (name, film, language) in
        [("film.webm", films::webm(), "pl"), ("film.mkv", films::matroska(), "fr"), ("lies.mp4", films::webm(), "pl")]
    {
        let file = server.store(name, &film);
        let tracks = detect(&server, &file);
        assert_eq!(told(&tracks), [("video_1", "Video", None), ("audio_1", "Audio", Some(language))], "{name}");
        let detail = server.file_detail(&file);
        assert_eq!((&detail["tracks"], detail["fileTypes"].as_str()), (&tracks, Some("Video, Audio")), "{name}");
        comes_to_play(&server, &file);
    }
    server.settle();
    assert_eq!(server.scratch().len(), 0, "the programs clean up");
}

#[test]
fn a_fragmented_film_is_taken_and_looked_into_and_its_asset_plays() {
    let server = Server::start();
    let file = server.store("fragments.mp4", &films::fragmented());
    assert_eq!(told(&detect(&server, &file)).len(), 2);
    comes_to_play(&server, &file);
}

#[track_caller]
fn comes_to_play(server: &Server, file: &str) {
    let asset = server.asset(file);
    let detail = until("the asset is available", || {
        Some(server.asset_detail(&asset)).filter(|detail| detail["status"] == "Available")
    });
    assert!(detail["endpoints"].as_array().is_some_and(|endpoints| endpoints.len() >= 2), "{detail}");
    let playlist = server.fetch(&format!("/play/{asset}/hls/master.m3u8")).expect(200).text();
    assert!(playlist.contains("avc1.") && (playlist.contains("mp4a.") || playlist.contains("opus")), "{playlist}");
}

#[test]
fn a_job_looks_into_a_file_where_nobody_asks() {
    let server = Server::start();
    let file = server.store("film.webm", &films::webm());
    server.settle();
    let detail = server.file_detail(&file);
    assert_eq!(told(&detail["tracks"]).len(), 2, "{detail}");
}

#[test]
fn a_file_that_only_begins_like_one_is_kept_and_its_looks_say_that_it_cannot_be_read() {
    let server = Server::start();
    let webm = films::webm();
    let mut broken = webm[..40].to_vec();
    broken.extend(films::noise(50_000));
    let file = server.store("broken.webm", &broken);
    let target = format!("/vod/v1/files/{file}/detect");
    server.post(&target, &json!({})).refused(422, "unreadable_media", &[]);
    let again = server.post(&target, &json!({}));
    again.refused(422, "unreadable_media", &[]);
    assert!(
        !again.text().contains("/proc") && !again.text().contains(server.data().to_str().unwrap()),
        "{}",
        again.text()
    );
    assert_eq!(server.file_detail(&file)["status"], "Completed");
    server.settle();
    server.is_well();
}

#[test]
fn without_a_prober_files_are_still_taken_and_looked_into_once_it_is_there() {
    let mut server = Server::with(&[("KINORA_FFPROBE", "/nonexistent/ffprobe")]);
    // What Kinora reads itself needs no other program.
    let film = films::film();
    server.plays(&server.publish("film.mp4", &film), &film);
    server.settle();
    let file = server.store("film.webm", &films::webm());
    server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).refused(
        503,
        "prober_unavailable",
        &["cannot be run"],
    );
    until("the job has given up for now", || server.log().contains("tried again").then_some(()));
    server.restart_with(&[]);
    assert_eq!(told(&detect(&server, &file)).len(), 2);
    server.settle();
}

#[test]
fn captions_are_taken_under_their_own_names_only() {
    let server = Server::start();
    let file = server.store("film.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n");
    assert_eq!(told(&detect(&server, &file)), [("captions_1", "Captions", None)]);
    let vtt = server.store("film.VTT", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
    assert_eq!(told(&detect(&server, &vtt)), [("captions_1", "Captions", None)]);
    let asset = server.asset_detail(&server.asset(&vtt));
    assert_eq!(asset["status"], "Error", "{asset}");
}
