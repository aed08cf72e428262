//! Requests that come again.

use crate::film::{Script, film};
use crate::world::{Answer, World, ask, text};
use core::time::Duration;
use futures_util::future::{Either, select};
use kinora_app::idempotency::forget_answers;
use kinora_app::port::{Blobs as _, Store as _};
use kinora_domain::access::Role;
use serde_json::{Value, json};
use std::pin::pin;

const START: &str = "/vod/v1/files/start";
const KEYS: &str = "/core/v1/api-key";
const DAY: Duration = Duration::from_hours(24);

fn upload(name: &str) -> Value {
    json!({ "name": name, "friendlyName": name, "fileSize": 1_000 })
}

/// A request of a key with its word.
async fn by(world: &World, key: &str, word: &str, path: &str, body: &Value) -> Answer {
    world.call(ask("POST", path).key(key).header("idempotency-key", word).json(body)).await
}

async fn post(world: &World, word: &str, path: &str, body: &Value) -> Answer {
    by(world, &world.keys.admin, word, path, body).await
}

async fn files(world: &World) -> u64 {
    world.get("/vod/v1/files").await.json()["totalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn the_same_request_is_given_the_same_answer() {
    let world = World::new().await;
    let first = post(&world, "a", START, &upload("film")).await.expect(200);
    assert_eq!(first.header("idempotent-replayed"), None);
    let world = world.restart().await;
    world.clock.forward(Duration::from_hours(1));
    let again = post(&world, "a", START, &upload("film")).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!((again.status, &again.body), (first.status, &first.body), "links included");
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(files(&world).await, 1);
    assert_eq!(world.blobs.list().await.unwrap().len(), 1);
    // Without a word, or with another one, it is another request.
    world.post(START, &upload("film")).await.expect(200);
    post(&world, "b", START, &upload("film")).await.expect(200);
    assert_eq!(files(&world).await, 3);
}

#[tokio::test]
async fn an_asset_is_made_once() {
    let world = World::new().await;
    let file = world.upload("film.mp4", &film(&Script::default()).bytes).await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4", "title": "Harbor" });
    let first = post(&world, "a", "/vod/v1/assets", &body).await.expect(200).json();
    let objects = world.blobs.list().await.unwrap().len();
    assert_eq!(post(&world, "a", "/vod/v1/assets", &body).await.expect(200).json(), first);
    assert_eq!(world.get("/vod/v1/assets").await.json()["totalCount"], 1);
    assert_eq!(world.blobs.list().await.unwrap().len(), objects, "nothing was prepared in vain");
    // The answer is about what was done, not about what is there.
    world.delete(&format!("/vod/v1/assets/{}", text(&first["id"]))).await.expect(200);
    assert_eq!(post(&world, "a", "/vod/v1/assets", &body).await.expect(200).json(), first);
}

#[tokio::test]
async fn an_output_is_added_once() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let path = format!("/vod/v1/assets/{asset}/outputs");
    let before = world.get(&format!("/vod/v1/assets/{asset}")).await.json()["outputs"].as_array().unwrap().len();
    let body = json!({ "preset": "mp4_720p" });
    let first = post(&world, "a", &path, &body).await.expect(200);
    assert_eq!(post(&world, "a", &path, &body).await.expect(200).body, first.body);
    let after = world.get(&format!("/vod/v1/assets/{asset}")).await.json()["outputs"].as_array().unwrap().len();
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn the_secret_of_a_key_is_not_told_again_and_not_stored() {
    let world = World::new().await;
    let body = json!({ "name": "shop", "roleId": Role::Viewer.id().to_string() });
    let mut first = post(&world, "a", KEYS, &body).await.expect(200).json();
    let again = post(&world, "a", KEYS, &body).await.expect(200).json();
    let value = text(&first.as_object_mut().unwrap().remove("value").unwrap());
    assert_eq!(again, first);
    assert_eq!(world.get(&format!("{KEYS}?query=shop")).await.json()["totalCount"], 1);
    world.store.close().await.unwrap();
    let stored = world.stored_bytes();
    let is_stored = |bytes: &[u8]| stored.windows(bytes.len()).any(|window| window == bytes);
    assert!(is_stored(br#""name":"shop""#), "the answer is there");
    assert!(!is_stored(&value.as_bytes()[20..40]), "without the secret");
}

#[tokio::test]
async fn another_request_with_the_same_word_is_refused() {
    let world = World::new().await;
    post(&world, "a", START, &upload("film")).await.expect(200);
    let file = world.upload("film.mp4", &film(&Script::default()).bytes).await;
    let asset = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4" });
    for (path, body) in [(START, upload("other")), ("/vod/v1/assets", asset), ("/vod/files/start", upload("film"))] {
        let refused = post(&world, "a", path, &body).await.expect(422);
        assert_eq!(refused.code(), "idempotency_key_reused", "{path}");
        assert!(refused.message().starts_with("`Idempotency-Key`: "), "{}", refused.message());
    }
    assert_eq!((files(&world).await, world.get("/vod/v1/assets").await.json()["totalCount"].as_u64()), (2, Some(0)));
}

#[tokio::test]
async fn a_word_belongs_to_the_key_that_says_it() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for key in [&world.keys.admin, &world.keys.editor, &world.keys.stranger] {
        ids.push(text(&by(&world, key, "a", START, &upload("film")).await.expect(200).json()["fileId"]));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    by(&world, &world.keys.viewer, "a", START, &upload("film")).await.expect(403);
}

#[tokio::test]
async fn an_answer_is_given_again_only_to_who_still_may() {
    let world = World::new().await;
    let made = world.post(KEYS, &json!({ "name": "shop", "roleId": Role::Editor.id().to_string() })).await.json();
    let (id, secret) = (text(&made["id"]), text(&made["value"]));
    by(&world, &secret, "a", START, &upload("film")).await.expect(200);
    let viewer = json!({ "name": "shop", "roleId": Role::Viewer.id().to_string() });
    let demote = ask("PUT", &format!("{KEYS}/{id}")).key(&world.keys.admin).json(&viewer);
    world.call(demote).await.expect(200);
    by(&world, &secret, "a", START, &upload("film")).await.expect(403);
}

#[tokio::test]
async fn of_two_at_the_same_time_one_is_served_and_the_other_told_to_wait() {
    let world = World::new().await;
    // While somebody else writes, whoever has the place waits.
    let writer = world.store.begin().await.unwrap();
    let body = upload("film");
    let (one, other) = (pin!(post(&world, "a", START, &body)), pin!(post(&world, "a", START, &body)));
    let (told, served) = match select(one, other).await {
        Either::Left((told, served)) | Either::Right((told, served)) => (told, served),
    };
    let told = told.expect(409);
    assert_eq!((told.code().as_str(), told.header("retry-after")), ("idempotency_in_progress", Some("1")));
    drop(writer);
    let served = served.await.expect(200);
    assert_eq!(post(&world, "a", START, &body).await.expect(200).body, served.body);
    assert_eq!(files(&world).await, 1);
}

#[tokio::test]
async fn another_process_that_was_quicker_leaves_nothing_of_the_slower_one() {
    let world = World::new().await;
    let other = world.other_process().await;
    let body = upload("film");
    // Both have looked and found nothing before either writes.
    let writer = world.store.begin().await.unwrap();
    let (mut here, mut there) = (pin!(post(&world, "a", START, &body)), pin!(post(&other, "a", START, &body)));
    let waiting = async {
        while world.blobs.list().await.unwrap().len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        early = &mut here => panic!("{}", early.shown()),
        early = &mut there => panic!("{}", early.shown()),
        () = waiting => {}
    }
    drop(writer);
    let (here, there) = tokio::join!(here, there);
    let (served, told) = if here.status == 200 { (here, there) } else { (there, here) };
    assert_eq!(told.expect(409).code(), "idempotency_in_progress");
    assert_eq!(files(&world).await, 1);
    assert_eq!(world.blobs.list().await.unwrap().len(), 1, "the space of the slower one is free again");
    for world in [&world, &other] {
        assert_eq!(post(world, "a", START, &body).await.expect(200).body, served.body);
    }
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let world = World::new().await;
    let (file, parts) = world.send("film.mp4", &film(&Script::default()).bytes).await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4" });
    assert_eq!(post(&world, "a", "/vod/v1/assets", &body).await.expect(409).code(), "upload_incomplete");
    world.complete(&file, &parts).await.expect(200);
    post(&world, "a", "/vod/v1/assets", &body).await.expect(200);
}

#[tokio::test]
async fn a_word_is_new_again_after_a_day() {
    let world = World::new().await;
    let first = post(&world, "a", START, &upload("film")).await.expect(200);
    world.clock.forward(DAY);
    assert_eq!(post(&world, "a", START, &upload("film")).await.body, first.body, "up to its last moment");
    assert_eq!(forget_answers(&world.app).await.unwrap(), 0);
    world.clock.forward(Duration::from_millis(1));
    // Whether or not the chore has come by.
    let second = post(&world, "a", START, &upload("other")).await.expect(200);
    assert_ne!(second.body, first.body);
    assert_eq!(post(&world, "a", START, &upload("other")).await.body, second.body);
    world.clock.forward(DAY + Duration::from_millis(1));
    assert_eq!(forget_answers(&world.app).await.unwrap(), 1);
    assert_eq!(forget_answers(&world.app).await.unwrap(), 0);
    post(&world, "a", START, &upload("film")).await.expect(200);
    assert_eq!(files(&world).await, 3);
}

#[tokio::test]
async fn a_word_that_is_none_is_refused_before_anything_is_made() {
    let world = World::new().await;
    for word in ["", "two words", "tab\there", &"x".repeat(256)] {
        let refused = post(&world, word, START, &upload("film")).await.expect(400);
        assert_eq!(refused.code(), "invalid_field", "{word:?}");
        assert!(refused.message().starts_with("`Idempotency-Key`: "), "{}", refused.message());
    }
    let twice = ask("POST", START).key(&world.keys.admin).header("idempotency-key", "a").header("idempotency-key", "a");
    world.call(twice.json(&upload("film"))).await.expect(400);
    assert_eq!(files(&world).await, 0);
    post(&world, &"x".repeat(255), START, &upload("film")).await.expect(200);
    // Where nothing is made, the header means nothing.
    world
        .call(ask("GET", "/vod/v1/files").key(&world.keys.admin).header("idempotency-key", "two words"))
        .await
        .expect(200);
}
