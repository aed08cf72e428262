//! Where a key may stand, and whom it acts for.

use crate::world::{Ask, World, ask};
use kinora_app::access::revoke_key;

const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn files() -> Ask {
    ask("GET", "/vod/v1/files")
}

#[tokio::test]
async fn a_key_may_stand_in_three_places() {
    let world = World::new().await;
    let key = &world.keys.admin;
    let bearer = |scheme: &str| files().header("authorization", &format!("{scheme} {key}"));
    let in_query = |name: &str| ask("GET", &format!("/vod/v1/files?limit=1&{name}={key}"));
    for ask in [
        files().key(key),
        files().header("X-API-KEY", key),
        bearer("Bearer"),
        bearer("bearer"),
        in_query("X-Api-Key"),
        in_query("x-api-key"),
    ] {
        world.call(ask).await.expect(200);
    }
    let in_body = ask("POST", &format!("/vod/v1/files/start?X-Api-Key={key}"));
    let body = serde_json::json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    world.call(in_body.json(&body)).await.expect(200);
}

#[tokio::test]
async fn anything_but_a_valid_key_is_refused_alike() {
    let world = World::new().await;
    let key = &world.keys.admin;
    let mut refusals = Vec::new();
    let mut longer = key.clone();
    longer.push('0');
    let mut other = key.clone();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    for wrong in
        [longer.as_str(), &other, &key[..key.len() - 1], &key[..12], &"k".repeat(77), "", "a key", &"k".repeat(5_000)]
    {
        refusals.push(world.call(files().key(wrong)).await.expect(401));
    }
    // A header that is there counts, even when the query holds a valid key.
    refusals.push(world.call(ask("GET", &format!("/vod/v1/files?X-Api-Key={key}")).key("wrong")).await.expect(401));
    revoke_key(&world.app, world.keys.admin_id).await.unwrap();
    refusals.push(world.call(files().key(key)).await.expect(401));
    for refusal in &refusals {
        assert_eq!(refusal.code(), "invalid_api_key");
        assert_eq!(refusal.header("www-authenticate"), Some("Bearer"));
        assert_eq!(refusal.clone().without_request_id(), refusals[0].clone().without_request_id());
    }
    for missing in [files(), files().header("authorization", "Basic a2V5"), files().header("authorization", "Bearer")] {
        assert_eq!(world.call(missing).await.expect(401).code(), "missing_api_key");
    }
}

#[tokio::test]
async fn a_key_acts_for_its_own_organization_only() {
    let world = World::new().await;
    let own = world.keys.organization.to_string();
    for tenant in [own.as_str(), &own.to_uppercase(), ""] {
        world.call(files().key(&world.keys.admin).header("x-tenant-id", tenant)).await.expect(200);
    }
    let others = world.keys.others.to_string();
    let mut answers = Vec::new();
    for tenant in [others.as_str(), UNKNOWN, "no-id", "default"] {
        answers.push(world.call(files().key(&world.keys.admin).header("x-tenant-id", tenant)).await.expect(404));
        // Without a key, what a tenant is called cannot be tried out.
        assert_eq!(world.call(files().header("x-tenant-id", tenant)).await.expect(401).code(), "missing_api_key");
        let wrong = files().key(&"k".repeat(40)).header("x-tenant-id", tenant);
        assert_eq!(world.call(wrong).await.expect(401).code(), "invalid_api_key");
    }
    let first = answers[0].clone().without_request_id();
    assert!(answers.into_iter().all(|answer| answer.without_request_id() == first));
}
