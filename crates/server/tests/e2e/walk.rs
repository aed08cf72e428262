//! The walk of the documentation, as it stands there.

use crate::films;
use crate::harness::{KEY, Server, command, finish};

const GUIDE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/videokit.md"));
const AZURE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/azure.md"));

/// The commands of a guide below a heading.
fn commands(guide: &'static str, heading: &str) -> &'static str {
    let (_, section) = guide.split_once(heading).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0
}

#[test]
fn curl_alone_takes_a_film_from_upload_to_a_deleted_output() {
    let server = Server::start();
    let film = server.home.write("film.mp4", films::film());
    let script = format!("set -euo pipefail\n{}", commands(GUIDE, "## The whole way by curl\n"));
    let url = format!("http://{}", server.port.address);
    let mut walk = command("bash");
    walk.arg("-c").arg(script).env("KINORA", url).env("KEY", KEY).env("FILM", film);
    let told = finish(&mut walk).succeeded();
    assert!(told.contains("#EXT-X-STREAM-INF"), "the film plays: {told}");
    assert!(told.contains("\"outputId\":\"sound\""), "an output was added: {told}");
    for list in ["files", "assets"] {
        assert_eq!(server.get(&format!("/vod/v1/{list}")).json()["totalCount"], 0, "{list}");
    }
    server.keeps(0);
}

#[test]
fn curl_and_openssl_take_a_film_through_the_other_api() {
    let server = Server::start();
    let film = server.home.write("film.mp4", films::film());
    let folder = film.parent().unwrap();
    let (clear, key) =
        (commands(AZURE, "## From a file to a picture\n"), commands(AZURE, "## Encrypting the upload\n"));
    let script = format!(
        "set -euo pipefail\n{clear}\n\
         FILM=film.encrypted\n\
         video=$(api \"$KINORA/api/Videos\" -d '{{\"OriginalFileName\":\"film.mp4\",\"InputStorageEncryptionMode\":\"AES256\"}}')\n\
         {key}\n{}",
        clear.split_once("video=").unwrap().1.split_once('\n').unwrap().1
    );
    let url = format!("http://{}", server.port.address);
    let mut walk = command("bash");
    walk.arg("-c").arg(script).current_dir(folder).env("KINORA", url).env("KEY", KEY).env("FILM", &film);
    let told = finish(&mut walk).succeeded();
    let played: Vec<_> = told.lines().filter(|line| line.ends_with("/hls/master.m3u8")).collect();
    assert_eq!(played.len(), 2, "{told}");
    for address in played {
        let asset = address.rsplit('/').nth(2).unwrap();
        server.plays(asset, &films::film());
    }
}
