//! What is not exported, and why.

use super::depots::Shelf;
use super::{complete, ending, exported, is_document, made, order, plain, playing};
use crate::film::{Script, film};
use crate::world::{World, operator_of};
use core::sync::atomic::Ordering;
use kinora_app::export::{Destination, Order, export};
use kinora_app::guard::{allow_site, set_asset_policy, set_token_policy};
use kinora_app::play::Protocol;
use kinora_domain::Kind;
use kinora_domain::playback::{AssetPolicy, TokenPolicy};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const BOTH: [Protocol; 2] = [Protocol::Hls, Protocol::Dash];

/// The export is refused for that reason, and nothing was put.
#[track_caller]
fn refused(outcome: Result<kinora_app::export::Tally, kinora_app::Error>, shelf: &Shelf, why: (Kind, &str)) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.problem().reason), why, "{error}");
    assert!(shelf.puts().is_empty());
}

#[tokio::test]
async fn what_is_not_there_or_anothers_is_not_exported() {
    let (world, asset) = playing().await;
    let shelf = Shelf::new();
    let missing = (Kind::NotFound, "not_found");
    refused(exported(&world, &order("01890a5d-ac96-774b-bcce-b302099a8057", &BOTH), &shelf).await, &shelf, missing);
    let stop = CancellationToken::new();
    let to = Destination { depot: &shelf, stop: &stop, tell: &|_tally| {} };
    let stranger = operator_of(world.keys.others);
    refused(export(&world.app, &stranger, &order(&asset, &BOTH), to).await, &shelf, missing);
    let other = Order { output: Some("other".to_owned()), ..order(&asset, &BOTH) };
    refused(exported(&world, &other, &shelf).await, &shelf, missing);
    world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
    refused(exported(&world, &order(&asset, &BOTH), &shelf).await, &shelf, missing);
}

#[tokio::test]
async fn what_is_encrypted_is_not_exported_and_what_is_clear_beside_it_is() {
    let (world, _) = World::painting().await;
    let file = world.upload("film.mp4", &film(&Script::default()).bytes).await;
    for preset in ["dash_hls_720p_aes128", "dash_hls_720p_drm"] {
        let asset = made(&world, &json!({ "transcodedSources": [{ "fileId": file }], "preset": preset })).await;
        let shelf = Shelf::new();
        refused(exported(&world, &order(&asset, &BOTH), &shelf).await, &shelf, (Kind::Conflict, "encrypted"));
        world.output(&asset, &json!({ "preset": "mp4", "id": "clear" })).await.expect(200);
        complete(&world, &asset).await;
        let clear = Order { output: Some("clear".to_owned()), ..order(&asset, &BOTH) };
        assert!(exported(&world, &clear, &shelf).await.unwrap().is_complete());
        assert!(shelf.paths().iter().all(|path| !path.starts_with("hls/") && !path.contains("/aes128/")));
    }
}

#[tokio::test]
async fn what_is_not_complete_is_not_exported() {
    let (world, _) = World::painting().await;
    let (_, asset) = world.film().await;
    // It plays from its upload, and nobody has looked yet what else is to be made of it.
    world.fetch(&format!("/play/{asset}/hls/master.m3u8")).await.expect(200);
    let shelf = Shelf::new();
    refused(exported(&world, &order(&asset, &BOTH), &shelf).await, &shelf, (Kind::Conflict, "not_complete"));
}

#[tokio::test]
async fn what_not_everybody_may_play_is_exported_only_where_somebody_says_so() {
    let (world, asset) = playing().await;
    let (app, caller) = (&world.app, world.operator());
    let id = asset.parse().unwrap();
    let order = order(&asset, &BOTH);
    let open = Order { open: true, ..order.clone() };
    let is_open = async || {
        let shelf = Shelf::new();
        assert!(exported(&world, &open, &shelf).await.unwrap().is_complete());
        let shelf = Shelf::new();
        match exported(&world, &order, &shelf).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!((error.kind(), error.problem().reason), (Kind::Forbidden, "not_open"));
                assert!(shelf.puts().is_empty());
                false
            }
        }
    };
    for (organization, own, expected) in [
        (TokenPolicy::Open, AssetPolicy::Inherit, true),
        (TokenPolicy::Open, AssetPolicy::Required, false),
        (TokenPolicy::Required, AssetPolicy::Inherit, false),
        (TokenPolicy::Required, AssetPolicy::Open, true),
    ] {
        set_token_policy(app, &caller, organization).await.unwrap();
        set_asset_policy(app, &caller, id, own).await.unwrap();
        assert_eq!(is_open().await, expected, "{organization:?} {own:?}");
    }
    allow_site(app, &caller, "https://shop.example").await.unwrap();
    assert!(!is_open().await, "only pages of one site may show it");
}

#[tokio::test]
async fn transport_streams_are_exported_where_there_are_any() {
    let (world, _) = World::painting().await;
    let mut turned = film(&Script::default()).bytes;
    // The matrix of the movie is the first, that of the picture the second: it is turned by a quarter.
    let matrix = |words: [i32; 9]| words.map(i32::to_be_bytes).concat();
    let upright = matrix([0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]);
    let places: Vec<_> = (0..turned.len() - 36).filter(|at| turned[*at..at + 36] == upright[..]).collect();
    let quarter = matrix([0, 0x1_0000, 0, -0x1_0000, 0, 0, 0, 0, 0x4000_0000]);
    turned[places[1]..places[1] + 36].copy_from_slice(&quarter);
    let asset = plain(&world, &world.upload("film.mp4", &turned).await).await;
    let shelf = Shelf::new();
    refused(exported(&world, &order(&asset, &Protocol::ALL), &shelf).await, &shelf, (Kind::NotFound, "not_found"));
    assert!(exported(&world, &order(&asset, &BOTH), &shelf).await.unwrap().is_complete());
}

#[tokio::test]
async fn pictures_that_cannot_be_made_are_left_out_and_those_that_can_be_later_are_waited_for() {
    let (world, painting) = World::painting().await;
    let (_, asset) = world.film().await;
    complete(&world, &asset).await;
    painting.fails.store(true, Ordering::SeqCst);
    let shelf = Shelf::new();
    let tally = exported(&world, &order(&asset, &BOTH), &shelf).await.unwrap();
    assert!(tally.is_complete() && tally.left_out == 1, "{tally:?}");
    world.fetch(&format!("/play/{asset}/v0-1/storyboard/0.jpg")).await.expect(422);
    assert!(shelf.paths().iter().all(|path| ending(path) != "jpg"));
    // Without the program nobody knows.
    let world = World::new().await;
    let (_, asset) = world.film().await;
    complete(&world, &asset).await;
    let shelf = Shelf::new();
    let error = exported(&world, &order(&asset, &BOTH), &shelf).await.unwrap_err();
    assert_eq!((error.kind(), error.problem().reason), (Kind::Unavailable, "encoder_unavailable"));
    assert!(shelf.paths().iter().all(|path| !is_document(path)));
}
