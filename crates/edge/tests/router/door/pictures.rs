//! Pictures behind the door: of what needs a token, and of what is encrypted.

use super::links::link;
use super::{Behind, NOON, id, operator_of};
use crate::world::{Painting, World, ask, text};
use kinora_app::guard::{Grant, create_playback_key, mint_token};
use kinora_app::port::Store as _;
use serde_json::json;
use std::sync::Arc;

/// What shows or stands for a film.
const STANDING: [&str; 10] = [
    "poster",
    "poster.jpg",
    "poster.avif?width=100&height=100&fit=cover",
    "thumbnail",
    "thumbnail.png",
    "thumbnail.webp?height=90",
    "preview.webp",
    "preview.gif?width=160",
    "thumbhash",
    "poster.webp",
];

/// What shows any time of it.
const MOMENTS: [&str; 6] = [
    "thumbnail.jpg?time=1",
    "poster?time=2.5",
    "preview.webp?start=1",
    "preview.gif?duration=2",
    "storyboard.vtt",
    "hls/v0-1-storyboard.m3u8",
];

const SHEET: &str = "v0-1/storyboard/0.jpg";

fn with(address: &str, query: &str) -> String {
    format!("{address}{}{query}", if address.contains('?') { '&' } else { '?' })
}

/// The id of the one output of an asset, as addresses have it.
async fn output(world: &World, asset: &str) -> String {
    world.store.read().await.unwrap().outputs(id(asset)).await.unwrap()[0].id.to_string()
}

#[tokio::test]
async fn every_picture_is_behind_the_door() {
    let (world, painting) = World::painting().await;
    let behind = Behind::of(world).await;
    let world = &behind.world;
    let output = output(world, &behind.asset).await;
    let token = behind.token(&behind.claims());
    let claims = |name: &str, value: serde_json::Value| {
        let mut claims = behind.claims();
        claims[name] = value;
        behind.token(&claims)
    };
    let other = claims("sub", world.film().await.1.into());
    let expired = claims("exp", (NOON - 31).into());
    let play = format!("/play/{}", behind.asset);
    let of_output = format!("{play}/o/{output}");
    let names: Vec<&str> = STANDING.into_iter().chain(MOMENTS).collect();
    let mut addresses: Vec<String> =
        names.iter().flat_map(|name| [format!("{play}/{name}"), format!("{of_output}/{name}")]).collect();
    addresses.push(format!("{play}/{SHEET}"));
    for address in &addresses {
        let refused = world.fetch(address).await.expect(401);
        assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"playback\""), "{address}");
        assert_eq!(refused.header("cache-control"), Some("no-store"), "{address}");
        assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "{address}");
        world.call(ask("HEAD", address)).await.expect(401);
        world.fetch(&with(address, &format!("token={token}x"))).await.expect(401);
        world.fetch(&with(address, &format!("token={expired}"))).await.expect(401);
        world.fetch(&with(address, &format!("token={other}"))).await.expect(403);
    }
    assert_eq!(painting.asked(), [], "for nobody was anything made");
    for address in &addresses {
        let let_in = world.fetch(&with(address, &format!("token={token}"))).await.expect(200);
        let cache = let_in.header("cache-control").unwrap();
        assert!(cache.starts_with("private"), "{address}: {cache}");
        let tag = let_in.header("etag").unwrap();
        world.call(ask("GET", address).header("if-none-match", tag)).await.expect(401);
        let known = ask("GET", &with(address, &format!("token={token}"))).header("if-none-match", tag);
        let known = world.call(known).await.expect(304);
        assert!(known.header("cache-control").unwrap().starts_with("private"), "{address}");
    }
    let sheet = world.fetch(&with(&format!("{play}/{SHEET}"), &format!("token={token}"))).await.expect(200);
    assert_eq!(sheet.header("cache-control"), Some("private, max-age=31536000, immutable"));
}

/// The addresses of sheets in a document, as they are there, without what is said of the place on them.
fn sheets(document: &str) -> Vec<String> {
    let ends = |part: &str| part.split(['"', '\n', '#']).next().unwrap().replace("&amp;", "&");
    let found = document.match_indices("v0-1/storyboard/").map(|(at, _)| ends(&document[at..]));
    found.map(|address| address.replace("$Number$", "0")).collect()
}

#[tokio::test]
async fn documents_hand_on_what_small_pictures_need() {
    let (world, _painting) = World::painting().await;
    let behind = Behind::of(world).await;
    let world = &behind.world;
    let play = format!("/play/{}", behind.asset);
    let mut claims = behind.claims();
    claims["sid"] = "living room & more".into();
    let (token, session) = (behind.token(&claims), "living%20room%20%26%20more");
    let carried = format!("token={token}&session={session}");
    let of_output = format!("o/{}", output(world, &behind.asset).await);
    for document in ["storyboard.vtt", "hls/v0-1-storyboard.m3u8", "dash/manifest.mpd"] {
        for document in [document.to_owned(), format!("{of_output}/{document}")] {
            let path = format!("{play}/{document}");
            let answer = world.fetch(&with(&path, &carried)).await.expect(200);
            let sheets = sheets(answer.text());
            assert!(!sheets.is_empty(), "{document}");
            for sheet in sheets {
                assert_eq!(sheet, format!("{SHEET}?{carried}"), "{document}");
                world.fetch(&format!("{play}/{sheet}")).await.expect(200);
            }
            // A player that shows it with every request needs nothing in the addresses.
            let shown = ask("GET", &path).header("authorization", &format!("Bearer {token}"));
            let shown = world.call(shown.header("x-playback-session-id", "living room & more")).await.expect(200);
            assert!(!shown.text().contains("token"), "{document}");
        }
    }
    let master = world.fetch(&with(&behind.master(), &carried)).await.expect(200);
    let playlist = format!("URI=\"v0-1-storyboard.m3u8?{carried}\"");
    assert!(master.text().contains(&playlist), "{}", master.text());
}

#[tokio::test]
async fn a_signed_link_opens_one_picture_or_a_document_with_what_it_names() {
    let (world, _painting) = World::painting().await;
    let behind = Behind::of(world).await;
    let world = &behind.world;
    let play = format!("/play/{}", behind.asset);
    let one = link(&behind, "thumbnail.jpg", &[("time", "1")]).await.proof;
    let answer = world.fetch(&format!("{play}/thumbnail.jpg?time=1&{one}")).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    for other in ["thumbnail.jpg?time=2&", "thumbnail.jpg?", "thumbnail.jpg?time=1&width=1920&", "poster.jpg?time=1&"] {
        world.fetch(&format!("{play}/{other}{one}")).await.expect(401);
    }
    let told = world.fetch(&link(&behind, "storyboard.vtt", &[]).await.address).await.expect(200);
    let sheet = sheets(told.text()).remove(0);
    assert!(sheet.contains("pass=") && !sheet.contains("signature="), "{sheet}");
    world.fetch(&format!("{play}/{sheet}")).await.expect(200);
    // Who was let in to the film may see all pictures of it.
    let query = sheet.split_once('?').unwrap().1;
    world.fetch(&format!("{play}/poster?{query}")).await.expect(200);
    world.clock.forward(core::time::Duration::from_hours(1));
    world.fetch(&format!("{play}/{sheet}")).await.expect(410);
}

/// A server with a film in one output made by that preset, which anybody may fetch, and a token for it.
async fn made(preset: &str) -> (World, Arc<Painting>, String, String) {
    let (world, painting) = World::painting().await;
    let (file, _) = world.film().await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset });
    let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    let caller = operator_of(world.keys.organization);
    create_playback_key(&world.app, &caller).await.unwrap();
    let expires = world.app.now().plus_millis(3_600_000);
    let grant = Grant { asset: id(&asset), expires, network: None, session: None };
    let token = mint_token(&world.app, &caller, &grant).await.unwrap();
    (world, painting, asset, token)
}

#[tokio::test]
async fn what_stands_for_an_encrypted_film_is_open_and_what_shows_all_of_it_asks_for_what_its_keys_ask() {
    for preset in ["dash_hls_720p_aes128", "dash_hls_720p_drm"] {
        let (world, painting, asset, token) = made(preset).await;
        let play = format!("/play/{asset}");
        for name in STANDING {
            let answer = world.fetch(&format!("{play}/{name}")).await.expect(200);
            assert!(!answer.header("cache-control").unwrap().contains("private"), "{name}");
        }
        let open = painting.asked().len();
        let moments = MOMENTS.iter().chain([&SHEET]).map(|name| format!("{play}/{name}"));
        let moments: Vec<String> = moments.collect();
        for address in &moments {
            let refused = world.fetch(address).await.expect(401);
            assert!(refused.text().contains("token is needed"), "{}", refused.text());
            assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"playback\""), "{address}");
            let wrong = world.fetch(&with(address, "token=wrong")).await.expect(401);
            assert!(!wrong.text().contains("token is needed"), "the answer says what is wrong: {}", wrong.text());
        }
        assert_eq!(painting.asked().len(), open, "for nobody was anything made");
        for address in &moments {
            let let_in = world.fetch(&with(address, &format!("token={token}"))).await.expect(200);
            let cache = let_in.header("cache-control").unwrap();
            // Documents are asked for again each time.
            assert!(cache.starts_with("private") || cache == "no-cache", "{address}: {cache}");
            let shown = ask("GET", address).header("authorization", &format!("Bearer {token}"));
            world.call(shown).await.expect(200);
            // What is kept is not given out either.
            world.fetch(address).await.expect(401);
            let known = ask("GET", address).header("if-none-match", let_in.header("etag").unwrap());
            world.call(known).await.expect(401);
        }
        for document in ["hls/master.m3u8", "dash/manifest.mpd"] {
            let plain = world.fetch(&format!("{play}/{document}")).await.expect(200);
            assert!(!plain.text().contains("storyboard"), "{}", plain.text());
            let shown = world.fetch(&format!("{play}/{document}?token={token}")).await.expect(200);
            assert!(shown.text().contains("storyboard"), "{}", shown.text());
        }
        // The clear output of the same film is open, as all else of it is.
        world.output(&asset, &json!({ "preset": "mp4", "id": "clear" })).await.expect(200);
        let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
        let clear = text(&seen["outputs"][1]["endpoints"][0]["url"]);
        let clear = clear.split("/o/").nth(1).unwrap().split('/').next().unwrap();
        world.fetch(&format!("{play}/o/{clear}/thumbnail.jpg?time=1")).await.expect(200);
        world.fetch(&format!("{play}/thumbnail.jpg?time=1")).await.expect(401);
    }
}
