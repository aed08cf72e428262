//! What comes out is what went in: read back by another reader, packet by packet.

use crate::films::{self, Packet};
use crate::harness::{KEY, Server, Track, tracks, tracks_of};
use serde_json::json;

/// Every sample of the source, once, in order, with its time.
#[track_caller]
fn holds(track: &Track, film: &[u8], stream: &str) {
    let (source, served) = (films::packets(film, stream), films::packets(&track.bytes(), "0"));
    assert_eq!(served.len(), source.len(), "{}", track.name);
    for (number, (served, source)) in served.iter().zip(&source).enumerate() {
        let Packet { bytes, is_key, after } = *source;
        assert_eq!((served.bytes, served.is_key), (bytes, is_key), "{} packet {number}", track.name);
        assert!(
            (served.after - after).abs() < 0.002,
            "{} packet {number}: {} s, not {after} s",
            track.name,
            served.after
        );
    }
}

fn names(tracks: &[Track]) -> Vec<&str> {
    tracks.iter().map(|track| track.name.as_str()).collect()
}

#[test]
fn segments_hold_every_packet_of_the_film_wherever_its_index_is() {
    let server = Server::start();
    for (name, film) in
        [("film.mp4", films::film()), ("late.mp4", films::index_at_the_end()), ("film.mov", films::quicktime())]
    {
        let asset = server.publish(name, &film);
        let tracks = tracks(&server, &asset);
        let (picture, sound) = match &tracks[..] {
            [one, other] if one.is_audio() => (other, one),
            [one, other] => (one, other),
            _ => panic!("{name}: {:?}", names(&tracks)),
        };
        assert_eq!((picture.name.as_str(), sound.name.as_str()), ("v0-1", "a1-1"), "{name}");
        assert_eq!((picture.segments.len(), sound.segments.len()), (2, 2), "{name}");
        assert_eq!(films::streams(&picture.bytes()), ["video h264"], "{name}");
        assert_eq!(films::streams(&sound.bytes()), ["audio aac"], "{name}");
        holds(picture, &film, "v:0");
        holds(sound, &film, "a:0");
        server.plays(&asset, &film);
    }
}

#[test]
fn transport_streams_hold_every_picture_and_every_sound() {
    let server = Server::start();
    let film = films::two_languages();
    let asset = server.publish("film.mp4", &film);
    let streams = tracks_of(&server, &format!("/play/{asset}/hls-ts/master.m3u8"));
    let names: Vec<_> = streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names, ["a2-1", "v0-1_a1-1"]);
    for (stream, expected) in streams.iter().zip([&["audio aac"][..], &["video h264", "audio aac"]]) {
        assert_eq!(films::streams(&stream.bytes()), expected, "{}", stream.name);
    }
    let muxed = streams[1].bytes();
    assert_eq!(films::pictures(&muxed), films::pictures(&film));
    for (stream, source, served) in [(&muxed, "a:0", "a:0"), (&streams[0].bytes(), "a:1", "a:0")] {
        let (source, served) = (films::packets(&film, source), films::packets(stream, served));
        assert_eq!(served.len(), source.len());
        for (served, source) in served.iter().zip(&source) {
            assert!((served.after - source.after).abs() < 0.002, "{} s, not {} s", served.after, source.after);
        }
    }
    // What is in no form that streams carry is not offered so.
    let asset = server.publish("film.webm", &films::webm());
    server.settle();
    server.fetch(&format!("/play/{asset}/hls-ts/master.m3u8")).expect(404);
}

#[test]
fn picture_alone_and_sound_alone_play() {
    let server = Server::start();
    for (film, stream, expected, letter) in
        [(films::picture_only(), "v:0", "video h264", 'v'), (films::sound_only(), "a:0", "audio aac", 'a')]
    {
        let asset = server.publish("film.mp4", &film);
        let tracks = tracks(&server, &asset);
        assert_eq!(names(&tracks), [format!("{letter}0-1")]);
        assert_eq!(films::streams(&tracks[0].bytes()), [expected]);
        holds(&tracks[0], &film, stream);
        server.plays(&asset, &film);
        let manifest = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).expect(200).text();
        // Beside it there are small pictures, where there is a picture.
        let sets = |kind: &str| manifest.matches(&format!("<AdaptationSet id=\"{kind}")).count();
        assert_eq!((sets("0"), sets("1")), (1, usize::from(letter == 'v')), "{manifest}");
    }
}

#[test]
fn the_original_stays_the_upload_whatever_is_copied_out_of_it() {
    let mut server = Server::start();
    for film in [films::four_sounds(), films::two_languages()] {
        let asset = server.publish("film.mp4", &film);
        server.plays(&asset, &film);
        let etag = |server: &Server| {
            let original = server.fetch(&format!("/play/{asset}/original.mp4")).expect(200);
            original.header("etag").unwrap().to_owned()
        };
        let before = etag(&server);
        server.settle();
        server.plays(&asset, &film);
        assert_eq!(etag(&server), before);
        server.restart();
        server.plays(&asset, &film);
    }
}

#[test]
fn an_asset_plays_without_a_fault_while_its_sound_is_being_moved() {
    let server = Server::start();
    let film = films::film();
    let file = server.store("film.mp4", &film);
    for _ in 0..60 {
        let asset = server.asset(&file);
        for path in ["hls/master.m3u8", "a1-1/init.mp4", "a1-1/0.m4s", "original.mp4"] {
            server.fetch(&format!("/play/{asset}/{path}")).expect(200);
        }
    }
    server.settle();
    server.keeps(1 + 3 * 60);
}

#[test]
fn every_language_is_offered_by_its_name() {
    let server = Server::start();
    let film = films::two_languages();
    let file = server.store("film.mp4", &film);
    let asset = server.asset(&file);
    let tracks = tracks(&server, &asset);
    for (name, stream) in [("v0-1", "v:0"), ("a1-1", "a:0"), ("a2-1", "a:1")] {
        holds(tracks.iter().find(|track| track.name == name).unwrap(), &film, stream);
    }
    let master = server.fetch(&format!("/play/{asset}/hls/master.m3u8")).text();
    let manifest = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).text();
    for language in ["en", "de"] {
        assert!(master.contains(&format!("LANGUAGE=\"{language}\"")), "{master}");
        assert!(manifest.contains(&format!("lang=\"{language}\"")), "{manifest}");
    }
    let detected = server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).expect(200).json();
    let languages: Vec<_> =
        detected["tracks"].as_array().unwrap().iter().map(|track| track["language"].clone()).collect();
    assert_eq!(languages, [json!(null), json!("en"), json!("de")], "{detected}");
}

#[test]
fn tracks_asked_for_are_the_ones_that_play_under_the_names_given() {
    let server = Server::start();
    let film = films::two_languages();
    let file = server.store("film.mp4", &film);
    let asked = |selector: &str, kind: &str, language: &str| json!({ "trackSelector": { "trackId": selector }, "type": kind, "language": language, "name": "The \"other\" <one>" });
    let make = |tracks: serde_json::Value| {
        let source = json!({ "fileId": file, "transcodingTracks": tracks });
        let made =
            server.post("/vod/v1/assets", &json!({ "transcodedSources": [source], "preset": "mp4", "title": "t" }));
        made.expect(200).json()["id"].as_str().unwrap().to_owned()
    };
    let one = make(json!([asked("audio_2", "Audio", "pl-PL")]));
    let tracks_of_one = tracks(&server, &one);
    assert_eq!(names(&tracks_of_one).len(), 2);
    holds(tracks_of_one.iter().find(|track| track.is_audio()).unwrap(), &film, "a:1");
    let master = server.fetch(&format!("/play/{one}/hls/master.m3u8")).text();
    assert!(master.contains("LANGUAGE=\"pl-PL\"") && !master.contains("LANGUAGE=\"de\""), "{master}");
    let manifest = server.fetch(&format!("/play/{one}/dash/manifest.mpd")).text();
    assert!(manifest.contains("lang=\"pl-PL\"") && !manifest.contains("<one>"), "{manifest}");
    // Named tracks without sound: a silent film.
    let silent = make(json!([asked("video_1", "Video", "en")]));
    assert_eq!(names(&tracks(&server, &silent)), ["v0-1"]);
}

#[test]
fn a_picture_of_one_file_and_the_sound_of_another_play_together() {
    let server = Server::start();
    let (picture, sound) = (films::picture_only(), films::sound_only());
    let files = [server.store("picture.mp4", &picture), server.store("sound.mp4", &sound)];
    let asset = server.try_asset(&[&files[1], &files[0]]).expect(200).json()["id"].as_str().unwrap().to_owned();
    let tracks = tracks(&server, &asset);
    holds(tracks.iter().find(|track| !track.is_audio()).unwrap(), &picture, "v:0");
    holds(tracks.iter().find(|track| track.is_audio()).unwrap(), &sound, "a:0");
    server.plays(&asset, &picture);
}

#[test]
fn an_asset_tells_where_it_plays_and_each_of_these_addresses_does() {
    let server = Server::start();
    let film = films::film();
    let file = server.store("film.mp4", &film);
    let body = json!({
        "transcodedSources": [{ "fileId": file, "fileTypesFlag": "Video, Audio" }],
        "preset": "dash_hls_1080p", "title": "A film", "metadata": { "a": { "b": [1, "ü"] } },
    });
    let asset = server.post("/vod/v1/assets", &body).expect(200).json()["id"].as_str().unwrap().to_owned();
    let detail = server.asset_detail(&asset);
    assert_eq!(
        (&detail["title"], &detail["metadata"], &detail["preset"]),
        (&body["title"], &body["metadata"], &body["preset"])
    );
    assert_eq!(detail["fileIds"], json!({ &file: "Video, Audio" }));
    assert_eq!(server.file_detail(&file)["vodAssets"], json!([asset]));
    let mut formats = Vec::new();
    for endpoint in detail["endpoints"].as_array().unwrap() {
        let url = endpoint["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("http://{}/play/{asset}/", server.port.address)), "{url}");
        server.fetch(&crate::harness::path(&endpoint["url"])).expect(200);
        assert_eq!((endpoint["accessType"].as_str(), endpoint["protection"].as_str()), (Some("Http"), Some("None")));
        formats.push(endpoint["format"].as_str().unwrap());
    }
    assert_eq!(formats, ["HLS", "DASH", "MP4"]);
}

#[test]
fn segments_are_the_same_bytes_after_the_sound_was_copied_and_after_a_restart() {
    let mut server = Server::start();
    let film = films::two_languages();
    let asset = server.publish("film.mp4", &film);
    let at_once = tracks(&server, &asset);
    server.settle();
    let settled = tracks(&server, &asset);
    server.restart();
    let restarted = tracks(&server, &asset);
    assert!(at_once == settled && settled == restarted);
    // The film, the map of the picture, and for each sound a copy with its map.
    server.keeps(6);
    server.request("DELETE", &format!("/vod/v1/assets/{asset}")).key(KEY).send().expect(200);
    assert_eq!(server.objects().len(), 1);
}
