//! `kinora playback`: who may watch, told to a running server on the command line; and the master key behind it.

use crate::films;
use crate::harness::{Ended, Home, Server};
use std::fs;

/// An id that nothing has.
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// A command line works within the time that changes take to be seen.
const SEEN: &str = "a server sees what the command line changed";

/// Runs `kinora playback` beside a server.
#[track_caller]
pub(crate) fn playback(server: &Server, args: &[&str]) -> Ended {
    let listen = server.port.address.to_string();
    let args: Vec<&str> = ["playback"].iter().chain(args).copied().collect();
    server.home.run(&args, &[("KINORA_LISTEN", &listen)])
}

/// Waits until the server answers so; what another process changed it sees within seconds.
#[track_caller]
pub(crate) fn answers(server: &Server, target: &str, status: u16) {
    crate::harness::until(SEEN, || (server.fetch(target).status == status).then_some(()));
}

/// What follows the origin in an address.
#[track_caller]
fn target<'a>(server: &Server, address: &'a str) -> &'a str {
    address.trim().strip_prefix(&format!("http://{}", server.port.address)).unwrap()
}

#[test]
fn who_may_watch_is_said_on_the_command_line() {
    let server = Server::start();
    let asset = server.publish("film.mp4", &films::film());
    let master = format!("/play/{asset}/hls/master.m3u8");
    server.fetch(&master).expect(200);
    playback(&server, &["token", "--asset", &asset]).failed(1, &["no secret key"]);
    let secret = playback(&server, &["keys", "create"]).succeeded();
    assert_eq!(secret.trim().len(), 64, "{secret}");
    assert!(playback(&server, &["policy", "required"]).succeeded().contains("required"));
    answers(&server, &master, 401);

    let token = playback(&server, &["token", "--asset", &asset, "--minutes", "5"]).succeeded();
    server.fetch(&format!("{master}?token={}", token.trim())).expect(200);
    let elsewhere = playback(&server, &["token", "--asset", &asset, "--ip", "192.0.2.0/24"]).succeeded();
    server.fetch(&format!("{master}?token={}", elsewhere.trim())).expect(403);

    let link = playback(&server, &["link", "--asset", &asset, "video.mp4?download=A film.mp4"]).succeeded();
    let film = server.fetch(target(&server, &link)).expect(200);
    assert!(
        film.header("content-disposition").unwrap().contains("A film.mp4"),
        "{:?}",
        film.header("content-disposition")
    );
    server.fetch(&target(&server, &link).replace("video.mp4", "original.mp4")).expect(401);

    playback(&server, &["policy", "open", "--asset", &asset]).succeeded();
    answers(&server, &master, 200);
    playback(&server, &["domains", "add", "https://example.com"]).succeeded();
    crate::harness::until(SEEN, || {
        let asked = server.request("GET", &master).header("origin", "https://other.example").send();
        (asked.status == 403).then_some(())
    });
    let domains = playback(&server, &["domains", "list"]).succeeded();
    assert!(domains.contains("example.com"), "{domains}");
}

#[test]
fn what_is_not_there_is_named_and_nothing_is_made() {
    let server = Server::start();
    let asset = server.publish("film.mp4", &films::film());
    for (args, words) in [
        (&["--organization", "defualt", "policy", "required"][..], &["no such organization"][..]),
        (&["policy", "required", "--asset", NOBODY], &["no such asset"]),
        (&["policy", "required", "--asset", "film"], &["an asset's id is a UUID"]),
        (&["policy", "--asset", &asset], &["`inherit`", "`open`", "`required`"]),
        (&["policy", "inherit"], &["`open` or `required`"]),
        (&["token", "--asset", NOBODY], &["no such asset"]),
        (&["token", "--asset", &asset, "--minutes", "an hour"], &["--minutes is a whole number"]),
        (&["token", "--asset", &asset, "--ip", "here"], &["192.0.2.0/24"]),
        (&["link", "--asset", NOBODY, "video.mp4"], &["no such asset"]),
        (&["link", "--asset", &asset, "../other/video.mp4"], &["below that of the asset"]),
        (&["domains", "add", "https://"], &["host"]),
        (&["domains", "remove", NOBODY], &["no such domain"]),
        (&["keys", "retire", NOBODY], &["no such playback key"]),
        (&["keys", "remove", "first"], &["an id is a UUID"]),
        (&["keys", "add", "--algorithm", "ES256", "kinora.toml"], &["PEM"]),
        (&["keys", "add", "--algorithm", "ES256", "missing.pem"], &["missing.pem"]),
    ] {
        playback(&server, args).failed(1, words);
    }
    playback(&server, &["policy", "sometimes"]).failed(2, &["sometimes", "open, required, inherit"]);
    playback(&server, &["keys", "add", "--algorithm", "HS256", "kinora.toml"]).failed(2, &["HS256", "ES256"]);
    let keys = server.home.run(&["key", "list"], &[]).succeeded();
    assert!(!keys.contains("defualt"), "{keys}");
    playback(&server, &["--organization", "defualt", "policy"]).failed(1, &["organization"]);
    server.fetch(&format!("/play/{asset}/hls/master.m3u8")).expect(200);
}

#[test]
fn a_store_opens_under_its_own_master_key_alone() {
    let home = Home::new();
    let file = home.path("data/master.key");
    let args = ["playback", "keys", "create"];
    assert_eq!(home.run(&args, &[]).succeeded().trim().len(), 64);
    let kept = home.path("kept.key");
    fs::rename(&file, &kept).unwrap();

    let words = ["sealed under another master key", "start with the one"];
    home.run(&args, &[]).failed(1, &words);
    assert!(!file.exists(), "a key that opens nothing is not left there");
    home.run(&["serve"], &[("KINORA_LISTEN", "127.0.0.1:0")]).failed(1, &words);
    home.run(&args, &[("KINORA_MASTER_KEY", &"0".repeat(64))]).failed(1, &words);
    assert!(!file.exists());
    let malformed = home.run(&args, &[("KINORA_MASTER_KEY", "secret")]);
    malformed.failed(1, &["KINORA_MASTER_KEY"]);
    assert!(!malformed.err.contains("`secret`"), "{}", malformed.err);

    let key = fs::read_to_string(&kept).unwrap();
    home.run(&["playback", "keys"], &[("KINORA_MASTER_KEY", key.trim())]).succeeded();
    assert!(!file.exists(), "who gives the key keeps it himself");
    fs::rename(&kept, &file).unwrap();
    assert!(home.run(&["playback", "keys"], &[]).succeeded().contains("HS256"));
}
