//! Files of captions.

use crate::film::{Script, film};
use crate::world::{World, text};
use serde_json::{Value, json};

const SRT: &str = "1\n00:00:01,000 --> 00:00:02,000\n\u{017b}\u{00f3}\u{0142}w\n";

fn wide(words: &str) -> Vec<u8> {
    b"\xff\xfe".iter().copied().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[tokio::test]
async fn captions_are_one_track_of_a_file() {
    let world = World::new().await;
    let picture = world.upload("harbor.mp4", &film(&Script { seconds: 1, ..Script::default() }).bytes).await;
    let ttml = "<?xml version='1.0'?>\n<tt xmlns='http://www.w3.org/ns/ttml'><body/></tt>\n";
    let mut files = Vec::new();
    for (name, bytes) in [
        ("a.srt", SRT.as_bytes().to_vec()),
        ("a.SRT", wide(SRT)),
        ("a.txt", SRT.replace('\n', "\r\n").into_bytes()),
        ("a.vtt", b"\xef\xbb\xbfWEBVTT\n\n00:01.000 --> 00:02.000\nHi\n".to_vec()),
        ("a.ttml", ttml.as_bytes().to_vec()),
        ("a.xml", wide(ttml)),
    ] {
        let file = world.upload(name, &bytes).await;
        let path = format!("/vod/v1/files/{file}");
        let tracks = json!([{ "trackSelector": { "trackId": "captions_1" }, "type": "Captions" }]);
        let detected = world.post(&format!("{path}/detect"), &Value::Null).await.expect(200).json();
        assert_eq!(detected["tracks"], tracks, "{name}");
        let seen = world.get(&path).await.expect(200).json();
        assert_eq!(json!([seen["fileTypes"], seen["tracks"]]), json!(["Caption", tracks]), "{name}");
        // Beside a picture it takes nothing away.
        let body = json!({ "transcodedSources": [{ "fileId": picture }, { "fileId": file }], "preset": "mp4" });
        let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
        let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
        assert_eq!(seen["status"], "Available", "{name}: {seen}");
        files.push(file);
    }
    let listed = world.get("/vod/v1/files?fileType=Caption&sort=createDate").await.expect(200).json();
    assert_eq!(listed["totalCount"], files.len());
}

#[tokio::test]
async fn other_text_is_not_taken_for_captions() {
    let world = World::new().await;
    let large = format!("{SRT}{}", "x".repeat(8 << 20));
    for (name, bytes) in [
        ("a.txt", &b"Dear diary,\n1\n2\n"[..]),
        ("a.srt", b"1\n-->\n"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\ngr\xfcn\n"),
        ("a.srt", &[SRT.as_bytes(), &[b'x'; 5_000], b"\0"].concat()),
        ("a.srt", large.as_bytes()),
        ("a.vtt", b"WEBVTTED\n"),
        ("a.ttml", b"<html></html>"),
        ("a.srt", b"\xff\xfe1\0\n"),
    ] {
        let (file, parts) = world.send(name, bytes).await;
        let refused = world.complete(&file, &parts).await.expect(415);
        assert_eq!(refused.code(), "unsupported_captions", "{name}");
        let seen = world.get(&format!("/vod/v1/files/{file}")).await.expect(200).json();
        assert_eq!(json!([seen["status"], seen["fileTypes"]]), json!(["Error", ""]), "{name}");
    }
    for (name, bytes, line) in [
        ("a.srt", format!("{SRT}\n2\n00:00:03,000 --> soon\nHi\n"), "line 6: "),
        ("a.vtt", "WEBVTT\n\n00:01,000 --> 00:02,000\nHi\n".to_owned(), "line 3: "),
        ("a.xml", "<!DOCTYPE tt []><tt xmlns='http://www.w3.org/ns/ttml'></tt>".to_owned(), "line 1: "),
    ] {
        let (file, parts) = world.send(name, bytes.as_bytes()).await;
        let refused = world.complete(&file, &parts).await.expect(422);
        assert_eq!(refused.code(), "unreadable_captions", "{name}");
        assert!(refused.message().contains(line), "{}", refused.message());
    }
    for name in ["a.mp4", "srt", "a.srt.mp4"] {
        let (file, parts) = world.send(name, SRT.as_bytes()).await;
        let refused = world.complete(&file, &parts).await.expect(415);
        assert_eq!(refused.code(), "unsupported_container", "{name}");
    }
}

#[tokio::test]
async fn captions_of_other_files_are_in_both_manifests() {
    let world = World::new().await;
    let picture = world.upload("harbor.mp4", &film(&Script { seconds: 40, ..Script::default() }).bytes).await;
    let english = "1\n00:00:01,000 --> 00:00:02,000\nGood morning\n\n2\n00:00:29,500 --> 00:00:31,000\nAcross\n";
    let english = world.upload("a.srt", english.as_bytes()).await;
    let polish =
        world.upload("b.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000 line:0\nDzie\u{144} dobry\n".as_bytes()).await;
    let asked = |language: &str, name: &str| json!([{ "trackSelector": { "trackId": "captions_1" }, "type": "Captions", "language": language, "name": name }]);
    let body = json!({
        "transcodedSources": [
            { "fileId": english, "transcodingTracks": asked("en", "English") },
            { "fileId": picture },
            { "fileId": polish, "transcodingTracks": asked("pl", "") },
        ],
        "preset": "mp4",
    });
    let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    let play = format!("/play/{asset}");
    let master = world.fetch(&format!("{play}/hls/master.m3u8")).await.expect(200);
    for line in [
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"c2-1.m3u8\"",
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"pl\",LANGUAGE=\"pl\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"c3-1.m3u8\"",
    ] {
        assert!(master.text().lines().any(|found| found == line), "{line}: {}", master.text());
    }
    assert!(master.text().contains(",SUBTITLES=\"captions\"\n"), "{}", master.text());
    let playlist = world.fetch(&format!("{play}/hls/c2-1.m3u8")).await.expect(200);
    assert!(playlist.text().contains("#EXTINF:30.000000,\n../c2-1/0.vtt\n#EXTINF:10."), "{}", playlist.text());
    assert!(playlist.text().ends_with("\n../c2-1/1.vtt\n#EXT-X-ENDLIST\n"), "{}", playlist.text());
    for (name, words) in [("0.vtt", &["Good morning", "Across"][..]), ("1.vtt", &["Across"])] {
        let segment = world.fetch(&format!("{play}/c2-1/{name}")).await.expect(200);
        assert_eq!(segment.header("content-type"), Some("text/vtt; charset=utf-8"));
        assert!(
            segment.text().starts_with("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n"),
            "{}",
            segment.text()
        );
        assert_eq!(segment.text().matches("-->").count(), words.len(), "{}", segment.text());
        assert!(words.iter().all(|word| segment.text().contains(word)), "{}", segment.text());
    }
    // Beside transport streams they are the same at other times.
    let playlist = world.fetch(&format!("{play}/hls-ts/c2-1.m3u8")).await.expect(200);
    assert!(playlist.text().contains("\n../c2-1/ts/0.vtt\n"), "{}", playlist.text());
    let master = world.fetch(&format!("{play}/hls-ts/master.m3u8")).await.expect(200);
    assert!(master.text().contains("URI=\"c2-1.m3u8\""), "{}", master.text());
    let beside = world.fetch(&format!("{play}/c2-1/ts/0.vtt")).await.expect(200);
    let clear = world.fetch(&format!("{play}/c2-1/0.vtt")).await.expect(200);
    assert_eq!(beside.text(), clear.text().replace("MPEGTS:0\n", "MPEGTS:900000\n"));
    assert_ne!(beside.header("etag"), clear.header("etag"));
    let manifest = world.fetch(&format!("{play}/dash/manifest.mpd")).await.expect(200);
    assert!(manifest.text().contains("<BaseURL>../c3-1/all.vtt</BaseURL>"), "{}", manifest.text());
    let whole = world.fetch(&format!("{play}/c3-1/all.vtt")).await.expect(200);
    assert_eq!(whole.text(), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nDzie\u{144} dobry\n\n");
    for nothing in [
        "c2-1/2.vtt",
        "c2-1/ts/2.vtt",
        "c2-1/ts/all.vtt",
        "c2-1/0.ts",
        "v0-1/ts/0.vtt",
        "c2-1/00.vtt",
        "c2-1/x.vtt",
        "c2-1/init.mp4",
        "c2-1/0.m4s",
        "c9-1/all.vtt",
        "v0-1/all.vtt",
        "hls/c9-1.m3u8",
    ] {
        world.fetch(&format!("{play}/{nothing}")).await.expect(404);
    }
    // They stay when their files go, and go with the asset.
    world.delete(&format!("/vod/v1/files/{polish}")).await.expect(200);
    let world = world.restart().await;
    world.fetch(&format!("{play}/c3-1/all.vtt")).await.expect(200);
    // Sound alone has none.
    let body = json!({ "transcodedSources": [{ "fileId": picture }, { "fileId": english }], "preset": "audio_m4a" });
    let sound = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    assert!(!world.fetch(&format!("/play/{sound}/hls/master.m3u8")).await.expect(200).text().contains("SUBTITLES"));
    world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
    world.fetch(&format!("{play}/c3-1/all.vtt")).await.expect(404);
}

#[tokio::test]
async fn captions_alone_are_no_video() {
    let world = World::new().await;
    let file = world.upload("a.srt", SRT.as_bytes()).await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4" });
    let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    assert_eq!(seen["status"], "Error", "{seen}");
    assert!(text(&seen["errorMessage"]).contains("neither pictures nor sound"), "{seen}");
}
