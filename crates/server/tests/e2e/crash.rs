//! `kill -9` at bad moments: what was acknowledged is there, and nothing is left lying about.

use crate::films;
use crate::harness::{IDLE, PART, Server, Track, alive_under, part, tracks, until};
use rustix::process::Signal;
use serde_json::json;
use std::fs;

#[test]
fn parts_that_were_acknowledged_survive_a_kill_in_the_middle_of_another() {
    let mut server = Server::start();
    let film = films::two_parts();
    let mut upload = server.start_upload("film.mp4", film.len());
    server.put_part(&mut upload, 2, &film);
    let first = part(&film, 1);
    let mut wire = server.request("PUT", upload.link(1)).begin(PART);
    // More than the sockets hold, so that some of it is on its way to the disk.
    wire.send(&films::noise(PART / 2));
    server.kill();
    drop(wire);

    server.restart();
    let detail = server.file_detail(&upload.file);
    assert_eq!(detail["status"], "Uploading", "{detail}");
    server.complete(&upload).refused(400, "invalid_part", &["`parts[0]`"]);
    // The links are the same, and so is the tag of the part that was there.
    let tag = server.put(upload.link(1), first).expect(200).header("etag").unwrap().to_owned();
    upload.tags.push((1, tag));
    server.complete(&upload).expect(200);
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn a_completed_file_and_an_asset_are_there_however_soon_after_the_answer_the_kill_comes() {
    let mut server = Server::start();
    let film = films::film();
    let upload = server.upload("film.mp4", &film);
    server.complete(&upload).expect(200);
    server.kill();
    server.restart();
    let detail = server.file_detail(&upload.file);
    assert_eq!(
        (detail["status"].as_str(), detail["tracks"].as_array().map(Vec::len)),
        (Some("Completed"), Some(2)),
        "{detail}"
    );
    server.complete(&upload).expect(200);

    let asset = server.asset(&upload.file);
    server.kill();
    server.restart();
    server.plays(&asset, &film);
    let before = tracks(&server, &asset);
    assert_eq!(before.iter().map(|track| track.segments.len()).collect::<Vec<_>>(), [2, 2]);
    server.settle();
    assert_eq!(tracks(&server, &asset), before);
    // The film, a map for the picture, and for the sound a copy with a map of its own.
    server.keeps(4);
    assert_eq!(server.scratch().len(), 0);

    server.request("DELETE", &format!("/vod/v1/assets/{asset}")).key(crate::harness::KEY).send().expect(200);
    server.kill();
    server.restart();
    server.get(&format!("/vod/v1/assets/{asset}")).refused(404, "not_found", &[]);
    server.fetch(&format!("/play/{asset}/hls/master.m3u8")).expect(404);
    assert_eq!(server.objects().len(), 1, "the film alone");
}

#[test]
fn a_pending_copy_of_sound_is_made_after_a_kill_and_gives_the_same_segments() {
    // One worker, which is held up by a prober that never ends: what comes after it waits.
    let mut server = Server::start();
    let prober = server.home.script("ffprobe", IDLE);
    server.restart_with(&[("KINORA_JOB_CONCURRENCY", "1"), ("KINORA_FFPROBE", &prober)]);
    let other = server.store("film.webm", &films::webm());
    let probers = until("the prober runs", || Some(server.children()).filter(|children| !children.is_empty()));
    let film = films::film();
    let asset = server.publish("film.mp4", &film);
    let before = tracks(&server, &asset);
    assert_eq!(server.metric("kinora_jobs_unfinished"), 3, "copy and plan wait behind the look into the other file");
    // Two uploads and two maps.
    assert_eq!(server.objects().len(), 4);
    server.kill();
    until("the prober is gone with its parent", || {
        probers.iter().all(|prober| alive_under(*prober).is_none()).then_some(())
    });

    server.restart_with(&[]);
    assert_eq!(tracks(&server, &asset), before);
    // The lease of the job under way has to run out first; nothing else has to.
    until("the copy is made", || (server.metric("kinora_jobs_unfinished") < 2).then_some(()));
    until("the copy is used", || copied(&server, &before).then_some(()));
    assert_eq!(tracks(&server, &asset), before);
    server.settle();
    assert_eq!(tracks(&server, &asset), before);
    let found = server.file_detail(&other)["tracks"].as_array().unwrap().len();
    assert_eq!(found, 2, "the look into the other file was taken up again");
    // The two uploads, the map of the picture, the copy of the sound and its map: the old map is gone.
    server.keeps(5);
    assert_eq!(server.scratch().len(), 0);
    server.plays(&asset, &film);
}

/// Whether an object holds nothing but the sound.
fn copied(server: &Server, tracks: &[Track]) -> bool {
    let sound = tracks.iter().find(|track| track.is_audio()).unwrap();
    let payload: u64 = films::packets(&sound.bytes(), "a:0").iter().map(|packet| packet.bytes).sum();
    server.objects().iter().any(|object| fs::metadata(object).is_ok_and(|meta| meta.len() == payload))
}

#[test]
fn objects_that_a_crash_left_without_a_row_are_swept_at_the_next_start_and_no_others() {
    let mut server = Server::start();
    let film = films::film();
    let asset = server.publish("film.mp4", &film);
    server.settle();
    server.keeps(4);
    let before = server.objects();
    server.kill();
    // As a crash leaves it between making an object and committing its row, and in the middle of making one.
    let orphan = server.data().join("objects/57/01890a5d-ac96-774b-bcce-b302099a8057");
    fs::write(&orphan, films::noise(100)).unwrap();
    fs::write(server.data().join("scratch/01890a5d-ac96-774b-bcce-b302099a8058.1.1"), "half").unwrap();
    // Nothing of ours, so nothing to be removed.
    let note = server.data().join("objects/57/README");
    fs::write(&note, "kept by the operator").unwrap();
    server.restart();
    assert!(!orphan.exists() && note.exists());
    fs::remove_file(note).unwrap();
    let mut after = server.objects();
    after.sort();
    let mut expected = before;
    expected.sort();
    assert_eq!(after, expected);
    assert_eq!(server.scratch().len(), 0);
    server.plays(&asset, &film);
}

#[test]
fn an_upload_that_was_just_started_survives_and_keeps_its_space() {
    let mut server = Server::start();
    let film = films::film();
    let mut upload = server.start_upload("film.mp4", film.len());
    server.kill();
    server.restart();
    assert_eq!(server.objects().len(), 1);
    server.put_part(&mut upload, 1, &film);
    server.kill();
    server.restart();
    server.complete(&upload).expect(200);
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn kills_one_after_the_other_in_the_middle_of_everything_lose_nothing_acknowledged() {
    let mut server = Server::start();
    let film = films::film();
    let mut kept: Vec<String> = Vec::new();
    for round in 0..6 {
        let acknowledged = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..3).map(|_| scope.spawn(|| publish_until_it_breaks(&server, &film))).collect();
            // Each round a little later than the one before.
            until("some work is done", || (server.objects().len() > kept.len() + round).then_some(()));
            server.signal(Signal::KILL);
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect::<Vec<_>>()
        });
        kept.extend(acknowledged);
        server.restart();
        for asset in &kept {
            assert_eq!(server.asset_detail(asset)["status"], "Available");
        }
    }
    for asset in &kept {
        server.plays(asset, &film);
    }
    server.settle();
    // What was made and not acknowledged may be there as well, as a whole; and nothing besides: for each
    // file its bytes, for each asset two maps and a copy of the sound.
    let count = |list: &str| server.get(list).json()["totalCount"].as_u64().unwrap();
    let (files, assets) = (count("/vod/v1/files"), count("/vod/v1/assets"));
    assert!(assets >= kept.len() as u64);
    assert_eq!(count("/vod/v1/assets?statuses=Available"), assets);
    server.keeps(usize::try_from(files + 3 * assets).unwrap());
    assert_eq!(server.scratch().len(), 0);
}

/// Publishes the film again and again until the server is gone; gives the assets that were acknowledged.
fn publish_until_it_breaks(server: &Server, film: &[u8]) -> Vec<String> {
    let mut assets = Vec::new();
    while let Ok(Some(asset)) = try_publish(server, film) {
        assets.push(asset);
    }
    assets
}

fn try_publish(server: &Server, film: &[u8]) -> std::io::Result<Option<String>> {
    let post = |target: &str, body: serde_json::Value| {
        server.request("POST", target).key(crate::harness::KEY).json(&body).try_send()
    };
    let started =
        post("/vod/v1/files/start", json!({ "name": "film.mp4", "friendlyName": "film", "fileSize": film.len() }))?
            .expect(200)
            .json();
    let link = crate::harness::path(&started["multipartUrls"][0]);
    let stored = server.request("PUT", &link).bytes(film).try_send()?.expect(200);
    let parts = json!([{ "partNumber": 1, "eTag": stored.header("etag") }]);
    post("/vod/v1/files/complete", json!({ "fileId": started["fileId"], "parts": parts }))?.expect(200);
    let sources = json!([{ "fileId": started["fileId"] }]);
    let made = post("/vod/v1/assets", json!({ "transcodedSources": sources, "preset": "mp4" }))?.expect(200).json();
    Ok(made["id"].as_str().map(str::to_owned))
}
