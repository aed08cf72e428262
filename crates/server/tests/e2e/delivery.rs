//! What viewers fetch: the same headers for `HEAD` and `GET`, tags, lives, and doors open to every origin.

use crate::films;
use crate::harness::{Answer, KEY, Server};

/// An id that nothing has.
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

const DOCUMENTS: [&str; 4] = ["hls/master.m3u8", "hls/v0-1.m3u8", "hls/a1-1.m3u8", "dash/manifest.mpd"];
const SEGMENTS: [&str; 4] = ["v0-1/init.mp4", "v0-1/0.m4s", "a1-1/init.mp4", "a1-1/1.m4s"];

/// Paths of everything that a published film has.
fn everything(asset: &str) -> Vec<String> {
    let names = DOCUMENTS.into_iter().chain(SEGMENTS).chain(["original.mp4"]);
    names.map(|name| format!("/play/{asset}/{name}")).collect()
}

fn published() -> (Server, String) {
    let server = Server::start();
    let asset = server.publish("film.mp4", &films::film());
    // What is asked twice is to be answered from the same objects.
    server.settle();
    (server, asset)
}

#[test]
fn head_answers_like_get_without_the_bytes() {
    let (server, asset) = published();
    for path in everything(&asset) {
        for (name, value) in
            [("Accept", "*/*"), ("Accept-Encoding", "gzip"), ("Accept-Encoding", "br"), ("Range", "bytes=5-9")]
        {
            let ask = |method: &str| server.request(method, &path).header(name, value).send();
            let (get, head) = (ask("GET"), ask("HEAD"));
            let what = format!("{path} with {name}: {value}");
            assert!(matches!(get.status, 200 | 206), "{what}: {}", get.status);
            assert_eq!(head.status, get.status, "{what}");
            let besides = |answer: &Answer| {
                let mut headers = answer.lasting_headers();
                // How a body is cut on the wire is said where there is one; its length may be left out.
                headers.retain(|(name, _)| name != "transfer-encoding" && name != "content-length");
                headers
            };
            assert_eq!(besides(&head), besides(&get), "{what}");
            let length = get.body.len().to_string();
            assert!(!get.body.is_empty(), "{what}");
            let announced = head.header("content-length");
            assert!(announced.is_none_or(|announced| announced == length), "{what}: {announced:?} of {length} bytes");
            assert!(announced.is_some() || get.header("content-encoding").is_some(), "{what}: no length");
        }
    }
}

#[test]
fn what_a_client_has_is_not_sent_again() {
    let (server, asset) = published();
    for path in everything(&asset) {
        let first = server.fetch(&path).expect(200);
        let etag = first.header("etag").unwrap();
        let bare = etag.trim_start_matches("W/");
        for sent in [etag.to_owned(), format!("W/{bare}"), format!("\"other\", {etag}"), "*".to_owned()] {
            for method in ["GET", "HEAD"] {
                let again = server.request(method, &path).header("If-None-Match", &sent).send().expect(304);
                assert_eq!(
                    (again.header("etag"), again.header("cache-control")),
                    (Some(etag), first.header("cache-control"))
                );
                assert_eq!((again.body.len(), again.header("access-control-allow-origin")), (0, Some("*")), "{path}");
            }
        }
        server.request("GET", &path).header("If-None-Match", "\"other\"").send().expect(200);
        let compressed =
            server.request("GET", &path).header("If-None-Match", etag).header("Accept-Encoding", "gzip").send();
        compressed.expect(304);
        assert_eq!(server.fetch(&path).expect(200).body, first.body, "{path}");
    }
}

#[test]
fn segments_are_kept_for_ever_and_documents_are_asked_for_again() {
    let (server, asset) = published();
    let life = |name: &str| {
        server.fetch(&format!("/play/{asset}/{name}")).expect(200).header("cache-control").unwrap().to_owned()
    };
    for name in SEGMENTS {
        let life = life(name);
        assert!(
            life.contains("immutable") && life.contains("max-age=31536000") && life.contains("public"),
            "{name}: {life}"
        );
    }
    for name in DOCUMENTS {
        assert_eq!(life(name), "no-cache", "{name}");
    }
    for name in ["hls/other.m3u8", "v0-1/9.m4s", "v9-1/init.mp4"] {
        let missing = server.fetch(&format!("/play/{asset}/{name}")).expect(404);
        assert_eq!(missing.header("cache-control"), Some("no-store"), "{name}");
    }
}

#[test]
fn each_thing_says_what_it_is() {
    let (server, asset) = published();
    for (name, expected) in [
        ("hls/master.m3u8", "application/vnd.apple.mpegurl"),
        ("hls/v0-1.m3u8", "application/vnd.apple.mpegurl"),
        ("dash/manifest.mpd", "application/dash+xml"),
        ("v0-1/init.mp4", "video/mp4"),
        ("v0-1/0.m4s", "video/mp4"),
        ("a1-1/0.m4s", "audio/mp4"),
        ("original.mp4", "video/mp4"),
    ] {
        let answer = server.fetch(&format!("/play/{asset}/{name}")).expect(200);
        assert_eq!(answer.header("content-type"), Some(expected), "{name}");
    }
}

#[test]
fn text_is_compressed_for_those_who_ask_and_media_never() {
    let (server, asset) = published();
    let ask = |name: &str, codings: &str| {
        server.request("GET", &format!("/play/{asset}/{name}")).header("Accept-Encoding", codings).send().expect(200)
    };
    for name in DOCUMENTS {
        let plain = ask(name, "identity");
        assert_eq!(plain.header("content-encoding"), None);
        for (codings, expected) in [("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "br")] {
            let answer = ask(name, codings);
            assert_eq!(answer.header("content-encoding"), Some(expected), "{name} {codings}");
            assert_eq!(answer.header("etag"), plain.header("etag"), "{name}");
            assert!(answer.header("vary").is_some_and(|vary| vary.eq_ignore_ascii_case("accept-encoding")), "{name}");
        }
        let gzip = ask(name, "gzip").body;
        assert!(gzip.starts_with(b"\x1f\x8b") && gzip.len() < plain.body.len(), "{name}");
    }
    for name in ["v0-1/0.m4s", "v0-1/init.mp4", "original.mp4"] {
        let answer = ask(name, "gzip, br");
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), (None, None), "{name}");
    }
}

#[test]
fn every_origin_may_play_and_upload() {
    let (server, asset) = published();
    let mut paths = everything(&asset);
    paths.extend(["hls/none.m3u8", "v0-2/init.mp4"].map(|name| format!("/play/{asset}/{name}")));
    paths.push(format!("/play/{NOBODY}/dash/manifest.mpd"));
    for path in &paths {
        for range in ["bytes=0-1", "bytes=999999999-"] {
            let answer =
                server.request("GET", path).header("Origin", "https://site.example").header("Range", range).send();
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path} {}", answer.status);
            let exposed = answer.header("access-control-expose-headers").unwrap();
            assert!(["content-length", "content-range", "etag"].iter().all(|name| exposed.contains(name)), "{exposed}");
        }
        let preflight = preflight(&server, path, "GET", "range");
        assert!(preflight.header("access-control-allow-headers").unwrap().contains("range"));
    }
    let upload = server.start_upload("film.mp4", 3);
    let asked = preflight(&server, upload.link(1), "PUT", "content-type");
    assert!(asked.header("access-control-allow-methods").unwrap().contains("PUT"));
    assert!(asked.header("access-control-allow-headers").unwrap().contains("content-type"));
    for (target, status) in [(upload.link(1).to_owned(), 200), (format!("/upload/{}/1", upload.file), 403)] {
        let stored = server
            .request("PUT", &target)
            .header("Origin", "https://site.example")
            .bytes(&b"abc"[..])
            .send()
            .expect(status);
        assert_eq!(stored.header("access-control-allow-origin"), Some("*"));
        assert!(stored.header("access-control-expose-headers").unwrap().contains("etag"));
    }
    let api = preflight(&server, "/vod/v1/files/start", "POST", "x-api-key, content-type, x-tenant-id, authorization");
    for name in ["x-api-key", "content-type", "x-tenant-id", "authorization"] {
        assert!(api.header("access-control-allow-headers").unwrap().contains(name), "{name}");
    }
}

#[track_caller]
fn preflight(server: &Server, path: &str, method: &str, headers: &str) -> Answer {
    let request = server.request("OPTIONS", path).header("Origin", "https://site.example");
    let request =
        request.header("Access-Control-Request-Method", method).header("Access-Control-Request-Headers", headers);
    let answer = request.send().expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    answer
}

#[test]
fn a_track_has_one_name_and_another_version_of_it_is_not_there() {
    let (server, asset) = published();
    for name in [
        "v0-2/init.mp4",
        "v0-0/0.m4s",
        "v00-1/init.mp4",
        "v0-01/init.mp4",
        "v+0-1/init.mp4",
        "a0-1/init.mp4",
        "v1-1/init.mp4",
        "v0-1/00.m4s",
        "v0-1/+0.m4s",
        "v0-1/2.m4s",
        "v0-1/-1.m4s",
        "v0-1/4294967296.m4s",
        "v0-1/0.mp4",
        "v0-1/init.m4s",
        "v0-1/",
        "v0-1/0.m4s/",
        "hls/v0-2.m3u8",
        "hls/master",
        "hls/master.mpd",
        "dash/other.mpd",
        "original.mov",
        "original.mp4/",
    ] {
        for method in ["GET", "HEAD"] {
            let answer = server.request(method, &format!("/play/{asset}/{name}")).send();
            assert_eq!(answer.status, 404, "{method} {name}");
        }
    }
    for path in everything(NOBODY) {
        server.request("HEAD", &path).send().expect(404);
        // The door is in front of everything, whatever is asked.
        server.request("DELETE", &path).key(KEY).send().expect(404);
    }
    server.request("DELETE", &format!("/play/{asset}/v0-1/0.m4s")).key(KEY).send().expect(405);
}

#[test]
fn a_deleted_asset_is_gone_for_viewers_at_once_and_its_file_stays() {
    let (server, asset) = published();
    let film = films::film();
    let file = server.asset_detail(&asset)["sources"][0]["fileId"].as_str().unwrap().to_owned();
    let other = server.asset(&file);
    let paths = everything(&asset);
    for path in &paths {
        server.fetch(path).expect(200);
    }
    let target = format!("/vod/v1/assets/{asset}");
    server.request("DELETE", &target).key(KEY).send().expect(200);
    for path in &paths {
        server.fetch(path).expect(404);
    }
    server.get(&target).refused(404, "not_found", &["no such asset"]);
    server.request("DELETE", &target).key(KEY).send().refused(404, "not_found", &["no such asset"]);
    assert_eq!(server.get("/vod/v1/assets").json()["totalCount"], 1);
    assert_eq!(server.file_detail(&file)["status"], "Completed");
    server.plays(&other, &film);
}

#[test]
fn an_asset_deleted_while_it_is_fetched_is_there_or_is_not_there_and_nothing_else() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    for _ in 0..40 {
        let asset = server.asset(&file);
        let paths = everything(&asset);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for path in &paths {
                        let status = server.fetch(path).status;
                        assert!(matches!(status, 200 | 404), "{path}: {status}");
                    }
                });
            }
            server.request("DELETE", &format!("/vod/v1/assets/{asset}")).key(KEY).send().expect(200);
        });
    }
    server.settle();
    server.keeps(1);
}

#[test]
fn what_is_being_sent_when_an_asset_is_deleted_is_sent_to_its_end() {
    let server = Server::start();
    let film = films::two_parts();
    let asset = server.publish("film.mp4", &film);
    let (head, mut wire) = server.request("GET", &format!("/play/{asset}/original.mp4")).receive();
    assert_eq!(head.status, 200);
    let first = wire.take(1_000_000);
    let file = server.asset_detail(&asset)["sources"][0]["fileId"].as_str().unwrap().to_owned();
    server.request("DELETE", &format!("/vod/v1/assets/{asset}")).key(KEY).send().expect(200);
    let rest = wire.take(film.len() - 1_000_000);
    assert!([first, rest].concat() == film, "file {file}");
}
