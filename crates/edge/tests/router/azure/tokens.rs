//! Authorization tokens, and the keys that they open.

use super::{made, path, plain, protected};
use crate::world::{World, ask, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use form_urlencoded::parse;
use serde_json::Value;

/// The value of a token for a video, and the token in it.
async fn token(world: &World, video: &Value) -> (String, String) {
    let key = text(&video["ContentProtectionKeyId"]);
    let answer = world.get(&format!("{}/AuthorizationToken?KeyId={key}", path(video))).await.expect(200).json();
    let value = text(&answer["value"]);
    let word = value.strip_prefix("Bearer=").unwrap();
    let token = parse(format!("t={word}").as_bytes()).next().unwrap().1.into_owned();
    (value, token)
}

/// The address of the key, as a media playlist names it.
async fn key_address(world: &World, video: &Value) -> String {
    let play = format!("/play/{}", text(&video["Id"]));
    let media = world.fetch(&format!("{play}/hls/v0-1.m3u8")).await.expect(200);
    let uri = media.text().split("URI=\"").find(|part| part.contains("key/")).unwrap().split('"').next().unwrap();
    format!("{play}/{}", uri.trim_start_matches("../"))
}

fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_token_is_a_simple_web_token_for_one_key() {
    let world = World::new().await;
    let video = made(&world, &protected()).await;
    let (_, token) = token(&world, &video).await;
    let claims: Vec<(String, String)> = parse(token.as_bytes()).into_owned().collect();
    let one = |name: &str| claims.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(one("urn:microsoft:azure:mediaservices:contentkeyidentifier"), text(&video["ContentProtectionKeyId"]));
    assert_eq!(one("urn:microsoft:azure:mediaservices:keyacquisitionhostname"), "films.example");
    assert_eq!((one("Audience").as_str(), one("Issuer").as_str()), ("urn:Nimbus", "https://films.example/cloud"));
    assert_eq!(one("ExpiresOn"), (1_769_860_800 + 4 * 3_600).to_string());
    assert_eq!(claims.last().unwrap().0, "HMACSHA256");
    assert_eq!(STANDARD.decode(one("HMACSHA256")).unwrap().len(), 32);
    let key = text(&video["ContentProtectionKeyId"]);
    assert!(
        key_address(&world, &video).await.ends_with(&format!("/key/{key}")),
        "the key that was told before there was one"
    );
}

#[tokio::test]
async fn a_key_is_given_to_who_shows_the_token_in_any_form() {
    let world = World::new().await;
    let video = made(&world, &protected()).await;
    let (value, token) = token(&world, &video).await;
    let address = key_address(&world, &video).await;
    let refused = world.fetch(&address).await.expect(401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"playback\""));
    for header in [value.clone(), value.replacen('=', " ", 1), format!("Bearer {token}"), format!("Bearer={token}")] {
        let given = world.call(ask("GET", &address).header("authorization", &header)).await.expect(200);
        assert_eq!((given.body.len(), given.header("cache-control")), (16, Some("no-store")), "{header}");
    }
    for query in [escaped(&token), escaped(&value), value.strip_prefix("Bearer=").unwrap().to_owned()] {
        world.fetch(&format!("{address}?token={query}")).await.expect(200);
    }
    // Where it comes in the address of a manifest, it goes on to the key.
    let play = format!("/play/{}", text(&video["Id"]));
    let media = world.fetch(&format!("{play}/hls/v0-1.m3u8?token={}", escaped(&token))).await.expect(200);
    let uri = media.text().split("URI=\"").find(|part| part.contains("key/")).unwrap().split('"').next().unwrap();
    world.fetch(&format!("{play}/{}", uri.trim_start_matches("../"))).await.expect(200);
    // DASH has keys of its own, which it opens as well.
    let mpd = world.fetch(&format!("{play}/dash/manifest.mpd?token={}", escaped(&token))).await.expect(200);
    assert!(mpd.text().contains("license/clearkey?token="), "{}", mpd.text());
}

#[tokio::test]
async fn a_token_opens_its_video_until_its_end_and_no_other() {
    let world = World::new().await;
    let (video, other) = (made(&world, &protected()).await, made(&world, &protected()).await);
    let (_, token) = token(&world, &video).await;
    let own = key_address(&world, &video).await;
    let foreign = key_address(&world, &other).await;
    let fetch = async |address: &str, token: &str| world.fetch(&format!("{address}?token={}", escaped(token))).await;
    fetch(&foreign, &token).await.expect(403);
    let (text_of, signature) = token.rsplit_once("&HMACSHA256=").unwrap();
    let longer = text_of.replace("ExpiresOn=17", "ExpiresOn=18");
    assert_ne!(longer, text_of);
    for forged in [
        format!("{longer}&HMACSHA256={signature}"),
        format!("{text_of}&HMACSHA256="),
        format!("{text_of}&HMACSHA256=x"),
        format!("a=b&{text_of}&HMACSHA256={signature}"),
        format!("{text_of}&a=b&HMACSHA256={signature}"),
        format!("{text_of}&HMACSHA256={signature}&HMACSHA256={signature}"),
        text_of.to_owned(),
        format!("HMACSHA256={signature}"),
        format!("&HMACSHA256={signature}"),
        "x".repeat(10_000),
    ] {
        fetch(&own, &forged).await.expect(401);
    }
    world.clock.forward(Duration::from_secs(4 * 3_600 - 1));
    fetch(&own, &token).await.expect(200);
    world.clock.forward(Duration::from_secs(1));
    fetch(&own, &token).await.expect(401);
}

#[tokio::test]
async fn tokens_are_given_for_the_key_of_a_protected_video_only() {
    let world = World::new().await;
    let (video, other, clear) =
        (made(&world, &protected()).await, made(&world, &protected()).await, made(&world, &plain()).await);
    let (key, foreign) = (text(&video["ContentProtectionKeyId"]), text(&other["ContentProtectionKeyId"]));
    let asked = |video: &Value, query: String| {
        let target = format!("{}/AuthorizationToken{query}", path(video));
        let world = &world;
        async move { world.get(&target).await }
    };
    asked(&video, format!("?KeyId={foreign}")).await.expect(404);
    asked(&video, "?KeyId=x".to_owned()).await.expect(400);
    asked(&video, String::new()).await.expect(400);
    asked(&clear, format!("?KeyId={key}")).await.expect(409);
    asked(&video, format!("?keyid={key}")).await.expect(200);
    let stranger = ask("GET", &format!("{}/AuthorizationToken?KeyId={key}", path(&video))).key(&world.keys.stranger);
    world.call(stranger).await.expect(404);
    // A token of the clear video's organization opens nothing that is not encrypted, since nothing asks for one.
    let (_, token) = token(&world, &video).await;
    world.fetch(&format!("/play/{}/hls/master.m3u8?token={}", text(&clear["Id"]), escaped(&token))).await.expect(200);
}
