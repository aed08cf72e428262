//! What operators see: ids, log lines, metrics.

use crate::films;
use crate::harness::{KEY, Server, until};
use std::collections::HashSet;

#[test]
fn every_answer_carries_an_id_and_the_log_line_of_the_request_carries_the_same() {
    let server = Server::start();
    let targets = [
        "/vod/v1/files",
        "/nowhere",
        "/play/x/hls/master.m3u8",
        "/livez",
        "/vod/v1/nothing",
        "/embed/x",
        "/docs",
        "/upload/x/1",
    ];
    let mut ids = HashSet::new();
    for target in targets {
        for method in ["GET", "HEAD", "POST", "OPTIONS"] {
            let answer = server.request(method, target).send();
            let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{method} {target} has no id")).to_owned();
            assert!(ids.insert(id), "{method} {target}: an id twice");
        }
    }
    for id in ids {
        let line = until("the request is in the log", || {
            server.log_lines().into_iter().find(|line| line["span"]["id"] == id.as_str())
        });
        assert_eq!((line["level"].as_str(), line["message"].as_str()), (Some("INFO"), Some("answered")), "{line}");
        for field in ["method", "route", "status", "seconds", "timestamp"] {
            assert!(!line[field].is_null(), "{field} is not in {line}");
        }
    }
}

#[test]
fn a_plain_id_of_the_client_is_kept_and_any_other_replaced() {
    let server = Server::start();
    let ask = |id: &str| {
        server.request("GET", "/livez").header("X-Request-Id", id).send().header("x-request-id").unwrap().to_owned()
    };
    let longest = "a".repeat(64);
    for plain in ["abc-123_DEF.4", "1", &longest] {
        assert_eq!(ask(plain), plain);
    }
    let too_long = "a".repeat(65);
    for odd in ["", "a b", "{\"a\":1}", "é", &too_long, "a;b"] {
        let given = ask(odd);
        assert!(given != odd && given.len() == 16, "{odd}: {given}");
    }
}

#[test]
fn the_log_names_routes_and_neither_links_nor_keys() {
    let server = Server::with(&[("KINORA_LOG", "trace")]);
    let upload = server.upload("film.mp4", &films::film());
    server.request("GET", &format!("/vod/v1/files?X-Api-Key={KEY}")).send().expect(200);
    server.request("PUT", &format!("{}0", upload.link(1))).bytes(&b"x"[..]).send().expect(403);
    server.complete(&upload).expect(200);
    let log = server.log();
    let signature = upload.link(1).split_once("signature=").unwrap().1;
    assert!(log.contains("/upload/{file}/{part}"), "{log}");
    assert!(!log.contains(signature) && !log.contains(KEY), "a secret is in the log");
}

#[test]
fn a_log_of_text_that_is_no_terminal_has_no_codes_of_terminals() {
    let server = Server::with(&[("KINORA_LOG_FORMAT", "text")]);
    server.fetch("/livez").expect(200);
    let line = until("the request is in the log", || {
        server.log().lines().find(|line| line.contains("answered")).map(str::to_owned)
    });
    assert!(line.contains(" INFO ") && line.contains("status=200"), "{line}");
    assert!(!server.log().contains('\u{1b}'), "{:?}", server.log());
}

#[test]
fn metrics_count_requests_bytes_and_jobs() {
    let server = Server::start();
    let film = films::film();
    let asset = server.publish("film.mp4", &film);
    server.settle();
    assert_eq!(server.metric("kinora_upload_bytes_total"), film.len() as u64);
    let before = server.metric("kinora_delivery_bytes_total");
    let segment = server.fetch(&format!("/play/{asset}/v0-1/0.m4s")).expect(200).body.len() as u64;
    let sent = || server.metric("kinora_delivery_bytes_total") - before;
    until("the bytes are counted", || (sent() == segment).then_some(()));
    // What is not sent is not counted.
    server.request("HEAD", &format!("/play/{asset}/original.mp4")).send().expect(200);
    server.fetch(&format!("/play/{asset}/v0-1/9.m4s")).expect(404);
    assert_eq!(sent(), segment);
    let free = server.metric("kinora_storage_free_bytes");
    assert!(free > 0 && server.metric("kinora_storage_total_bytes") > free);

    let text = server.fetch("/metrics").expect(200);
    assert!(text.header("content-type").unwrap().starts_with("text/plain"));
    let text = text.text();
    for line in [
        "# TYPE kinora_http_request_duration_seconds histogram",
        "# TYPE kinora_upload_bytes_total counter",
        "# TYPE kinora_delivery_bytes_total counter",
        "# TYPE kinora_jobs_unfinished gauge",
        "# TYPE kinora_storage_free_bytes gauge",
        "method=\"PUT\",route=\"/upload/{file}/{part}\",status=\"200\"",
        "route=\"/play/{asset}/{track}/{segment}\",status=\"404\"",
        "le=\"+Inf\"",
    ] {
        assert!(text.contains(line), "`{line}` is not in:\n{text}");
    }
    // Few labels: no id of anything.
    assert!(!text.contains(&asset), "{text}");
}

#[test]
fn made_up_methods_and_paths_make_no_new_metrics() {
    let server = Server::start();
    let lines = || server.fetch("/metrics").expect(200).text().lines().count();
    server.request("GET", "/nowhere/0").send().expect(404);
    server.request("BREW", "/nowhere/0").send().expect(404);
    let before = lines();
    for number in 0..50 {
        server.request("GET", &format!("/nowhere/{number}")).send().expect(404);
        server.request(&format!("BREW{number}"), "/nowhere").send().expect(404);
    }
    let after = lines();
    assert!(after < before + 100, "{before} lines became {after}");
}

#[test]
fn a_path_that_nothing_has_is_answered_404() {
    let server = Server::start();
    for target in [
        "/nowhere",
        "/nowhere/",
        "/play",
        "/play/",
        "/upload",
        "/embed",
        "/vod",
        "/vod/",
        "/vod/v2/files",
        "/.env",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//",
        "/docs/../../etc/passwd",
    ] {
        for method in ["GET", "HEAD", "POST"] {
            let answer = server.request(method, target).key(KEY).send();
            assert_eq!(answer.status, 404, "{method} {target}");
        }
    }
    server.get("/vod/v2/files").refused(404, "no_such_path", &[]);
}

#[test]
fn liveness_readiness_and_pages_are_there() {
    let server = Server::start();
    for (target, kind) in [
        ("/livez", "text/plain"),
        ("/readyz", "text/plain"),
        ("/", "text/html"),
        ("/docs/", "text/html"),
        ("/openapi/videokit.json", "application/json"),
    ] {
        let answer = server.fetch(target).expect(200);
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{target}");
        assert!(!answer.body.is_empty(), "{target}");
    }
    let embed = server.fetch("/embed/01890a5d-ac96-774b-bcce-b302099a8057").expect(200);
    assert!(embed.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let document = server.fetch("/openapi/videokit.json").json();
    assert_eq!(document["servers"][0]["url"], format!("http://{}", server.port.address));
}

#[test]
fn a_fault_of_ours_is_in_the_log_with_its_cause_and_the_answer_says_where_to_look() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    // As a disk may do that is about to fail.
    for object in server.objects() {
        std::fs::remove_file(object).unwrap();
    }
    let answer = server.try_asset(&[&file]);
    answer.refused(500, "internal", &["log has the details"]);
    let id = answer.header("x-request-id").unwrap();
    let lines = server.log_lines();
    let line = lines.iter().find(|line| line["level"] == "ERROR" && line["span"]["id"] == id);
    assert!(line.is_some_and(|line| line.to_string().contains("is not there")), "{line:?}");
    assert!(!answer.text().contains("object"), "{}", answer.text());
    server.is_well();
}
