//! Uploads that are not what their names say. Each is refused with a sentence, its bytes and its row stay,
//! and the server goes on.

use crate::films;
use crate::harness::{Server, Upload, sources};
use serde_json::json;
use std::fs;

/// Completes an upload of bytes that cannot be used, and holds what must then be so.
#[track_caller]
fn refused(server: &Server, name: &str, bytes: &[u8], status: u16, code: &str, words: &[&str]) -> Upload {
    let before = server.objects();
    let upload = server.upload(name, bytes);
    let completed = server.complete(&upload);
    completed.refused(status, code, words);
    let sentence = completed.json()["message"].as_str().unwrap().to_owned();

    let file = server.file_detail(&upload.file);
    assert_eq!(file["status"], "Error", "{file}");
    assert_eq!((file["fileSize"].as_u64(), file["name"].as_str()), (Some(bytes.len() as u64), Some(name)));
    let mut kept = server.objects();
    kept.retain(|object| !before.contains(object));
    assert_eq!(kept.len(), 1, "one object for one upload");
    assert!(fs::read(&kept[0]).unwrap() == bytes, "the bytes stay as they came");

    server.post(&format!("/vod/v1/files/{}/detect", upload.file), &json!({})).refused(409, "file_failed", &[&sentence]);
    server.try_asset(&[&upload.file]).refused(409, "file_failed", &["`transcodedSources[0].fileId`", &sentence]);
    server.complete(&upload).refused(409, "upload_failed", &[&sentence]);
    server.is_well();
    upload
}

#[test]
fn what_is_no_media_is_refused_by_what_it_is_and_not_by_its_name() {
    let server = Server::start();
    let (other, zeros) = (films::noise(200_000), vec![0; 300_000]);
    let table: [(&str, &[u8], u16, &str, &str); 6] = [
        ("text.mp4", b"Dear diary, today I renamed a letter.\n", 415, "unsupported_container", "text"),
        ("page.mp4", b"<!doctype html><script>alert(1)</script>", 415, "unsupported_container", "text"),
        ("script.mp4", b"ffconcat version 1.0\nfile film.mp4\n", 415, "unsupported_container", "ffconcat"),
        ("captions.mp4", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", 415, "unsupported_container", "srt"),
        ("noise.mp4", &other, 415, "unsupported_container", "unknown"),
        ("zeros.mp4", &zeros, 422, "empty_media", "zeros"),
    ];
    for (name, bytes, status, code, word) in table {
        refused(&server, name, bytes, status, code, &[word]);
    }
    // One byte is the least that can be sent.
    refused(&server, "dot.mp4", b"\x01", 415, "unsupported_container", &["unknown"]);
    let good = films::film();
    server.plays(&server.publish("film.mp4", &good), &good);
}

#[test]
fn a_playlist_that_names_local_files_is_refused_and_gives_nothing_of_them_away() {
    const SECRET: &str = "correct-horse-battery-staple";
    let server = Server::with(&[("KINORA_LOG", "debug")]);
    let secret = server.home.write("secret.ts", SECRET);
    let film = server.home.write("film.mp4", films::film());
    // From the folder in which the program works and from the one in which its objects lie.
    let targets = [
        format!("file://{}", secret.display()),
        secret.display().to_string(),
        "secret.ts".to_owned(),
        "../../../secret.ts".to_owned(),
        film.display().to_string(),
        "/etc/passwd".to_owned(),
        "/proc/self/environ".to_owned(),
    ];
    let mut answers = Vec::new();
    for target in &targets {
        let texts = [
            format!("#EXTM3U\n#EXT-X-TARGETDURATION:8\n#EXTINF:8,\n{target}\n#EXT-X-ENDLIST\n"),
            format!("\u{feff}\n#EXTM3U\n#EXT-X-MAP:URI=\"{target}\"\n#EXTINF:8,\n{target}\n#EXT-X-ENDLIST\n"),
            format!("ffconcat version 1.0\nfile '{target}'\n"),
        ];
        for text in texts {
            let code = "unsupported_container";
            let upload = refused(&server, "holiday.mp4", text.as_bytes(), 415, code, &["whatever its name says"]);
            let asset = json!({ "transcodedSources": sources(&[&upload.file]), "preset": "mp4" });
            answers.push(server.complete(&upload).text());
            answers.push(server.file_detail(&upload.file).to_string());
            answers.push(server.post("/vod/v1/assets", &asset).text());
        }
    }
    answers.push(server.get("/vod/v1/files?limit=1000").text());
    answers.push(server.get("/vod/v1/assets").text());
    answers.push(server.log());
    for answer in answers {
        assert!(!answer.contains(SECRET) && !answer.contains("root:x:0:0"), "{answer}");
        assert!(!answer.contains(crate::harness::KEY), "{answer}");
    }
    assert_eq!(server.get("/vod/v1/assets").json()["totalCount"], 0);
    let logged = server.log_lines();
    let events: Vec<_> = logged.iter().filter(|line| line["event"] == "upload_refused").collect();
    assert_eq!(events.len(), targets.len() * 3, "an operator finds each of them");
    for event in events {
        assert_eq!((&event["reason"], &event["level"]), (&json!("unsupported_container"), &json!("WARN")), "{event}");
        let file = server.file_detail(event["file"].as_str().unwrap());
        assert_eq!((&file["name"], &file["tenantId"]), (&json!("holiday.mp4"), &event["organization"]), "{event}");
    }
}

#[test]
fn a_film_that_was_cut_off_says_that_bytes_are_missing() {
    let server = Server::start();
    let (early, late) = (films::film(), films::index_at_the_end());
    let half = |film: &[u8]| film[..film.len() / 2].to_vec();
    refused(&server, "early.mp4", &half(&early), 422, "unreadable_media", &["cut short", "upload the whole file"]);
    refused(&server, "late.mp4", &half(&late), 422, "unreadable_media", &["cut short", "media data"]);
    // The last byte counts too, and so does every length in between.
    refused(&server, "nearly.mp4", &late[..late.len() - 1], 422, "unreadable_media", &["cut short"]);
    for length in [40, 500, 2_000] {
        refused(&server, "start.mp4", &early[..length], 422, "unreadable_media", &[]);
    }
    // Nothing is lost by it: the whole film is taken.
    server.plays(&server.publish("early.mp4", &early), &early);
}

#[test]
fn a_file_of_boxes_without_an_index_says_so() {
    let server = Server::start();
    let mut never_finished = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    never_finished.extend(b"\0\0\0\0mdat");
    never_finished.extend(films::noise(100_000));
    refused(&server, "recording.mp4", &never_finished, 422, "unreadable_media", &["no index", "moov"]);
    let mut nested = Vec::new();
    for _ in 0..50_000 {
        nested.extend(b"\0\0\0\x08free");
    }
    refused(&server, "boxes.mp4", &nested, 422, "unreadable_media", &["boxes in front of the index"]);
    let mut huge = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    huge.extend(b"\xff\xff\xff\xffmoov");
    huge.extend(films::noise(1_000));
    refused(&server, "huge.mp4", &huge, 422, "unreadable_media", &["index"]);
}
