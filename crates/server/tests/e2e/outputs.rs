//! Outputs that are added and removed while programs are at work on them.

use crate::films::{self, LARGER_PICTURES};
use crate::harness::{KEY, Server, Track, path, tracks, tracks_of, until};
use serde_json::{Value, json};

/// A film that plays once it is indexed, and of which a ladder is encoded.
fn film() -> (&'static str, Vec<u8>) {
    films::without_tables().remove(0)
}

#[track_caller]
fn add(server: &Server, asset: &str, body: &Value) -> String {
    let answer = server.post(&format!("/vod/v1/assets/{asset}/outputs"), body).expect(200).json();
    answer["outputId"].as_str().unwrap().to_owned()
}

#[track_caller]
fn delete(server: &Server, asset: &str, output: &str) {
    server.request("DELETE", &format!("/vod/v1/assets/{asset}/outputs/{output}")).key(KEY).send().expect(200);
}

/// The outputs of an asset, once all of them are there.
#[track_caller]
fn whole(server: &Server, asset: &str) -> Value {
    until("all outputs are available", || {
        let detail = server.asset_detail(asset);
        let outputs = detail["outputs"].as_array().unwrap();
        assert!(outputs.iter().all(|output| output["status"] != "Error"), "{detail}");
        let all = detail["status"] == "Available" && outputs.iter().all(|output| output["status"] == "Available");
        all.then_some(detail)
    })
}

fn pictures(tracks: &[Track]) -> Vec<usize> {
    tracks.iter().filter(|track| !track.is_audio()).map(|track| films::pictures(&track.bytes())).collect()
}

fn names(tracks: &[Track]) -> Vec<&str> {
    tracks.iter().map(|track| track.name.as_str()).collect()
}

#[test]
fn a_second_ladder_is_made_beside_the_first() {
    let server = Server::start();
    let (name, film) = film();
    let asset = server.publish(name, &film);
    // Both are made at the same time.
    add(&server, &asset, &json!({ "preset": "mp4_720p", "id": "one" }));
    let detail = whole(&server, &asset);
    server.settle();
    let (first, second) = (&detail["outputs"][0], &detail["outputs"][1]);
    assert_eq!(second["id"], "one");
    for output in [first, second] {
        assert!(output["completionDate"].is_string() && output["progressPercent"] == 100, "{output}");
    }
    let own = tracks(&server, &asset);
    let added = tracks_of(&server, &path(&second["endpoints"][0]["url"]));
    assert_eq!(pictures(&own), [LARGER_PICTURES; 2], "{:?}", names(&own));
    assert_eq!(pictures(&added), [LARGER_PICTURES; 1], "{:?}", names(&added));
    assert!(names(&own).iter().all(|name| !names(&added).contains(name)), "{:?} {:?}", names(&own), names(&added));
    assert!(added.iter().any(Track::is_audio), "{:?}", names(&added));

    delete(&server, &asset, "one");
    assert_eq!(tracks(&server, &asset), own);
    server.fetch(&path(&second["endpoints"][0]["url"])).expect(404);
    assert_eq!(server.asset_detail(&asset)["outputs"], json!([first]));
}

#[test]
fn an_output_can_go_while_it_is_made_and_the_other_takes_its_place() {
    let server = Server::start();
    let (name, film) = film();
    let asset = server.publish(name, &film);
    add(&server, &asset, &json!({ "preset": "dash_hls_720p", "id": "two" }));
    let own = server.asset_detail(&asset)["outputs"][0]["id"].as_str().unwrap().to_owned();
    delete(&server, &asset, &own);
    let detail = whole(&server, &asset);
    assert_eq!(detail["outputs"].as_array().unwrap().len(), 1);
    server.settle();
    let left = tracks(&server, &asset);
    assert_eq!(pictures(&left), [LARGER_PICTURES; 2]);
    assert_eq!(detail["durationMilliseconds"], detail["endpoints"][0]["durationMilliseconds"]);

    delete(&server, &asset, "two");
    server.fetch(&format!("/play/{asset}/hls/master.m3u8")).expect(404);
    // Made of the upload, which nothing took away.
    add(&server, &asset, &json!({ "preset": "audio_m4a", "id": "two" }));
    whole(&server, &asset);
    assert!(tracks(&server, &asset).iter().all(Track::is_audio));
}

#[test]
fn mp3_is_given_as_mp3() {
    let server = Server::start();
    let file = server.store("sound.mp3", &films::mp3());
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": "audio_mp3" });
    let asset = server.post("/vod/v1/assets", &body).expect(200).json()["id"].as_str().unwrap().to_owned();
    whole(&server, &asset);
    let master = server.fetch(&format!("/play/{asset}/hls/master.m3u8")).expect(200).text();
    assert!(master.contains("CODECS=\"mp4a.40.34\""), "{master}");
    let tracks = tracks(&server, &asset);
    let [track] = tracks.as_slice() else { panic!("{:?}", names(&tracks)) };
    assert!(!track.playlist.contains("EXT-X-MAP"), "{}", track.playlist);
    let segment = server.fetch(&format!("/play/{asset}/{}/0.mp3", track.name)).expect(200);
    assert_eq!(segment.header("content-type"), Some("audio/mpeg"));
    assert_eq!(segment.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(segment.body.starts_with(b"ID3\x04\0\0\0\0\0\x3fPRIV"), "the time comes first");
    assert_eq!(films::streams(&segment.body), ["audio mp3"]);
    assert_eq!(films::streams(&track.bytes()), ["audio mp3"], "who speaks DASH gets the same in fragments");
}

#[test]
fn a_file_that_is_deleted_while_it_is_converted_stays_for_that_long() {
    let server = Server::start();
    let (_, film) = films::halves().remove(0);
    let file = server.store("sound.mkv", &film);
    let asset = server.asset(&file);
    let key = server.request("DELETE", &format!("/vod/v1/files/{file}")).key(KEY).send().expect(200).json();
    assert!(key["deletedFileKey"].as_str().unwrap().ends_with(&file), "{key}");
    server.get(&format!("/vod/v1/files/{file}")).expect(404);
    let detail = whole(&server, &asset);
    server.settle();
    let tracks = tracks(&server, &asset);
    assert_eq!(pictures(&tracks), [LARGER_PICTURES; 2], "{detail}");
    server.request("DELETE", &format!("/vod/v1/assets/{asset}")).key(KEY).send().expect(200);
    server.keeps(0);
}
