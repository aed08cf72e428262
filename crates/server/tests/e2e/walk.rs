//! The walk of the documentation, as it stands there.

use crate::films;
use crate::harness::{KEY, Server, command, finish};

const GUIDE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/videokit.md"));

/// The commands below a heading.
fn commands(heading: &str) -> &'static str {
    let (_, section) = GUIDE.split_once(heading).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0
}

#[test]
fn curl_alone_takes_a_film_from_upload_to_a_deleted_output() {
    let server = Server::start();
    let film = server.home.write("film.mp4", films::film());
    let script = format!("set -euo pipefail\n{}", commands("## The whole way by curl\n"));
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
