//! The program on the command line: settings, refusals, and its end.

use crate::films;
use crate::harness::{Home, IDLE, KEY, Port, Running, Server, until};
use rustix::process::Signal;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Half of the time that requests get to end: what ends sooner did not wait for it, on a busy machine too.
const SOON: Duration = Duration::from_secs(15);

#[test]
fn a_setting_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    let home = Home::new();
    for (settings, words) in [
        (("KINORA_LISTN", "127.0.0.1:1"), ["KINORA_LISTN", "`KINORA_LISTEN`"]),
        (("KINORA_DATADIR", "x"), ["KINORA_DATADIR", "`KINORA_DATA_DIR`"]),
        (("KINORA_MAX_PIXEL", "1"), ["KINORA_MAX_PIXEL", "`KINORA_MAX_PIXELS`"]),
    ] {
        home.run(&["serve"], &[settings]).failed(1, &words);
        home.run(&["key", "list"], &[settings]).failed(1, &words);
    }
    let file = home.write("mine.toml", "listen = \"127.0.0.1:1\"\nreserve_byte = 5\n");
    let file = file.to_str().unwrap();
    home.run(&["serve", "--config", file], &[]).failed(1, &["mine.toml", "`reserve_byte`", "`reserve_bytes`"]);
    home.run(&["serve"], &[("KINORA_CONFIG", file)]).failed(1, &["mine.toml", "`reserve_bytes`"]);
    home.write("kinora.toml", "shoesize = 44\n");
    let far = home.run(&["serve"], &[]);
    far.failed(1, &["kinora.toml", "`shoesize`"]);
    assert!(!far.err.contains("did you mean"), "{}", far.err);
    home.run(&["serve", "--lisen", "127.0.0.1:1"], &[]).failed(2, &["--lisen", "--listen"]);
    home.run(&["sevre"], &[]).failed(2, &["sevre", "serve"]);
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_its_name_and_with_what_can() {
    let (home, port) = (Home::new(), Port::free());
    // Should one of them be taken after all, the server is not to meet another one.
    home.write("kinora.toml", format!("listen = \"{}\"\n", port.address));
    for (name, value, expected) in [
        ("KINORA_LISTEN", "nowhere", "127.0.0.1:8080"),
        ("KINORA_LISTEN", "127.0.0.1", "a port"),
        ("KINORA_LISTEN", "localhost:8080", "IP address"),
        ("KINORA_PUBLIC_URL", "ftp://video.example", "https://video.example"),
        ("KINORA_PUBLIC_URL", "https://", "https://video.example"),
        ("KINORA_PUBLIC_URL", "https://video.example/?a=b", "without query"),
        ("KINORA_PUBLIC_URL", "https://video.example\"><script>", "https://video.example"),
        ("KINORA_TRUSTED_PROXIES", "10.0.0.1, proxy", "IP addresses"),
        ("KINORA_RESERVE_BYTES", "-1", "whole number"),
        ("KINORA_MAX_FILE_BYTES", "0", "1 or more"),
        ("KINORA_MAX_TRACKS", "many", "1 or more"),
        ("KINORA_MAX_CONNECTIONS", "0", "1 or more"),
        ("KINORA_RATE_LIMIT", "often", "0 for no limit"),
        ("KINORA_RATE_BURST", "0", "1 or more"),
        ("KINORA_JOB_CONCURRENCY", "0", "1 or more"),
        ("KINORA_DRAIN_SECONDS", "1.5", "whole number"),
        ("KINORA_LOG", "loud", "`debug`"),
        ("KINORA_LOG_FORMAT", "xml", "`json`"),
    ] {
        let lower = name.trim_start_matches("KINORA_").to_lowercase();
        home.run(&["serve"], &[(name, value)]).failed(1, &[name, &format!("`{lower}`"), value, expected]);
    }
    home.run(&["serve", "--drain-seconds", "soon"], &[]).failed(1, &["--drain-seconds", "`soon`"]);
    assert!(!home.path("data").exists(), "nothing was begun");
}

#[test]
fn settings_files_that_cannot_be_read_are_named() {
    let home = Home::new();
    home.run(&["serve", "--config", "missing.toml"], &[]).failed(1, &["missing.toml", "cannot be read"]);
    home.write("kinora.toml", "listen = \n");
    home.run(&["serve"], &[]).failed(1, &["kinora.toml", "is not TOML"]);
    home.write("kinora.toml", [0xff, 0xfe]);
    home.run(&["serve"], &[]).failed(1, &["kinora.toml"]);
}

#[test]
fn a_secret_comes_by_the_environment_only_and_is_not_repeated() {
    let home = Home::new();
    let port = Port::free().address.to_string();
    home.write("kinora.toml", format!("bootstrap_api_key = \"{KEY}\"\n"));
    let in_file = home.run(&["serve"], &[]);
    in_file.failed(1, &["`bootstrap_api_key`", "KINORA_BOOTSTRAP_API_KEY"]);
    assert!(!in_file.err.contains(KEY), "{}", in_file.err);
    home.write("kinora.toml", "");
    for wrong in ["too-short", "has a space in it, which no key has......", &"x".repeat(129)] {
        let told = home.run(&["serve"], &[("KINORA_BOOTSTRAP_API_KEY", wrong), ("KINORA_LISTEN", &port)]);
        told.failed(1, &["32 to 128"]);
        assert!(!told.err.contains(wrong), "{}", told.err);
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let (home, port) = (Home::new(), Port::free());
    home.write("kinora.toml", "listen = \"127.0.0.1:1\"\nmax_file_bytes = 1000\ndrain_seconds = 1\n");
    let listen = port.address.to_string();
    let settings =
        [("KINORA_LISTEN", "127.0.0.1:2"), ("KINORA_MAX_FILE_BYTES", "2000"), ("KINORA_BOOTSTRAP_API_KEY", KEY)];
    let _running = Running::start(&mut home.kinora(&["serve", "--listen", &listen], &settings));
    let ask = || crate::harness::Request::new(port.address, "GET", "/readyz").try_send().ok();
    until("the server is ready where the flag says", || ask().filter(|answer| answer.status == 200));
    let start = |size: u64| {
        let body = serde_json::json!({ "name": "a", "friendlyName": "a", "fileSize": size });
        crate::harness::Request::new(port.address, "POST", "/vod/v1/files/start").key(KEY).json(&body).send()
    };
    start(2_000).expect(200);
    start(2_001).refused(413, "file_too_large", &["2000 bytes"]);
}

#[test]
fn a_port_that_is_taken_is_named_and_nothing_is_touched() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.run(&["serve"], &[("KINORA_LISTEN", &address)]).failed(1, &[&address, "another server"]);
    assert!(!home.path("data").exists());
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let server = Server::start();
    let film = films::film();
    let mut upload = server.start_upload("film.mp4", film.len());
    let mut wire = server.request("PUT", upload.link(1)).begin(film.len());
    wire.send(&film[..film.len() / 2]);
    let other = Port::free().address.to_string();
    let second = server.home.run(&["serve"], &[("KINORA_LISTEN", &other)]);
    second.failed(1, &["another server", "data"]);
    wire.send(&film[film.len() / 2..]);
    upload.tags.push((1, wire.answer().expect(200).header("etag").unwrap().to_owned()));
    server.complete(&upload).expect(200);
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn data_that_cannot_be_used_are_named() {
    let home = Home::new();
    home.write("data", "a file where a folder has to be");
    let port = Port::free().address.to_string();
    home.run(&["serve"], &[("KINORA_LISTEN", &port)]).failed(1, &["data"]);
    let home = Home::new();
    std::fs::create_dir(home.path("data")).unwrap();
    home.write("data/kinora.sqlite", films::noise(10_000));
    home.run(&["serve"], &[("KINORA_LISTEN", &port)]).failed(1, &["kinora.sqlite"]);
    assert_eq!(std::fs::read(home.path("data/kinora.sqlite")).unwrap(), films::noise(10_000), "it is left as it was");
}

#[test]
fn the_first_signal_lets_requests_under_way_end_and_takes_no_new_ones() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start();
        let film = films::film();
        let mut upload = server.start_upload("film.mp4", film.len());
        let mut wire = server.request("PUT", upload.link(1)).begin(film.len());
        wire.send(&film[..film.len() / 2]);
        server.signal(signal);
        until("new connections are refused", || TcpStream::connect(server.port.address).err());
        wire.send(&film[film.len() / 2..]);
        let stored = wire.answer().expect(200);
        assert_eq!(server.wait().code(), Some(0), "{}", server.log());
        upload.tags.push((1, stored.header("etag").unwrap().to_owned()));
        server.restart();
        server.complete(&upload).expect(200);
        server.plays(&server.asset(&upload.file), &film);
    }
}

#[test]
fn a_film_that_is_being_sent_is_sent_to_its_end_while_the_server_drains() {
    let mut server = Server::start();
    let film = films::two_parts();
    let asset = server.publish("film.mp4", &film);
    let (_, mut wire) = server.request("GET", &format!("/play/{asset}/original.mp4")).receive();
    let first = wire.take(1_000);
    server.signal(Signal::TERM);
    until("new connections are refused", || TcpStream::connect(server.port.address).err());
    let rest = wire.take(film.len() - 1_000);
    assert!([first, rest].concat() == film);
    assert_eq!(server.wait().code(), Some(0), "{}", server.log());
}

#[test]
fn connections_on_which_nobody_has_asked_anything_hold_nothing_up() {
    let mut server = Server::start();
    for (what, words, answered) in [("silent", "", 0), ("kept alive", "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", 12)] {
        let mut connection = TcpStream::connect(server.port.address).unwrap();
        connection.write_all(words.as_bytes()).unwrap();
        connection.read_exact(&mut vec![0; answered]).unwrap();
        // One that came later was taken, so this one was.
        server.fetch("/livez").expect(200);
        server.signal(Signal::TERM);
        let begun = Instant::now();
        assert_eq!(server.wait().code(), Some(0), "{what}: {}", server.log());
        assert!(begun.elapsed() < SOON, "{what}: {:?}", begun.elapsed());
        drop(connection);
        server.restart();
    }
}

#[test]
fn a_job_under_way_holds_up_the_end_no_longer_than_requests_may_and_is_done_after_the_next_start() {
    let mut server = Server::start();
    let prober = server.home.script("ffprobe", IDLE);
    server.restart_with(&[("KINORA_FFPROBE", &prober), ("KINORA_DRAIN_SECONDS", "1")]);
    let file = server.store("film.webm", &films::webm());
    until("the prober runs", || (!server.children().is_empty()).then_some(()));
    server.signal(Signal::TERM);
    let begun = Instant::now();
    assert_eq!(server.wait().code(), Some(0), "{}", server.log());
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    server.restart_with(&[]);
    server.settle();
    assert_eq!(server.file_detail(&file)["tracks"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_time_to_drain_has_an_end() {
    let mut server = Server::with(&[("KINORA_DRAIN_SECONDS", "1")]);
    let upload = server.start_upload("film.mp4", 1_000);
    let wire = server.request("PUT", upload.link(1)).begin(1_000);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0), "{}", server.log());
    drop(wire);
    assert!(server.log().contains("time to drain was over"), "{}", server.log());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut server = Server::start();
    let prober = server.home.script("ffprobe", IDLE);
    server.restart_with(&[("KINORA_FFPROBE", &prober)]);
    server.store("film.webm", &films::webm());
    until("the prober runs", || (!server.children().is_empty()).then_some(()));
    let upload = server.start_upload("film.mp4", 1_000);
    let wire = server.request("PUT", upload.link(1)).begin(1_000);
    server.signal(Signal::TERM);
    until("it drains", || TcpStream::connect(server.port.address).err());
    let begun = Instant::now();
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(130), "{}", server.log());
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    drop(wire);
}
