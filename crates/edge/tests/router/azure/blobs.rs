//! A blob in one piece: written, looked at, refused.

use super::{announced, blob, code, complete, made, path, plain, put};
use crate::world::{Answer, World, ask, text};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use core::time::Duration;
use futures_util::stream;
use kinora_app::port::Blobs as _;
use serde_json::Value;
use std::io;

/// The parameters of an upload link.
fn parameters(video: &Value) -> Vec<(String, String)> {
    let url = text(&video["UploadUri"]);
    let query = url.split_once('?').unwrap().1;
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn an_upload_link_has_the_form_of_a_shared_access_signature() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let id = text(&video["Id"]);
    let url = text(&video["UploadUri"]);
    assert!(url.starts_with(&format!("https://films.example/cloud/blobs/{id}/{id}.mp4?")), "{url}");
    let names: Vec<_> = parameters(&video).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["sv", "sr", "si", "sig", "st", "se"]);
    let value = |name: &str| parameters(&video).into_iter().find(|(key, _)| key == name).unwrap().1;
    assert_eq!((value("sr").as_str(), value("st").as_str()), ("c", "2026-01-31T12%3A00%3A00Z"));
    assert_eq!(value("se"), "2026-02-01T13%3A00%3A00Z");
    // For an hour it is the same, and works for a day.
    world.clock.forward(Duration::from_secs(3_599));
    assert_eq!(text(&world.get(&path(&video)).await.json()["UploadUri"]), url);
    world.clock.forward(Duration::from_secs(1));
    assert_ne!(text(&world.get(&path(&video)).await.json()["UploadUri"]), url);
    world.clock.forward(Duration::from_secs(24 * 3_600 - 1));
    put(&world, &video, b"bytes").await;
    world.clock.forward(Duration::from_secs(1));
    let expired = world.call(blob(&video, "", b"bytes")).await.expect(403);
    assert_eq!(code(&expired), "AuthenticationFailed");
}

#[tokio::test]
async fn a_link_that_was_changed_opens_nothing() {
    let world = World::new().await;
    let (video, other) = (announced(&world, &plain()).await, announced(&world, &plain()).await);
    let url = text(&video["UploadUri"]);
    let (place, query) = url.split_once('?').unwrap();
    let send = async |url: &str| {
        let ask = ask("PUT", url).header("x-ms-blob-type", "BlockBlob").header("content-length", "1");
        world.call(ask.body("x")).await
    };
    for name in ["sv", "sr", "si", "sig", "st", "se"] {
        let pairs = parameters(&video);
        let without: Vec<_> =
            pairs.iter().filter(|(key, _)| key != name).map(|(key, value)| format!("{key}={value}")).collect();
        let changed: Vec<_> = pairs
            .iter()
            .map(
                |(key, value)| {
                    if key == name { format!("{key}=2026-02-07T13%3A00%3A00Z") } else { format!("{key}={value}") }
                },
            )
            .collect();
        for query in [without.join("&"), changed.join("&")] {
            let refused = send(&format!("{place}?{query}")).await.expect(403);
            assert_eq!(code(&refused), "AuthenticationFailed", "{query}");
        }
    }
    let foreign = place.replace(&text(&video["Id"]), &text(&other["Id"]));
    for place in [foreign.as_str(), "/blobs/x/a.mp4", "/blobs/other/a.mp4"] {
        send(&format!("{place}?{query}")).await.expect(403);
    }
    send(place).await.expect(403);
    // The name of the blob says nothing.
    send(&format!("{}/another/name.mp4?{query}", place.rsplit_once('/').unwrap().0)).await.expect(201);
    for nothing in ["/blobs", "/blobs/", "/blobs/x"] {
        assert_eq!(send(nothing).await.status, 404, "{nothing}");
    }
}

#[tokio::test]
async fn what_was_written_has_properties() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let url = text(&video["UploadUri"]);
    let head = async || world.call(ask("HEAD", &url)).await;
    let missing = head().await.expect(404);
    assert_eq!((missing.header("x-ms-error-code"), missing.body.len()), (Some("BlobNotFound"), 0));
    let written = put(&world, &video, b"some bytes").await;
    let seen = head().await.expect(200);
    assert_eq!(seen.header("content-length"), Some("10"));
    assert_eq!(seen.header("x-ms-blob-type"), Some("BlockBlob"));
    for name in ["etag", "last-modified"] {
        assert_eq!((seen.header(name), seen.header(name).is_some()), (written.header(name), true), "{name}");
    }
    assert!(seen.header("etag").unwrap().starts_with("\"0x"));
    // The link is for writing.
    assert_eq!(code(&world.call(ask("GET", &url)).await.expect(403)), "AuthorizationPermissionMismatch");
    for method in ["DELETE", "POST", "PATCH", "OPTIONS"] {
        let refused = world.call(ask(method, &url)).await.expect(405);
        assert_eq!((code(&refused).as_str(), refused.header("allow")), ("UnsupportedHttpVerb", Some("GET,HEAD,PUT")));
    }
    // Written anew, it is another, and the bytes before are gone.
    let again = put(&world, &video, b"").await;
    assert_ne!(again.header("etag"), written.header("etag"));
    assert_eq!(head().await.header("content-length"), Some("0"));
    assert_eq!(world.blobs.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_answer_names_version_and_request() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let sent = blob(&video, "", b"x").header("x-ms-version", "2026-02-06").header("x-ms-client-request-id", "mine");
    let answer = world.call(sent.header("x-request-id", "one")).await.expect(201);
    assert_eq!(answer.header("x-ms-version"), Some("2026-02-06"));
    assert_eq!(answer.header("x-ms-request-id"), Some("one"));
    assert_eq!(answer.header("x-ms-client-request-id"), Some("mine"));
    let refused =
        world.call(ask("PUT", &text(&video["UploadUri"])).header("x-ms-version", "<script>")).await.expect(400);
    assert_eq!(refused.header("x-ms-version"), Some("2020-10-02"));
    assert!(refused.header("x-ms-request-id").is_some());
    let preflight = ask("OPTIONS", &text(&video["UploadUri"])).header("access-control-request-method", "PUT");
    let preflight = world.call(preflight.header("origin", "https://shop.example")).await.expect(204);
    assert_eq!(preflight.header("access-control-allow-headers"), Some("*"));
    assert_eq!(answer.header("access-control-expose-headers"), Some("*"));
}

#[tokio::test]
async fn requests_that_are_wrong_are_told_why() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let url = text(&video["UploadUri"]);
    let put = || ask("PUT", &url).header("x-ms-blob-type", "BlockBlob");
    let table = [
        (400, "MissingRequiredHeader", ask("PUT", &url).header("content-length", "1").body("x")),
        (
            400,
            "InvalidHeaderValue",
            ask("PUT", &url).header("x-ms-blob-type", "PageBlob").header("content-length", "1").body("x"),
        ),
        (411, "MissingContentLengthHeader", put().body("x")),
        (411, "MissingContentLengthHeader", put().header("content-length", "-1").body("x")),
        (413, "RequestBodyTooLarge", put().header("content-length", &u64::MAX.to_string()).body("x")),
        (400, "InvalidInput", put().header("content-length", "2").body("x")),
        (413, "RequestBodyTooLarge", put().header("content-length", "1").body("xx")),
        (400, "InvalidMd5", put().header("content-length", "1").header("content-md5", "x").body("x")),
        (400, "InvalidHeaderValue", put().header("content-length", "1").header("x-ms-content-crc64", "AAAA").body("x")),
        (400, "InvalidQueryParameterValue", ask("PUT", &format!("{url}&comp=metadata")).header("content-length", "0")),
    ];
    for (status, expected, ask) in table {
        let refused = world.call(ask).await.expect(status);
        assert_eq!(code(&refused), expected);
    }
    assert_eq!(world.call(ask("HEAD", &url)).await.status, 404, "nothing of it was kept");
    let full = World::with_reserve(u64::MAX).await;
    let video = announced(&full, &plain()).await;
    let refused = full.call(blob(&video, "", b"x")).await.expect(503);
    assert_eq!((code(&refused).as_str(), refused.header("retry-after").is_some()), ("ServerBusy", true));
}

/// Waits until what broke off is cleared away.
async fn nothing_stored(world: &World) {
    while !world.blobs.list().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let url = text(&video["UploadUri"]);
    let broken = stream::iter([Ok(Bytes::from_static(b"so")), Err(io::Error::other("the line is gone"))]);
    let sent = ask("PUT", &url).header("x-ms-blob-type", "BlockBlob").header("content-length", "10");
    assert_eq!(code(&world.call(sent.body(Body::from_stream(broken))).await.expect(400)), "InvalidInput");
    nothing_stored(&world).await;
    let wrong = STANDARD.encode([0; 16]);
    let damaged = world.call(blob(&video, "", b"bytes").header("content-md5", &wrong)).await.expect(400);
    assert_eq!(code(&damaged), "Md5Mismatch");
    nothing_stored(&world).await;
}

#[tokio::test]
async fn checksums_are_verified_and_given_back() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    // Of the text `123456789`, by the catalogue of CRCs and by openssl.
    let crc = STANDARD.encode(0xae8b_1486_0a79_9888_u64.to_le_bytes());
    let md5 = "JfnnlDI7RTiF9RgfG2JNCw==";
    let send = |content: &'static [u8], sums: Vec<(&'static str, String)>| {
        let ask = sums.into_iter().fold(blob(&video, "", content), |ask, (name, sum)| ask.header(name, &sum));
        world.call(ask)
    };
    for (name, sum) in [("x-ms-content-crc64", crc.clone()), ("content-md5", md5.to_owned())] {
        let answer = send(b"123456789", vec![(name, sum.clone())]).await.expect(201);
        assert_eq!(answer.header(name), Some(sum.as_str()));
        let expected = if name == "content-md5" { "Md5Mismatch" } else { "Crc64Mismatch" };
        assert_eq!(code(&send(b"123456788", vec![(name, sum)]).await.expect(400)), expected);
    }
    let both = vec![("x-ms-content-crc64", crc), ("content-md5", md5.to_owned())];
    assert_eq!(code(&send(b"123456789", both).await.expect(400)), "BothCrc64AndMd5HeaderPresent");
}

#[tokio::test]
async fn conditions_hold_or_nothing_is_written() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let send = |name: &'static str, value: String| world.call(blob(&video, "", b"x").header(name, &value));
    let tag = |answer: &Answer| answer.header("etag").unwrap().to_owned();
    assert_eq!(code(&send("if-match", "*".to_owned()).await.expect(412)), "ConditionNotMet");
    let first = tag(&send("if-none-match", "*".to_owned()).await.expect(201));
    assert_eq!(code(&send("if-none-match", "*".to_owned()).await.expect(409)), "BlobAlreadyExists");
    assert_eq!(code(&send("if-none-match", first.clone()).await.expect(412)), "ConditionNotMet");
    let second = tag(&send("if-match", first.clone()).await.expect(201));
    assert_eq!(code(&send("if-match", first).await.expect(412)), "ConditionNotMet");
    send("if-match", second).await.expect(201);
}

#[tokio::test]
async fn nothing_is_written_once_the_upload_is_complete_or_gone() {
    let world = World::new().await;
    let video = made(&world, &plain()).await;
    let url = text(&video["UploadUri"]);
    for ask in [
        blob(&video, "", b"x"),
        blob(&video, "&comp=block&blockid=AAAA", b"x"),
        blob(&video, "&comp=blocklist", b"<BlockList/>"),
    ] {
        assert_eq!(code(&world.call(ask).await.expect(409)), "BlobImmutableDueToPolicy");
    }
    world.call(ask("HEAD", &url)).await.expect(409);
    let gone = announced(&world, &plain()).await;
    world.delete(&path(&gone)).await.expect(204);
    assert_eq!(code(&world.call(blob(&gone, "", b"x")).await.expect(404)), "ContainerNotFound");
    complete(&world, &gone).await.expect(404);
}
