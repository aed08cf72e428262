//! `kinora upload` and `kinora assets` against a running server.

use crate::films;
use crate::harness::{Ended, KEY, Running, Server, until};
use std::path::PathBuf;
use std::process::Stdio;

/// The variables of somebody who speaks to that server, and keeps what is to be remembered in the test's folder.
fn reaching(server: &Server) -> [(&'static str, String); 3] {
    let state = server.home.path("state").to_str().unwrap().to_owned();
    let url = format!("http://{}", server.port.address);
    [("KINORA_SERVER", url), ("KINORA_KEY", KEY.to_owned()), ("XDG_STATE_HOME", state)]
}

/// Runs the program beside that server.
fn run(server: &Server, args: &[&str]) -> Ended {
    let reaching = reaching(server);
    let settings: Vec<_> = reaching.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.home.run(args, &settings)
}

/// What is remembered of uploads under way.
fn remembered(server: &Server) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(server.home.path("state/kinora/uploads"));
    let files = folder.into_iter().flatten().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

#[test]
fn a_film_is_uploaded_waited_for_listed_shown_and_deleted() {
    let server = Server::start();
    server.home.write("My film.webm", films::webm());
    let out = run(&server, &["upload", "My film.webm", "--preset", "mp4_720p", "--wait"]).succeeded();
    let mut lines = out.lines();
    let id = lines.next().unwrap().to_owned();
    let places: Vec<_> = lines.collect();
    assert!(places.iter().any(|line| line.starts_with("HLS ") && line.ends_with("/master.m3u8")), "{out}");
    let detail = server.asset_detail(&id);
    assert_eq!((&detail["title"], &detail["status"]), (&"My film".into(), &"Available".into()), "{detail}");
    assert_eq!(detail["outputs"][0]["status"], "Available");
    assert!(remembered(&server).is_empty());

    let listed = run(&server, &["assets", "list", "--query", "film", "--status", "available"]).succeeded();
    assert!(listed.lines().nth(1).unwrap().contains(&id) && listed.contains("My film"), "{listed}");
    let as_json: serde_json::Value =
        serde_json::from_str(&run(&server, &["assets", "list", "--json"]).succeeded()).unwrap();
    assert_eq!(as_json["items"][0]["id"], id.as_str());
    let shown = run(&server, &["assets", "show", &id]).succeeded();
    assert!(shown.contains("mp4_720p Available, 100 %") && shown.contains("master.m3u8"), "{shown}");
    run(&server, &["assets", "delete", &id]).succeeded();
    run(&server, &["assets", "show", &id]).failed(1, &["404", "asset"]);
    run(&server, &["assets", "delete", &id, "../files"]).failed(1, &[&id, "../files"]);
}

#[test]
fn an_upload_that_was_interrupted_goes_on_where_it_was() {
    const PART: usize = 50_000_000;
    let server = Server::start();
    let mut film = films::film();
    // A box of nothing makes it three parts long.
    let padding = 2 * PART + 1_000_000;
    film.extend(u32::try_from(padding).unwrap().to_be_bytes());
    film.extend(b"free");
    film.resize(film.len() + padding - 8, 0);
    server.home.write("film.mp4", &film);
    let args = ["upload", "film.mp4", "--preset", "none"];
    let reaching = reaching(&server);
    let settings: Vec<_> = reaching.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut command = server.home.kinora(&args, &settings);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut first = Running::start(&mut command);
    let begun = until("a part is there", || {
        let memory: serde_json::Value =
            serde_json::from_slice(&std::fs::read(remembered(&server).first()?).ok()?).ok()?;
        (!memory["parts"].as_array()?.is_empty()).then(|| memory["fileId"].as_str().unwrap().to_owned())
    });
    first.kill();

    let file = run(&server, &args).succeeded();
    assert_eq!(file.trim(), begun, "the same upload");
    let detail = server.file_detail(&begun);
    assert_eq!((&detail["status"], &detail["fileSize"]), (&"Completed".into(), &film.len().into()), "{detail}");
    assert!(remembered(&server).is_empty());
    assert_ne!(run(&server, &args).succeeded().trim(), begun, "what was finished is not gone on with");
}

#[test]
fn what_is_wrong_is_said() {
    let server = Server::start();
    server.home.write("text.mp4", "no film at all");
    server.home.write("empty.mp4", "");
    run(&server, &["upload", "text.mp4"]).failed(1, &["415"]);
    run(&server, &["upload", "empty.mp4"]).failed(1, &["empty.mp4 is empty"]);
    run(&server, &["upload", "missing.mp4"]).failed(1, &["missing.mp4 cannot be read"]);
    server.home.write("film.mp4", films::film());
    run(&server, &["upload", "film.mp4", "--preset", "8k"]).failed(1, &["dash_hls_1080p", "as file"]);
    run(&server, &["assets", "list", "--key", "wrong"]).failed(1, &["401"]);
    run(&server, &["assets", "list", "--server", "ftp://x"]).failed(1, &["is no address"]);
    run(&server, &["assets", "list", "--server", "http://127.0.0.1:1"]).failed(1, &["127.0.0.1:1/ cannot be reached"]);
    server.home.run(&["assets", "list"], &[]).failed(1, &["KINORA_KEY"]);
}

#[test]
fn who_is_asked_to_wait_waits() {
    let server = Server::with(&[("KINORA_RATE_LIMIT", "2"), ("KINORA_RATE_BURST", "1")]);
    server.home.write("film.mp4", films::film());
    let out = run(&server, &["upload", "film.mp4", "--wait"]).succeeded();
    let told_to_wait = server.log_lines().iter().filter(|line| line["status"] == 429).count();
    assert!(told_to_wait > 0, "the server limits");
    let id = out.lines().next().unwrap().to_owned();
    run(&server, &["assets", "delete", &id]).succeeded();
}
