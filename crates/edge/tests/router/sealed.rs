//! What is encrypted, and its keys.

use crate::film::{Script, film};
use crate::world::{Answer, World, ask, text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// A film made by that preset, and a token for it.
async fn made(world: &World, preset: &str) -> (String, String) {
    let bytes = film(&Script { sounds: &["eng", "deu"], ..Script::default() }).bytes;
    let file = world.upload("film.mp4", &bytes).await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset });
    let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    let token = world.playback_token(&asset).await;
    (asset, token)
}

async fn document(world: &World, path: &str) -> String {
    world.fetch(path).await.expect(200).text().to_owned()
}

/// The values of an attribute in a document.
fn values<'text>(document: &'text str, name: &'text str) -> Vec<&'text str> {
    document.split(&format!("{name}=")).skip(1).map(|rest| rest.split([',', '\n', ' ']).next().unwrap()).collect()
}

#[tokio::test]
async fn whole_segments_are_encrypted_each_with_a_vector_of_its_own() {
    let world = World::new().await;
    let (asset, token) = made(&world, "dash_hls_720p_aes128").await;
    let play = format!("/play/{asset}");
    let master = document(&world, &format!("{play}/hls/master.m3u8")).await;
    assert!(!master.contains("I-FRAME"), "{master}");
    let mut vectors = HashSet::new();
    let mut keys = HashSet::new();
    for track in ["v0-1", "a1-1", "a2-1"] {
        let media = document(&world, &format!("{play}/hls/{track}.m3u8")).await;
        assert!(media.contains(&format!("../{track}/aes128/init.mp4")), "{media}");
        let own = values(&media, "IV");
        let segments = media.lines().filter(|line| line.contains(&format!("/{track}/aes128/"))).count();
        assert_eq!(own.len() + 1, segments, "a key for each segment: {media}");
        assert!(own.iter().all(|vector| vectors.insert((*vector).to_owned())), "{media}");
        keys.extend(values(&media, "METHOD=AES-128,URI").into_iter().map(str::to_owned));
        let init = world.fetch(&format!("{play}/{track}/aes128/init.mp4")).await.expect(200);
        assert_eq!(&init.body[4..8], b"ftyp");
        let sealed = world.fetch(&format!("{play}/{track}/aes128/0.m4s")).await.expect(200);
        assert!(sealed.body.len() % 16 == 0 && !sealed.body.windows(4).any(|name| name == b"moof"));
        let part = ask("GET", &format!("{play}/{track}/aes128/0.m4s")).header("range", "bytes=16-31");
        assert_eq!(world.call(part).await.expect(206).body, sealed.body.slice(16..32));
        let again = world.other_process().await.fetch(&format!("{play}/{track}/aes128/0.m4s")).await;
        assert_eq!(again.body, sealed.body, "any process makes the same");
    }
    assert_eq!(keys.len(), 1, "one key for the output: {keys:?}");
    let key = keys.into_iter().next().unwrap();
    let key = format!("{play}/{}", key.trim_matches('"').trim_start_matches("../"));
    world.fetch(&key).await.expect(401);
    let given = world.fetch(&format!("{key}?token={token}")).await.expect(200);
    assert_eq!((given.body.len(), given.header("cache-control")), (16, Some("no-store")));
    assert!(!world.stored_bytes().windows(16).any(|window| window == given.body));
    // By DASH, whose players do not know it, the samples are encrypted.
    let mpd = document(&world, &format!("{play}/dash/manifest.mpd")).await;
    assert!(mpd.contains("/v0-1/cenc/") && mpd.contains("value=\"cenc\""), "{mpd}");
}

/// Asks for a license.
async fn license(world: &World, path: &str, body: &str) -> Answer {
    world.call(ask("POST", path).body(body.to_owned())).await
}

#[tokio::test]
async fn samples_are_encrypted_and_licenses_given_to_who_has_a_token() {
    let world = World::new().await;
    let (asset, token) = made(&world, "dash_hls_720p_drm").await;
    let (other, foreign) = made(&world, "dash_hls_720p_drm").await;
    let play = format!("/play/{asset}");
    let mut kids: Vec<String> = Vec::new();
    for scheme in ["cenc", "cbcs"] {
        let mpd = document(&world, &format!("{play}/dash/manifest.mpd?scheme={scheme}")).await;
        kids.extend(
            values(&mpd, "cenc:default_KID").into_iter().map(|kid| kid.trim_matches(['"', '/', '>']).to_owned()),
        );
        for track in ["v0-1", "a1-1"] {
            let init = world.fetch(&format!("{play}/{track}/{scheme}/init.mp4")).await.expect(200);
            assert!(init.body.windows(4).any(|name| name == b"tenc"), "{scheme}");
        }
        let sound = world.fetch(&format!("{play}/a1-1/{scheme}/0.m4s")).await.expect(200);
        assert!(sound.body.windows(4).any(|name| name == b"senc") || scheme == "cbcs", "{scheme}");
        // The pictures of this film are no H.264: what cannot be encrypted is not given out either.
        let refused = world.fetch(&format!("{play}/v0-1/{scheme}/0.m4s")).await.expect(422);
        assert!(refused.text().contains("cannot be encrypted"), "{}", refused.text());
        let media = document(&world, &format!("{play}/hls/v0-1.m3u8?scheme={scheme}")).await;
        let method = if scheme == "cenc" { "METHOD=SAMPLE-AES-CTR" } else { "METHOD=SAMPLE-AES," };
        assert!(media.contains(method) && media.contains(&format!("/{scheme}/0.m4s")), "{media}");
    }
    assert_eq!(kids.iter().collect::<HashSet<_>>().len(), 6, "three tracks, two schemes: {kids:?}");
    let bytes = |kid: &str| *kid.parse::<Uuid>().unwrap().as_bytes();
    let named: Vec<String> = kids.iter().map(|kid| URL_SAFE_NO_PAD.encode(bytes(kid))).collect();
    let body = json!({ "kids": named, "type": "temporary" }).to_string();
    let path = format!("{play}/license/clearkey");
    let given = license(&world, &format!("{path}?token={token}"), &body).await.expect(200).json();
    assert_eq!(given["type"], "temporary");
    let keys = given["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 6);
    for key in keys {
        assert_eq!(key["kty"], "oct");
        let kid = URL_SAFE_NO_PAD.decode(text(&key["kid"])).unwrap();
        let kid = Uuid::from_slice(&kid).unwrap();
        let alone = world.fetch(&format!("{play}/key/{kid}?token={token}")).await.expect(200);
        assert_eq!(URL_SAFE_NO_PAD.encode(&alone.body), text(&key["k"]));
    }
    // Who asks for one gets all that belong together.
    let one = json!({ "kids": [named[0]] }).to_string();
    let all = license(&world, &format!("{path}?token={token}"), &one).await.expect(200).json();
    assert_eq!(all["keys"].as_array().unwrap().len(), 3);
    license(&world, &path, &body).await.expect(401);
    license(&world, &format!("{path}?token={foreign}"), &body).await.expect(403);
    license(&world, &format!("/play/{other}/license/clearkey?token={foreign}"), &body).await.expect(404);
    world.fetch(&format!("{play}/key/{}?token={token}", Uuid::nil())).await.expect(404);
    let long = format!("{{\"kids\":[\"{}\"]}}", "A".repeat(20_000));
    for (wrong, status) in [
        ("", 400),
        ("{}", 400),
        ("{\"kids\":[]}", 400),
        ("{\"kids\":[\"AAAA\"]}", 400),
        ("{\"kids\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", 400),
        ("{\"kids\":[\"AAAAAAAAAAAAAAAAAAAAAA\"]}", 404),
        (long.as_str(), 413),
    ] {
        license(&world, &format!("{path}?token={token}"), wrong).await.expect(status);
    }
}

#[tokio::test]
async fn nothing_that_is_encrypted_is_given_out_in_the_clear_by_another_way() {
    let world = World::new().await;
    for preset in ["dash_hls_720p_aes128", "dash_hls_720p_drm"] {
        let (asset, token) = made(&world, preset).await;
        for path in [
            "v0-1/init.mp4",
            "v0-1/0.m4s",
            "a1-1/0.m4s",
            "video.mp4",
            "audio.m4a",
            "original.mp4",
            "smooth.ism/Manifest",
            "hls/v0-1-key.m3u8",
            "v0-1/clear/0.m4s",
            "v0-1/track.mp4",
            "v0-1/cenc/track.mp4",
            "dash/on-demand.mpd",
            "v0-1_a1-1/0.ts",
            "a1-1/0.ts",
            "v0-1_a1-1/cenc/0.ts",
            "v0-1_a1-1/cbcs/0.ts",
            "hls-ts/master.m3u8?scheme=cenc",
        ] {
            let mark = if path.contains('?') { '&' } else { '?' };
            world.fetch(&format!("/play/{asset}/{path}{mark}token={token}")).await.expect(404);
        }
        let stream = world.fetch(&format!("/play/{asset}/v0-1_a1-1/aes128/0.ts")).await;
        let streams = world.fetch(&format!("/play/{asset}/hls-ts/master.m3u8")).await;
        let expected = if preset.ends_with("drm") { 404 } else { 200 };
        assert_eq!([stream.status, streams.status], [expected; 2]);
        let whole = world.fetch(&format!("/play/{asset}/v0-1/aes128/0.m4s")).await;
        assert_eq!(whole.status, if preset.ends_with("drm") { 404 } else { 200 });
        world.fetch(&format!("/play/{asset}/hls/master.m3u8?scheme=clear")).await.expect(400);
        let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
        let endpoints = seen["endpoints"].as_array().unwrap();
        assert!(!endpoints.is_empty() && endpoints.iter().all(|endpoint| endpoint["protection"] == "Drm"), "{seen}");
        assert!(endpoints.iter().all(|endpoint| endpoint["format"] != "MP4"), "{seen}");
    }
    // What is not encrypted has no sealed form.
    let (_, asset): (String, String) = world.film().await;
    let seen: Value = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    assert_eq!(seen["endpoints"][0]["protection"], "None");
    for form in ["aes128", "cenc", "cbcs"] {
        world.fetch(&format!("/play/{asset}/v0-1/{form}/0.m4s")).await.expect(404);
        world.fetch(&format!("/play/{asset}/v0-1_a1-1/{form}/0.ts")).await.expect(404);
    }
}
