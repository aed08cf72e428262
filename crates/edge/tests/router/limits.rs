//! How often somebody may ask.

use crate::world::{Answer, Ask, PROXY, World, ask};
use core::time::Duration;
use kinora_edge::Rate;
use serde_json::json;

const RATE: Rate = Rate { per_second: 2, burst: 4 };
const FILES: &str = "/vod/v1/files";

fn wrong() -> Ask {
    ask("GET", FILES).key(&"k".repeat(40))
}

/// Limit, remaining and reset as told.
fn told(answer: &Answer) -> [Option<&str>; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| answer.header(name))
}

#[tokio::test]
async fn each_key_has_a_bucket_of_its_own() {
    let world = World::new().await.limited(RATE);
    for (remaining, reset) in [("3", "1"), ("2", "1"), ("1", "2"), ("0", "2")] {
        let answer = world.get(FILES).await.expect(200);
        assert_eq!(told(&answer), [Some("4"), Some(remaining), Some(reset)]);
        assert_eq!(answer.header("retry-after"), None);
    }
    let refused = world.get(FILES).await.expect(429);
    assert_eq!(refused.code(), "rate_limited");
    assert_eq!(told(&refused), [Some("4"), Some("0"), Some("2")]);
    assert_eq!(refused.header("retry-after"), Some("1"));
    let other = world.call(ask("GET", FILES).key(&world.keys.viewer)).await.expect(200);
    assert_eq!(told(&other), [Some("4"), Some("3"), Some("1")]);
    // A token comes every half second; what was refused took none.
    world.clock.forward(Duration::from_millis(499));
    world.get(FILES).await.expect(429);
    world.clock.forward(Duration::from_millis(1));
    world.get(FILES).await.expect(200);
    world.get(FILES).await.expect(429);
    world.clock.forward(Duration::from_hours(1));
    assert_eq!(told(&world.get(FILES).await.expect(200))[1], Some("3"));
}

#[tokio::test]
async fn failures_count_as_well_and_whoever_may_not_ask_changes_nothing() {
    let world = World::new().await.limited(RATE);
    let upload = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    for path in ["/vod/v1/files/x", "/core/v1/api-key/x", "/vod/v1/assets/x", "/vod/assets/x/"] {
        assert!(told(&world.get(path).await.expect(404)).iter().all(Option::is_some), "{path}");
    }
    world.post("/vod/v1/files/start", &upload).await.expect(429);
    world.delete(&format!("/core/v1/api-key/{}", world.keys.admin_id)).await.expect(429);
    world.clock.forward(Duration::from_secs(1));
    assert_eq!(world.get(FILES).await.expect(200).json()["totalCount"], 0);
}

#[tokio::test]
async fn parts_and_playback_are_not_limited() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let world = world.limited(Rate { per_second: 1, burst: 1 });
    let started = world.start("film.mp4", 5).await;
    for _ in 0..5 {
        world.put(&started.urls[0], b"bytes").await.expect(200);
        let playlist = ask("GET", &format!("/play/{asset}/hls/master.m3u8")).key(&world.keys.admin);
        assert_eq!(told(&world.call(playlist).await.expect(200)), [None; 3]);
        world.fetch("/livez").await.expect(200);
    }
    world.get(FILES).await.expect(429);
}

#[tokio::test]
async fn without_a_rate_nothing_is_limited_and_nothing_told() {
    let world = World::new().await.limited(Rate { per_second: 0, burst: 1 });
    for _ in 0..3 {
        assert_eq!(told(&world.get(FILES).await.expect(200)), [None; 3]);
    }
    for _ in 0..200 {
        world.call(wrong().from("198.51.100.7")).await.expect(401);
    }
}

#[tokio::test]
async fn wrong_keys_bar_their_address_and_nobody_elses() {
    let world = World::new().await.limited(Rate { per_second: 100, burst: 1_000 });
    let from = "198.51.100.7";
    let viewer = |from: &str| world.call(ask("GET", FILES).key(&world.keys.viewer).from(from));
    viewer(from).await.expect(200);
    for _ in 0..100 {
        let refused = world.call(wrong().from(from)).await.expect(401);
        assert_eq!(told(&refused), [None; 3]);
    }
    let barred = world.call(wrong().from(from)).await.expect(429);
    assert_eq!((barred.code().as_str(), barred.header("retry-after")), ("too_many_failures", Some("1")));
    assert_eq!(told(&barred), [None; 3]);
    // A key that opened something lately goes on; one that was not seen yet has to wait like any guess.
    viewer(from).await.expect(200);
    let editor = || world.call(ask("GET", FILES).key(&world.keys.editor).from(from));
    assert_eq!(editor().await.expect(429).code(), "too_many_failures");
    for other in ["198.51.100.8", "2001:db8::1"] {
        world.call(wrong().from(other)).await.expect(401);
    }
    // Without any key there is nothing to guess.
    assert_eq!(world.call(ask("GET", FILES).from(from)).await.expect(401).code(), "missing_api_key");
    world.clock.forward(Duration::from_secs(1));
    editor().await.expect(200);
}

#[tokio::test]
async fn tenants_that_are_tried_out_count_as_wrong_keys() {
    let world = World::new().await.limited(Rate { per_second: 100, burst: 1_000 });
    let tenant = |tenant: &str| {
        world.call(ask("GET", FILES).key(&world.keys.viewer).from("2001:db8::1").header("x-tenant-id", tenant))
    };
    for _ in 0..50 {
        tenant("x").await.expect(404);
        tenant(&world.keys.others.to_string()).await.expect(404);
    }
    // The same subscriber under another address.
    assert_eq!(world.call(wrong().from("2001:db8::2")).await.expect(429).code(), "too_many_failures");
    world.call(wrong().from("2001:db8:0:1::1")).await.expect(401);
}

#[tokio::test]
async fn behind_a_proxy_the_address_that_it_forwards_for_counts() {
    let world = World::new().await.limited(Rate { per_second: 100, burst: 1_000 });
    let by = |peer: &str, forwarded: &str| world.call(wrong().from(peer).header("x-forwarded-for", forwarded));
    for number in 0..100 {
        // What a client writes itself, before the proxy adds its address, means nothing.
        by(PROXY, &format!("203.0.113.{number}, 198.51.100.7")).await.expect(401);
    }
    by(PROXY, "198.51.100.7").await.expect(429);
    by(PROXY, "198.51.100.8").await.expect(401);
    // Nobody else is believed.
    by("198.51.100.7", "198.51.100.8").await.expect(429);
    by("198.51.100.9", "198.51.100.7").await.expect(401);
}
