//! Signed links, the parts sent through them, and what is abandoned.

use crate::film::{Script, film};
use crate::world::{World, ask, text};
use axum::body::Body;
use bytes::Bytes;
use core::time::Duration;
use futures_util::stream;
use kinora_app::port::Blobs as _;
use kinora_app::upload::expire_uploads;
use serde_json::json;
use std::io;

const DAY: Duration = Duration::from_hours(24);
const MILLISECOND: Duration = Duration::from_millis(1);
const TEN: &[u8] = b"0123456789";

#[tokio::test]
async fn a_link_works_for_a_day() {
    let world = World::new().await;
    let started = world.start("a.mp4", 10).await;
    let url = &started.urls[0];
    world.clock.forward(DAY);
    let kept = world.put(url, TEN).await.expect(200);
    let exposed = kept.header("access-control-expose-headers").unwrap();
    assert!(exposed.split(", ").any(|name| name == "etag"), "{exposed}: pages cannot complete without it");
    world.clock.forward(MILLISECOND);
    let refused = world.put(url, b"9876543210").await.expect(403);
    assert!(refused.text().starts_with("This upload link has expired"), "{}", refused.text());
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
    // The part that was stored through it counts, and a new link writes the part anew.
    let parts = json!([{ "partNumber": 1, "eTag": kept.header("etag").unwrap() }]);
    assert_eq!(world.complete(&started.file, &parts).await.expect(415).code(), "unsupported_container");
    let other = world.start("b.mp4", 10).await;
    world.clock.forward(DAY + MILLISECOND);
    world.put(&other.urls[0], TEN).await.expect(403);
    let link = world.get(&format!("/vod/v1/files/{}/part/1", other.file)).await.expect(200).json();
    world.put(link["url"].as_str().unwrap(), TEN).await.expect(200);
}

#[tokio::test]
async fn links_are_given_for_the_parts_that_there_are() {
    let world = World::new().await;
    let started = world.start("a.mp4", 50_000_001).await;
    assert_eq!(started.urls.len(), 2);
    for (part, status) in
        [("1", 200), ("2", 200), ("0", 400), ("3", 400), ("18446744073709551615", 400), ("-1", 400), ("1.0", 400)]
    {
        let path = format!("/vod/v1/files/{}/part/{part}", started.file);
        let answer = world.get(&path).await.expect(status);
        assert!(status == 200 || answer.message().starts_with("`partNumber`: "), "{part}: {}", answer.shown());
    }
}

#[tokio::test]
async fn a_link_that_was_changed_is_refused() {
    let world = World::new().await;
    let started = world.start("a.mp4", 50_000_010).await;
    let other = world.start("b.mp4", 50_000_010).await;
    let url = &started.urls[1];
    let (path, query) = url.split_once('?').unwrap();
    let (expires, signature) = query.split_once('&').unwrap();
    let signature = signature.strip_prefix("signature=").unwrap();
    let first = if signature.starts_with('0') { "1" } else { "0" };
    let forged = format!("{first}{}", &signature[1..]);
    let later = format!("expires={}", expires[8..].parse::<i64>().unwrap() + 1);
    let changed = [
        format!("{path}?{expires}&signature={forged}"),
        format!("{path}?{expires}&signature={}", &signature[1..]),
        format!("{path}?{expires}&signature="),
        format!("{path}?{expires}"),
        format!("{path}?{later}&signature={signature}"),
        format!("{path}?signature={signature}"),
        format!("{path}?expires=never&signature={signature}"),
        format!("{path}?{expires}&signature={}", signature.to_uppercase()),
        url.replace("/2?", "/1?"),
        url.replace("/2?", "/3?"),
        url.replace("/2?", "/x?"),
        url.replace(&started.file, &other.file),
        url.replace(&started.file, "01890a5d-ac96-774b-bcce-b302099a8057"),
        url.replace(&started.file, "x"),
        path.to_owned(),
    ];
    let refusals = async |url: &str| world.put(url, TEN).await.expect(403).without_request_id();
    let refusal = refusals(&changed[0]).await;
    assert_eq!(refusal.text(), "This upload link was not made by this server.\n");
    for url in &changed {
        assert_eq!(refusals(url).await, refusal, "{url}");
    }
    // A key is no link.
    world.call(ask("PUT", path).key(&world.keys.admin).body(TEN)).await.expect(403);
    world.put(url, TEN).await.expect(200);
    // Links of another server are none of ours.
    let elsewhere = World::new().await;
    elsewhere.start("a.mp4", 50_000_010).await;
    let theirs = world.start("c.mp4", 10).await;
    elsewhere.put(&theirs.urls[0], TEN).await.expect(404);
}

#[tokio::test]
async fn a_part_has_exactly_its_length() {
    let world = World::new().await;
    let bytes = film(&Script { seconds: 1, ..Script::default() }).bytes;
    let started = world.start("a.mp4", bytes.len()).await;
    let url = &started.urls[0];
    let stored = world.put(url, &bytes).await.expect(200);
    let longer = [bytes.as_slice(), b"!"].concat();
    let pieces =
        longer.chunks(1_000).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece))).collect::<Vec<_>>();
    // Announced, the length is held against the part before anything is touched.
    world.call(ask("PUT", url).header("content-length", &longer.len().to_string()).body(longer)).await.expect(413);
    let parts = json!([{ "partNumber": 1, "eTag": stored.header("etag").unwrap() }]);
    let tracks = format!("/vod/v1/files/{}", started.file);
    assert_eq!(world.get(&tracks).await.json()["status"], "Uploading");
    // Not announced, it shows while the bytes come in, and what was stored before is being replaced.
    world.call(ask("PUT", url).body(Body::from_stream(stream::iter(pieces)))).await.expect(413);
    let refused = world.complete(&started.file, &parts).await.expect(400);
    assert!(refused.message().contains("has not been uploaded"), "{}", refused.message());
    let short = world.put(url, &bytes[1..]).await.expect(400);
    assert!(short.text().starts_with("Part 1 has "), "{}", short.text());
    let again = world.put(url, &bytes).await.expect(200);
    assert_ne!(again.header("etag"), stored.header("etag"));
    assert_eq!(world.complete(&started.file, &parts).await.expect(400).code(), "invalid_part");
    let parts = json!([{ "partNumber": 1, "eTag": again.header("etag").unwrap() }]);
    world.complete(&started.file, &parts).await.expect(200);
}

#[tokio::test]
async fn a_broken_connection_costs_its_part_only() {
    let world = World::new().await;
    let bytes = film(&Script { seconds: 1, ..Script::default() }).bytes;
    let started = world.start("a.mp4", bytes.len()).await;
    let first = Bytes::copy_from_slice(&bytes[..100]);
    let broken = stream::iter([Ok(first), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let answer = world.call(ask("PUT", &started.urls[0]).body(Body::from_stream(broken))).await.expect(400);
    assert!(answer.text().starts_with("The body of part 1 ended early."), "{}", answer.text());
    let put = world.put(&started.urls[0], &bytes).await.expect(200);
    let parts = json!([{ "partNumber": 1, "eTag": put.header("etag").unwrap() }]);
    world.complete(&started.file, &parts).await.expect(200);
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let world = World::new().await;
    // Two parts: the second has a few bytes.
    let script = Script { seconds: 4, picture_bytes: 491_000, ..Script::default() };
    let bytes = film(&script).bytes;
    let (front, back) = bytes.split_at(50_000_000);
    assert!(back.len() > 100_000 && back.len() < 1_000_000, "{}", back.len());
    let started = world.start("large.mp4", bytes.len()).await;
    let second = world.put(&started.urls[1], back).await.expect(200);
    let world = world.restart().await;
    assert_eq!(world.get(&format!("/vod/v1/files/{}", started.file)).await.json()["status"], "Uploading");
    let first = world.put(&started.urls[0], front).await.expect(200);
    let etags = [second, first].map(|part| part.header("etag").unwrap().to_owned());
    let parts = json!([{ "partNumber": 2, "eTag": etags[0] }, { "partNumber": 1, "eTag": etags[1] }]);
    world.complete(&started.file, &parts).await.expect(200);
    let asset = world.asset(&started.file, "Large").await;
    let across = ask("GET", &format!("/play/{asset}/original.mp4")).header("range", "bytes=49999000-50000999");
    assert_eq!(world.call(across).await.expect(206).body, bytes[49_999_000..50_001_000]);
}

#[tokio::test]
async fn completing_again_gives_the_same_answer_and_the_bytes_stay() {
    let world = World::new().await;
    let bytes = film(&Script::default()).bytes;
    let started = world.start("a.mp4", bytes.len()).await;
    let put = world.put(&started.urls[0], &bytes).await.expect(200);
    let parts = json!([{ "partNumber": 1, "eTag": put.header("etag").unwrap() }]);
    let first = world.complete(&started.file, &parts).await.expect(200).without_request_id();
    assert_eq!(world.complete(&started.file, &parts).await.expect(200).without_request_id(), first);
    let wrong = json!([{ "partNumber": 1, "eTag": "x" }]);
    assert_eq!(world.complete(&started.file, &wrong).await.expect(400).code(), "invalid_part");
    let refused = world.put(&started.urls[0], &vec![0; bytes.len()]).await.expect(409);
    assert_eq!(refused.text(), "This upload is complete already.\n");
    let asset = world.asset(&started.file, "A").await;
    assert_eq!(world.fetch(&format!("/play/{asset}/original.mp4")).await.body, bytes);
    for path in ["part/1", "cancel"] {
        let method = if path == "cancel" { "POST" } else { "GET" };
        let path = format!("/vod/v1/files/{}/{path}", started.file);
        assert_eq!(world.call(ask(method, &path).key(&world.keys.admin)).await.expect(409).code(), "upload_completed");
    }
}

#[tokio::test]
async fn a_cancelled_upload_takes_nothing_more() {
    let world = World::new().await;
    let kept = world.start("kept.mp4", 10).await;
    let gone = world.start("gone.mp4", 10).await;
    world.post(&format!("/vod/v1/files/{}/cancel", kept.file), &json!({ "delete": false })).await.expect(200);
    world.post(&format!("/vod/v1/files/{}/cancel", gone.file), &json!({ "delete": true })).await.expect(200);
    assert_eq!(
        world.put(&kept.urls[0], TEN).await.expect(409).text(),
        "This upload is over: The upload was cancelled.\n"
    );
    assert_eq!(world.put(&gone.urls[0], TEN).await.expect(404).text(), "There is no such file.\n");
    assert_eq!(world.get(&format!("/vod/v1/files/{}", kept.file)).await.json()["status"], "Error");
    world.get(&format!("/vod/v1/files/{}", gone.file)).await.expect(404);
    assert_eq!(world.blobs.list().await.unwrap().len(), 1, "the bytes of the deleted one are gone");
    let again = world.post(&format!("/vod/v1/files/{}/cancel", kept.file), &json!({})).await.expect(409);
    assert_eq!(again.code(), "upload_failed");
}

#[tokio::test]
async fn an_abandoned_upload_goes_after_a_week_with_its_bytes() {
    let world = World::new().await;
    let (completed, asset) = world.film().await;
    let abandoned = world.start("abandoned.mp4", 10).await;
    let active = world.start("active.mp4", 10).await;
    let before = world.blobs.list().await.unwrap().len();
    world.clock.forward(DAY / 2);
    world.put(&active.urls[0], TEN).await.expect(200);
    world.clock.forward(DAY * 13 / 2);
    assert_eq!(expire_uploads(&world.app).await.unwrap(), 0, "a week is not over");
    world.clock.forward(MILLISECOND);
    assert_eq!(expire_uploads(&world.app).await.unwrap(), 1);
    world.get(&format!("/vod/v1/files/{}", abandoned.file)).await.expect(404);
    assert_eq!(world.blobs.list().await.unwrap().len(), before - 1);
    assert_eq!(text(&world.get(&format!("/vod/v1/files/{}", active.file)).await.json()["status"]), "Uploading");
    world.clock.forward(DAY * 30);
    assert_eq!(expire_uploads(&world.app).await.unwrap(), 1, "the other one has its turn");
    world.get(&format!("/vod/v1/files/{completed}")).await.expect(200);
    world.fetch(&format!("/play/{asset}/original.mp4")).await.expect(200);
}
