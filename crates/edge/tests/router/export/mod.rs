//! What players fetch, laid down elsewhere: the same bytes under the same names, and nothing else.

mod depots;
mod faults;
mod reader;
mod refused;

use crate::film::{Script, film};
use crate::world::{World, text};
use depots::Shelf;
use kinora_app::Error;
use kinora_app::export::{Destination, Order, Tally, export};
use kinora_app::play::Protocol;
use kinora_app::port::{Depot, Store as _};
use kinora_depot::StoreDepot;
use kinora_domain::output::{Output, OutputState};
use reader::{Tree, reached};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tokio_util::sync::CancellationToken;
use url::Url;

/// A server with a film that has a picture, two sounds and captions of more than one segment.
async fn playing() -> (World, String) {
    let (world, _) = World::painting().await;
    let asset = film_of_all_kinds(&world).await;
    (world, asset)
}

async fn film_of_all_kinds(world: &World) -> String {
    let script = Script { seconds: 40, sounds: &["eng", "pol"], ..Script::default() };
    let picture = world.upload("harbor.mp4", &film(&script).bytes).await;
    let words = "1\n00:00:01,000 --> 00:00:02,000\nGood morning\n\n2\n00:00:29,500 --> 00:00:31,000\nAcross\n";
    let words = world.upload("a.srt", words.as_bytes()).await;
    let sources = json!([{ "fileId": picture }, { "fileId": words }]);
    made(world, &json!({ "transcodedSources": sources, "preset": "mp4" })).await
}

async fn made(world: &World, body: &Value) -> String {
    let asset = text(&world.post("/vod/v1/assets", body).await.expect(200).json()["id"]);
    complete(world, &asset).await;
    asset
}

/// An asset of one file.
async fn plain(world: &World, file: &str) -> String {
    made(world, &json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4" })).await
}

/// As the jobs of an asset leave its outputs where nothing is to be converted.
async fn complete(world: &World, asset: &str) {
    let mut tx = world.store.begin().await.unwrap();
    for output in tx.outputs(asset.parse().unwrap()).await.unwrap() {
        tx.update_output(&Output { state: OutputState::Completed, ..output }).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn order(asset: &str, protocols: &[Protocol]) -> Order {
    Order { asset: asset.parse().unwrap(), output: None, protocols: protocols.to_vec(), open: false }
}

async fn exported(world: &World, order: &Order, depot: &dyn Depot) -> Result<Tally, Error> {
    let stop = CancellationToken::new();
    export(&world.app, &world.operator(), order, Destination { depot, stop: &stop, tell: &|_tally| {} }).await
}

/// The documents that players of a protocol begin with.
fn entry(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Hls => "hls/master.m3u8",
        Protocol::HlsTransport => "hls-ts/master.m3u8",
        Protocol::Dash => "dash/manifest.mpd",
    }
}

/// What a name ends with, without the dot.
fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_document(path: &str) -> bool {
    matches!(ending(path), "m3u8" | "mpd")
}

/// All files below a folder.
fn files(folder: &Path) -> Tree {
    let mut found = Tree::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

#[tokio::test]
async fn a_folder_has_what_the_server_answers_and_every_link_leads_somewhere() {
    let (world, asset) = playing().await;
    let silent = film(&Script { seconds: 7, sounds: &[], ..Script::default() }).bytes;
    let silent = plain(&world, &world.upload("silent.mp4", &silent).await).await;
    let sound = film(&Script { seconds: 7, picture_bytes: 0, ..Script::default() }).bytes;
    let sound = plain(&world, &world.upload("sound.m4a", &sound).await).await;
    for (asset, protocols) in [
        (&asset, &[Protocol::Hls, Protocol::Dash][..]),
        (&asset, &[Protocol::Hls]),
        (&asset, &[Protocol::Dash]),
        (&asset, &[Protocol::HlsTransport]),
        (&asset, &Protocol::ALL),
        (&silent, &Protocol::ALL),
        (&sound, &Protocol::ALL),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let depot = StoreDepot::open(Url::from_file_path(folder.path()).unwrap().as_str(), []).unwrap();
        let tally = exported(&world, &order(asset, protocols), &depot).await;
        let tally = tally.unwrap_or_else(|error| panic!("{protocols:?} of {asset}: {error}"));
        let tree = files(folder.path());
        assert!(tally.is_complete() && tally.left_out == 0, "{protocols:?}: {tally:?}");
        assert_eq!((tally.written, tally.kept), (tree.len() as u64, 0), "{protocols:?}");
        assert_eq!(tally.bytes, tree.values().map(|bytes| bytes.len() as u64).sum::<u64>(), "{protocols:?}");
        for (path, bytes) in &tree {
            let answer = world.fetch(&format!("/play/{asset}/{path}")).await.expect(200);
            assert!(answer.body == *bytes, "{protocols:?} {path}");
        }
        let entries: Vec<_> = protocols.iter().map(|protocol| entry(*protocol)).collect();
        let reached: Vec<_> = reached(&tree, &entries).into_iter().collect();
        assert_eq!(
            reached,
            tree.into_keys().collect::<Vec<_>>(),
            "{protocols:?}: nothing is missing, and nothing else there"
        );
    }
}

#[tokio::test]
async fn objects_have_the_headers_of_the_server_and_documents_come_last() {
    let (world, asset) = playing().await;
    let shelf = Shelf::new();
    exported(&world, &order(&asset, &Protocol::ALL), &shelf).await.unwrap();
    let puts = shelf.puts();
    for put in &puts {
        let answer = world.fetch(&format!("/play/{asset}/{}", put.path)).await.expect(200);
        let told = (answer.header("content-type"), answer.header("cache-control"));
        assert_eq!(told, (Some(put.content_type), Some(put.cache)), "{}", put.path);
        assert!(answer.body == put.bytes, "{}", put.path);
    }
    let ranks: Vec<_> = puts
        .iter()
        .map(|put| match put.path.as_str() {
            path if Protocol::ALL.iter().any(|protocol| entry(*protocol) == path) => 2,
            path => u8::from(is_document(path)),
        })
        .collect();
    assert!(ranks.is_sorted() && ranks.ends_with(&[2, 2, 2]), "{:?}", shelf.paths());
    for kind in
        ["v0-1/storyboard/0.jpg", "c3-1/all.vtt", "c3-1/1.vtt", "c3-1/ts/1.vtt", "hls/v0-1-key.m3u8", "v0-1_a1-1/0.ts"]
    {
        assert!(shelf.paths().iter().any(|path| path == kind), "{kind}: {:?}", shelf.paths());
    }
}

#[tokio::test]
async fn another_output_lies_beside_the_assets_own() {
    let (world, asset) = playing().await;
    world.output(&asset, &json!({ "preset": "dash_hls_720p", "id": "small" })).await.expect(200);
    complete(&world, &asset).await;
    let folder = tempfile::tempdir().unwrap();
    let depot = StoreDepot::open(Url::from_file_path(folder.path()).unwrap().as_str(), []).unwrap();
    let own = order(&asset, &[Protocol::Hls, Protocol::Dash]);
    exported(&world, &own, &depot).await.unwrap();
    let small = Order { output: Some("small".to_owned()), ..own.clone() };
    exported(&world, &small, &depot).await.unwrap();
    let tree = files(folder.path());
    let mpd = tree.keys().find(|path| path.starts_with("o/") && path.ends_with("/dash/manifest.mpd")).unwrap();
    let id = mpd.split('/').nth(1).unwrap();
    let entries = ["hls/master.m3u8", "dash/manifest.mpd", &format!("o/{id}/hls/master.m3u8"), mpd];
    let reached: Vec<_> = reached(&tree, &entries).into_iter().collect();
    assert_eq!(reached, tree.keys().cloned().collect::<Vec<_>>());
    for (path, bytes) in &tree {
        assert!(world.fetch(&format!("/play/{asset}/{path}")).await.expect(200).body == *bytes, "{path}");
    }
    // By its id it is the same, and all of it is there.
    let by_id = exported(&world, &Order { output: Some(id.to_owned()), ..own }, &depot).await.unwrap();
    assert!(by_id.is_complete() && by_id.kept > 0 && files(folder.path()) == tree);
}
