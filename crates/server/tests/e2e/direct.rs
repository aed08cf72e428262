//! Connections on which media are sent directly, in turns with everything else.

use crate::films;
use crate::harness::{Answer, KEY, Server, Wire};
use crate::viewers::{answers, playback};
use std::time::{Duration, Instant};

fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: films.example\r\n{headers}\r\n")
}

/// A header that leaves a request to the general stack, and changes nothing of it.
const GENERAL: &str = "Content-Length: 0\r\n";

struct Film {
    server: Server,
    asset: String,
}

impl Film {
    fn new() -> Self {
        let server = Server::start();
        let asset = server.publish("film.mp4", &films::film());
        server.settle();
        Self { server, asset }
    }

    fn wire(&self) -> Wire {
        Wire::connect(self.server.port.address)
    }

    fn play(&self, path: &str) -> String {
        format!("/play/{}/{path}", self.asset)
    }

    /// The answer on a connection of its own.
    fn ask(&self, target: &str, headers: &str) -> Answer {
        let mut wire = self.wire();
        wire.send(get(target, headers).as_bytes());
        wire.next().unwrap()
    }
}

#[test]
fn media_are_the_same_with_the_same_words_by_either_way() {
    let film = Film::new();
    for path in ["v0-1/0.m4s", "v0-1/1.m4s", "a1-1/0.m4s", "a1-1/1.m4s?token=none"] {
        let whole = film.ask(&film.play(path), GENERAL).expect(200);
        let tag = whole.header("etag").unwrap().to_owned();
        for headers in [
            "Range: bytes=0-0\r\n",
            "Range: bytes=17-\r\n",
            "Range: bytes=-1000\r\n",
            "Range: bytes=100-5000\r\nX-Request-Id: mine\r\n",
            "Range: bytes=999999999-\r\n",
            "Range: bytes=0-0,5-9\r\n",
            "Range: letters=0-0\r\n",
            &format!("Range: bytes=5-9\r\nIf-Range: {tag}\r\n"),
            "Range: bytes=5-9\r\nIf-Range: \"other\"\r\n",
            &format!("If-None-Match: {tag}\r\n"),
            "Origin: https://pages.example\r\nAccept-Encoding: gzip, br\r\n",
            "",
        ] {
            let direct = film.ask(&film.play(path), headers);
            let general = film.ask(&film.play(path), &format!("{headers}{GENERAL}"));
            direct.same_as(&general, &format!("{path} {headers:?}"));
            assert!(direct.header("date").is_some() && direct.header("x-request-id").is_some());
            if headers.contains("X-Request-Id") {
                assert_eq!(direct.header("x-request-id"), Some("mine"));
            }
        }
    }
    for nothing in ["v0-1/9999.m4s", "v9-1/0.m4s", "v0-2/0.m4s", "c0-1/0.m4s", "v0-1/00.m4s", "v0-1/0.m4s/"] {
        let direct = film.ask(&film.play(nothing), "").expect(404);
        direct.same_as(&film.ask(&film.play(nothing), GENERAL), nothing);
    }
}

#[test]
fn a_token_is_for_the_address_that_the_connection_or_a_trusted_proxy_tells() {
    for (proxies, forwarded_counts) in [("", false), ("127.0.0.1", true)] {
        let server = Server::with(&[("KINORA_TRUSTED_PROXIES", proxies)]);
        let film = Film { asset: server.publish("film.mp4", &films::film()), server };
        film.server.settle();
        playback(&film.server, &["keys", "create"]).succeeded();
        playback(&film.server, &["policy", "required"]).succeeded();
        let segment = film.play("a1-1/1.m4s");
        answers(&film.server, &segment, 401);
        let token = |ip| playback(&film.server, &["token", "--asset", &film.asset, "--ip", ip]).succeeded();
        let (here, there) = (token("127.0.0.1/32"), token("192.0.2.0/24"));
        for (token, headers, opens) in [
            (&here, "", true),
            (&there, "", false),
            (&here, "X-Forwarded-For: 192.0.2.7\r\n", !forwarded_counts),
            (&there, "X-Forwarded-For: 192.0.2.7\r\n", forwarded_counts),
        ] {
            let target = format!("{segment}?token={}", token.trim());
            let direct = film.ask(&target, headers).expect(if opens { 200 } else { 403 });
            direct.same_as(&film.ask(&target, &format!("{headers}{GENERAL}")), headers);
        }
    }
}

#[test]
fn one_connection_serves_everything_in_its_order() {
    let film = Film::new();
    let targets =
        ["hls/master.m3u8", "v0-1/0.m4s", "hls/v0-1.m3u8", "v0-1/init.mp4", "a1-1/0.m4s", "v0-1/1.m4s", "x/y"];
    let targets: Vec<String> = targets.iter().map(|path| film.play(path)).chain(["/livez".to_owned()]).collect();
    let expected: Vec<Answer> = targets.iter().map(|target| film.server.fetch(target)).collect();
    let mut wire = film.wire();
    for _ in 0..3 {
        for (target, expected) in targets.iter().zip(&expected) {
            wire.send(get(target, "").as_bytes());
            let answer = wire.next().unwrap();
            assert_eq!((answer.status, &answer.body), (expected.status, &expected.body), "{target}");
        }
    }
    // All at once, without waiting for answers.
    let mut wire = film.wire();
    let all: String = targets.iter().map(|target| get(target, "")).collect();
    wire.send(all.repeat(3).as_bytes());
    for _ in 0..3 {
        for (target, expected) in targets.iter().zip(&expected) {
            let answer = wire.next().unwrap();
            assert_eq!((answer.status, &answer.body), (expected.status, &expected.body), "{target}");
        }
    }
    // In pieces that end anywhere.
    let mut wire = film.wire();
    for (target, expected) in targets.iter().zip(&expected) {
        let request = get(target, "User-Agent: slow\r\n");
        for piece in request.as_bytes().chunks(7) {
            wire.send(piece);
        }
        assert_eq!(wire.next().unwrap().body, expected.body, "{target}");
    }
    wire.send(get(&targets[1], "Connection: close\r\n").as_bytes());
    let last = wire.next().unwrap();
    assert_eq!((last.header("connection"), &last.body), (Some("close"), &expected[1].body));
    assert!(wire.next().is_none(), "it is over");
}

#[test]
fn the_body_of_a_request_is_never_taken_for_another_request() {
    let film = Film::new();
    let segment = get(&film.play("v0-1/0.m4s"), "");
    let mut wire = film.wire();
    wire.send(get(&film.play("v0-1/0.m4s"), "").as_bytes());
    wire.next().unwrap().expect(200);
    let head =
        format!("POST /vod/v1/assets HTTP/1.1\r\nHost: x\r\nX-Api-Key: {KEY}\r\nContent-Type: application/json\r\n");
    let sized = format!("{head}Content-Length: {}\r\n\r\n", segment.len());
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", segment.len());
    wire.send(format!("{sized}{segment}").as_bytes());
    wire.next().unwrap().expect(400);
    wire.send(format!("{chunked}{segment}\r\n0\r\n\r\n").as_bytes());
    wire.next().unwrap().expect(400);
    wire.send(get("/livez", "").as_bytes());
    wire.next().unwrap().expect(200);
}

#[test]
fn who_is_slow_or_long_is_told_so() {
    let film = Film::new();
    let begun = Instant::now();
    let mut slow = film.wire();
    slow.send(b"GET /play/");
    for (long, status) in [
        (format!("GET /livez HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(2_000_000)), 431),
        (format!("GET /livez HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(10_000)), 431),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000)), 414),
        ("GET /livez HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
        ("nothing at all\r\n\r\n".to_owned(), 400),
    ] {
        let mut wire = film.wire();
        // A server that refuses need not read to the end.
        wire.try_send(long.as_bytes());
        assert_eq!(
            wire.next().map(|answer| answer.status),
            Some(status),
            "{}",
            long.lines().next().unwrap_or_default().len()
        );
    }
    let answer = slow.next().unwrap().expect(408);
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(begun.elapsed() < Duration::from_mins(1));
    film.server.is_well();
}

#[test]
fn media_go_out_no_faster_than_the_operator_says() {
    for setting in ["KINORA_EGRESS_LIMIT", "KINORA_EGRESS_LIMIT_PER_ADDRESS"] {
        let server = Server::with(&[(setting, "200000")]);
        let asset = server.publish("film.mp4", &films::film());
        server.settle();
        for headers in ["", GENERAL] {
            let begun = Instant::now();
            let mut wire = Wire::connect(server.port.address);
            let mut bytes = 0;
            while bytes < 600_000 {
                wire.send(get(&format!("/play/{asset}/v0-1/0.m4s"), headers).as_bytes());
                bytes += wire.next().unwrap().expect(200).body.len();
            }
            // The first second's worth goes at once, and the last segment is not waited for.
            assert!(
                begun.elapsed() > Duration::from_secs(1),
                "{setting} {headers:?}: {bytes} in {:?}",
                begun.elapsed()
            );
        }
        // What is no media is not held up.
        server.get("/vod/v1/assets").expect(200);
    }
}

#[test]
fn who_asks_for_nothing_makes_room() {
    let server = Server::with(&[("KINORA_MAX_CONNECTIONS", "8")]);
    let live = get("/livez", "");
    let mut idle: Vec<Wire> = (0..8).map(|_| Wire::connect(server.port.address)).collect();
    for wire in &mut idle {
        wire.send(live.as_bytes());
        wire.next().unwrap().expect(200);
    }
    let mut late: Vec<Wire> = (0..4).map(|_| Wire::connect(server.port.address)).collect();
    for wire in &mut late {
        wire.send(live.as_bytes());
        wire.next().unwrap().expect(200);
    }
    // Each was let in for one of those.
    let open = idle.iter().filter(|wire| wire.is_open()).count();
    assert_eq!(open, 4);
}
