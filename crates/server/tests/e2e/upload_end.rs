//! How uploads end: completed or cancelled, once.

use crate::films;
use crate::harness::{KEY, PART, Server};
use serde_json::{Value, json};
use std::sync::Barrier;

#[test]
fn the_list_of_parts_is_held_against_what_is_stored() {
    let server = Server::start();
    let film = films::film();
    let upload = server.upload("film.mp4", &film);
    let tag = upload.tags[0].1.clone();
    let complete =
        |parts: Value| server.post("/vod/v1/files/complete", &json!({ "fileId": upload.file, "parts": parts }));
    let right = json!({ "partNumber": 1, "eTag": tag });
    complete(json!([])).refused(400, "invalid_part", &["`parts[0]`", "not listed"]);
    complete(json!([{ "partNumber": 1, "eTag": "d41d8cd98f00b204e9800998ecf8427e" }])).refused(
        400,
        "invalid_part",
        &["`parts[0]`", "ETag"],
    );
    complete(json!([{ "partNumber": 1, "eTag": "" }])).refused(400, "invalid_part", &["`parts[0]`", "ETag"]);
    complete(json!([right, right])).refused(400, "invalid_part", &["`parts[0]`", "listed twice"]);
    complete(json!([right, { "partNumber": 2, "eTag": tag }])).refused(
        400,
        "invalid_field",
        &["`partNumber`", "no part 2"],
    );
    complete(json!([{ "partNumber": 0, "eTag": tag }])).refused(400, "invalid_field", &["`partNumber`"]);
    complete(json!([{ "partNumber": -1, "eTag": tag }])).refused(400, "invalid_field", &["parts[0].partNumber"]);
    complete(json!([{ "partNumber": 1 }])).refused(400, "invalid_field", &["parts[0].eTag"]);
    assert_eq!(server.file_detail(&upload.file)["status"], "Uploading");
    // With or without its quotes, and with what some clients say besides.
    let bare = json!({ "partNumber": 1, "eTag": tag.trim_matches('"'), "size": 1 });
    let body = json!({ "fileId": upload.file, "uploadId": "x", "parts": [bare] });
    server.post("/vod/files/complete/", &body).expect(200);
    assert_eq!(server.file_detail(&upload.file)["status"], "Completed");
}

#[test]
fn a_part_that_was_not_sent_is_named() {
    let server = Server::start();
    let mut upload = server.start_upload("film.mp4", PART + 3);
    server.put(upload.link(2), b"abc").expect(200);
    upload.tags = vec![(1, "x".to_owned()), (2, "x".to_owned())];
    server.complete(&upload).refused(400, "invalid_part", &["`parts[0]`", "Part 1 of 2", "not been uploaded"]);
}

#[test]
fn completing_again_gives_the_same_answer() {
    let server = Server::start();
    let upload = server.upload("film.mp4", &films::film());
    let first = server.complete(&upload).expect(200);
    let second = server.complete(&upload).expect(200);
    first.same_as(&second, "completed twice");
    assert_eq!(first.json()["fileId"], upload.file.as_str());
}

#[test]
fn of_several_who_complete_at_the_same_time_all_are_told_that_it_is_complete() {
    let server = Server::start();
    let film = films::film();
    for _ in 0..5 {
        let upload = server.upload("film.mp4", &film);
        let together = Barrier::new(4);
        std::thread::scope(|scope| {
            let complete = || {
                together.wait();
                server.complete(&upload)
            };
            let answers: Vec<_> = (0..4).map(|_| scope.spawn(complete)).collect();
            for answer in answers {
                answer.join().unwrap().expect(200);
            }
        });
    }
}

#[test]
fn a_cancelled_upload_stays_as_an_error_with_its_bytes() {
    let server = Server::start();
    let film = films::film();
    let upload = server.upload("film.mp4", &film);
    let cancel = |body: &Value| server.post(&format!("/vod/v1/files/{}/cancel", upload.file), body);
    assert_eq!(cancel(&json!({ "delete": false })).expect(200).text(), "");
    assert_eq!(server.file_detail(&upload.file)["status"], "Error");
    assert_eq!(server.objects().len(), 1);
    server.complete(&upload).refused(409, "upload_failed", &["cancelled"]);
    cancel(&json!({})).refused(409, "upload_failed", &["cancelled"]);
}

#[test]
fn a_cancelled_upload_that_is_to_be_deleted_leaves_nothing() {
    let server = Server::start();
    let upload = server.upload("film.mp4", &films::film());
    let target = format!("/vod/v1/files/{}/cancel", upload.file);
    server.post(&target, &json!({ "delete": true })).expect(200);
    server.get(&format!("/vod/v1/files/{}", upload.file)).refused(404, "not_found", &["no such file"]);
    assert_eq!(server.get("/vod/v1/files").json()["totalCount"], 0);
    assert_eq!(server.objects().len(), 0);
    server.post(&target, &json!({ "delete": true })).refused(404, "not_found", &["no such file"]);
}

#[test]
fn an_upload_is_cancelled_without_a_body_too_and_a_completed_one_not_at_all() {
    let server = Server::start();
    let film = films::film();
    let open = server.start_upload("film.mp4", film.len());
    server.request("POST", &format!("/vod/v1/files/{}/cancel", open.file)).key(KEY).send().expect(200);
    assert_eq!(server.file_detail(&open.file)["status"], "Error");
    let file = server.store("film.mp4", &film);
    let answer = server.post(&format!("/vod/v1/files/{file}/cancel"), &json!({ "delete": true }));
    answer.refused(409, "upload_completed", &["complete already"]);
    server.plays(&server.asset(&file), &film);
}

#[test]
fn an_upload_cancelled_while_a_part_is_arriving_stays_cancelled() {
    let server = Server::start();
    let film = films::film();
    for delete in [false, true] {
        let upload = server.start_upload("film.mp4", film.len());
        let mut wire = server.request("PUT", upload.link(1)).begin(film.len());
        wire.send(&film[..film.len() / 2]);
        server.post(&format!("/vod/v1/files/{}/cancel", upload.file), &json!({ "delete": delete })).expect(200);
        wire.send(&film[film.len() / 2..]);
        let (status, word) = if delete { (404, "no such file") } else { (409, "cancelled") };
        wire.answer().refused_plainly(status, &[word]);
    }
    assert_eq!(server.objects().len(), 1, "the cancelled upload that was kept");
}
