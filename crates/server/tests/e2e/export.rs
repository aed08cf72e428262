//! Films laid down elsewhere, on the command line, and read there by another reader.

use crate::films;
use crate::harness::{IDLE, KEY, Running, Server, tracks, until};
use rustix::process::Signal;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

/// Segments of the film with their beginnings: three tracks of two.
const MEDIA: usize = 9;

/// All files below a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else if let Ok(bytes) = fs::read(path) {
            // A draft is moved to its name at any moment.
            found.insert(name, bytes);
        }
    }
    found
}

/// What a name ends with, without the dot.
fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_document(path: &str) -> bool {
    matches!(ending(path), "m3u8" | "mpd")
}

/// How many objects are there: drafts have a `#` in their names.
fn objects(folder: &Path) -> usize {
    files(folder).keys().filter(|path| !path.contains('#')).count()
}

/// `--to` a folder.
fn to(folder: &Path) -> String {
    format!("file://{}", folder.display())
}

/// A film with a picture and two sounds, complete, and its id.
fn complete(server: &Server) -> String {
    let asset = server.publish("film.mp4", &films::two_languages());
    server.settle();
    asset
}

/// Every file is what the server answers.
#[track_caller]
fn is_served(server: &Server, asset: &str, tree: &BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in tree {
        assert!(server.fetch(&format!("/play/{asset}/{path}")).expect(200).body == *bytes, "{path}");
    }
}

#[test]
fn an_exported_film_plays_from_its_folder() {
    let server = Server::start();
    let asset = complete(&server);
    let folder = server.home.path("exported films");
    let run = |more: &[&str]| {
        let target = to(&folder).replace(' ', "%20");
        server.home.run(&[&["export", "--asset", &asset, "--to", &target], more].concat(), &[])
    };
    let told = run(&[]).succeeded();
    let tree = files(&folder);
    assert!(told.contains(&format!("{0} objects, of which {0} were written", tree.len())), "{told}");
    assert!(tree.contains_key("v0-1/storyboard/0.jpg") && !tree.keys().any(|path| ending(path) == "ts"));
    is_served(&server, &asset, &tree);
    let film = films::two_languages();
    let plays = |document: &str, streams: &[&str]| {
        for stream in streams {
            let codec = if stream.starts_with('v') { "h264" } else { "aac" };
            let packets = films::packets(&film, stream).len() as u64;
            let found = films::stream_from(&folder.join(document), stream);
            assert_eq!(found, (codec.to_owned(), packets), "{document} {stream}");
        }
    };
    plays("hls/master.m3u8", &["v:0", "a:0", "a:1"]);
    plays("dash/manifest.mpd", &["v:0", "a:0", "a:1"]);
    // Again it is there already, but for the documents; old players get what they need beside it.
    let told = run(&[]).succeeded();
    let documents = tree.keys().filter(|path| is_document(path)).count();
    let kept = tree.len() - documents;
    assert!(
        told.contains(&format!("of which {documents} were written"))
            && told.contains(&format!("and {kept} were there")),
        "{told}"
    );
    assert!(files(&folder) == tree);
    run(&["--format", "hls-ts"]).succeeded();
    let with_streams = files(&folder);
    assert!(tree.iter().all(|(path, bytes)| with_streams.get(path) == Some(bytes)));
    is_served(&server, &asset, &with_streams);
    plays("hls-ts/master.m3u8", &["v:0", "a:0"]);
}

#[test]
fn what_was_replaced_a_moment_ago_is_not_exported() {
    let server = Server::start();
    // Its picture is converted: a first one plays while that is done.
    let asset = server.publish("film.webm", &films::webm());
    server.settle();
    let folder = server.home.path("films");
    server.home.run(&["export", "--asset", &asset, "--to", &to(&folder)], &[]).succeeded();
    let tree = files(&folder);
    let folders: BTreeSet<_> = tree.keys().filter_map(|path| path.split_once('/')).map(|(track, _)| track).collect();
    let named: BTreeSet<_> = tracks(&server, &asset).into_iter().map(|track| track.name).collect();
    let beside = ["dash", "hls"].map(str::to_owned);
    assert_eq!(folders, named.iter().chain(&beside).map(String::as_str).collect());
    // The server's manifest has it for who began with it.
    let mpd = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("<Representation id=\"v").count();
    let served = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).expect(200).body;
    let exported = mpd(&tree["dash/manifest.mpd"]);
    assert!(mpd(&served) > exported && exported > 0, "{exported} of {}", mpd(&served));
    assert_eq!(films::stream_from(&folder.join("dash/manifest.mpd"), "v:0"), ("h264".to_owned(), 200));
}

#[test]
fn an_export_that_is_interrupted_goes_on() {
    let server = Server::start();
    let asset = complete(&server);
    let (folder, whole) = (server.home.path("films"), server.home.path("whole"));
    let export = |folder: &Path| {
        let mut command = server.home.kinora(&["export", "--asset", &asset, "--to", &to(folder)], &[]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    assert!(Running::start(&mut export(&whole)).wait().success());
    for signal in [Signal::INT, Signal::TERM] {
        let mut running = Running::start(&mut export(&folder));
        until("something is there", || (objects(&folder) > 0).then_some(()));
        // It may be over by now: then it has ended well.
        if running.ended().is_none() {
            running.signal(signal);
        }
        let code = running.wait().code();
        assert!(matches!(code, Some(0 | 130)), "{code:?}");
        let (tree, whole) = (files(&folder), files(&whole));
        assert!(tree.iter().all(|(path, bytes)| whole.get(path) == Some(bytes)), "what is there is whole");
        assert!(code == Some(130) || tree == whole);
        assert!(Running::start(&mut export(&folder)).wait().success());
        assert!(files(&folder) == whole);
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_second_signal_ends_an_export_at_once() {
    let server = Server::start();
    let asset = complete(&server);
    let folder = server.home.path("films");
    // The sheet of pictures never comes to an end.
    let idle = server.home.script("idle", IDLE);
    let args = ["export", "--asset", &asset, "--to", &to(&folder)];
    let mut command = server.home.kinora(&args, &[("KINORA_FFMPEG", &idle)]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = Running::start(&mut command);
    until("all but the sheet is there", || (objects(&folder) == MEDIA).then_some(()));
    running.signal(Signal::INT);
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(130));
    assert!(files(&folder).keys().all(|path| !is_document(path)));
    let told = server.home.run(&args, &[]).succeeded();
    assert!(told.contains(&format!("and {MEDIA} were there")), "{told}");
}

#[test]
fn what_is_not_exported_is_said_with_the_reason() {
    let server = Server::start();
    let asset = complete(&server);
    let folder = server.home.path("films");
    let run = |asset: &str, more: &[&str]| {
        let mut args = vec!["export", "--asset", asset];
        let target = to(&folder);
        if !more.contains(&"--to") {
            args.extend(["--to", &target]);
        }
        server.home.run(&[&args, more].concat(), &[])
    };
    run("01890a5d-ac96-774b-bcce-b302099a8057", &[]).failed(1, &["There is no such asset."]);
    run("film", &[]).failed(1, &["an asset's id is a UUID"]);
    run(&asset, &["--output", "other"]).failed(1, &["There is no such output."]);
    run(&asset, &["--to", "ftp://films"]).failed(1, &["`ftp://films` is no place for an export", "s3://bucket/prefix"]);
    run(&asset, &["--format", "smooth"]).failed(2, &["hls-ts"]);
    run(&asset, &["--organization", "others"]).failed(1, &["There is no such organization."]);
    let sources = json!([{ "fileId": server.store("film.mp4", &films::film()) }]);
    let body = json!({ "transcodedSources": sources, "preset": "dash_hls_720p_aes128" });
    let sealed = server.post("/vod/v1/assets", &body).expect(200).json()["id"].as_str().unwrap().to_owned();
    run(&sealed, &[]).failed(1, &["This output is encrypted"]);
    server.home.run(&["playback", "policy", "required", "--asset", &asset], &[]).succeeded();
    run(&asset, &[]).failed(1, &["asks for a token", "`--open`"]);
    assert!(files(&folder).is_empty());
    run(&asset, &["--open"]).succeeded();
    let master = server.request("GET", &format!("/play/{asset}/hls/master.m3u8")).key(KEY).send();
    assert_eq!((master.status, files(&folder).contains_key("hls/master.m3u8")), (401, true));
}

#[test]
fn keys_and_endpoints_come_from_the_environment() {
    let server = Server::start();
    let asset = complete(&server);
    // A store that lets nobody in.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        socket.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    let variables = [
        ("AWS_ACCESS_KEY_ID", "someone"),
        ("AWS_SECRET_ACCESS_KEY", "a secret of someone"),
        ("AWS_REGION", "eu-north-1"),
        ("AWS_ENDPOINT_URL", &endpoint),
        ("AWS_ALLOW_HTTP", "true"),
    ];
    let ended = server.home.run(&["export", "--asset", &asset, "--to", "s3://films/harbor"], &variables);
    ended.failed(1, &["the export to s3://films/harbor ended early", "the same command goes on", "403"]);
    assert!(!ended.err.contains("a secret of someone"), "{}", ended.err);
    let head = asked.join().unwrap();
    assert!(head.starts_with("GET /films?") && head.contains("prefix=harbor%2F"), "{head}");
    assert!(head.contains("someone/") && head.contains("/eu-north-1/s3/"), "{head}");
}
