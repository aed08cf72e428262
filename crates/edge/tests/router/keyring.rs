//! What admins do with keys, and what nobody can.

use crate::world::{Answer, World, ask, text};
use core::time::Duration;
use kinora_app::access::{add_key, change_key, create_key, remove_key, revoke_key};
use kinora_app::idempotency::Once;
use kinora_app::port::Store as _;

use kinora_domain::access::{ApiKey, Caller, Grant, KeyState, Role};
use kinora_domain::{KeyId, Kind};
use serde_json::{Value, json};

const KEYS: &str = "/core/v1/api-key";

fn body(name: &str, role: Role) -> Value {
    json!({ "name": name, "roleId": role.id().to_string() })
}

/// A new key: its id and its secret.
async fn made(world: &World, name: &str, role: Role) -> (String, String) {
    let answer = world.post(KEYS, &body(name, role)).await.expect(200).json();
    (text(&answer["id"]), text(&answer["value"]))
}

async fn put(world: &World, by: &str, id: &str, body: &Value) -> Answer {
    world.call(ask("PUT", &format!("{KEYS}/{id}")).key(by).json(body)).await
}

async fn delete(world: &World, by: &str, id: &str) -> Answer {
    world.call(ask("DELETE", &format!("{KEYS}/{id}")).key(by)).await
}

/// What a key is answered that reads, writes, and manages keys.
async fn may(world: &World, secret: &str) -> [u16; 3] {
    let upload = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    [
        world.call(ask("GET", "/vod/v1/files").key(secret)).await.status,
        world.call(ask("POST", "/vod/v1/files/start").key(secret).json(&upload)).await.status,
        world.call(ask("GET", KEYS).key(secret)).await.status,
    ]
}

#[tokio::test]
async fn a_new_key_opens_what_its_role_opens_and_its_secret_is_told_once() {
    let world = World::new().await;
    for (role, statuses) in
        [(Role::Viewer, [200, 403, 403]), (Role::Editor, [200, 200, 403]), (Role::Admin, [200, 200, 200])]
    {
        let (id, secret) = made(&world, "new", role).await;
        assert_eq!(may(&world, &secret).await, statuses, "{role:?}");
        for path in [format!("{KEYS}/{id}"), KEYS.to_owned()] {
            let answer = world.get(&path).await.expect(200);
            assert!(!answer.text().contains(&secret[12..]), "{}", answer.shown());
        }
    }
}

#[tokio::test]
async fn another_role_counts_from_the_next_request_on() {
    let world = World::new().await;
    let (id, secret) = made(&world, "shop", Role::Admin).await;
    for (role, statuses) in
        [(Role::Viewer, [200, 403, 403]), (Role::Admin, [200, 200, 200]), (Role::Editor, [200, 200, 403])]
    {
        let changed = put(&world, &world.keys.admin, &id, &body("renamed", role)).await.expect(200).json();
        assert_eq!(changed, json!({ "id": id, "name": "renamed", "roleId": role.id().to_string() }));
        assert_eq!(world.get(&format!("{KEYS}/{id}")).await.json(), changed);
        assert_eq!(may(&world, &secret).await, statuses, "{role:?}");
    }
}

#[tokio::test]
async fn a_deleted_key_opens_nothing_from_the_next_request_on() {
    let world = World::new().await;
    let (id, secret) = made(&world, "shop", Role::Editor).await;
    assert_eq!(may(&world, &secret).await, [200, 200, 403]);
    delete(&world, &world.keys.admin, &id).await.expect(200);
    assert_eq!(may(&world, &secret).await, [401; 3]);
    assert_eq!(world.get(&format!("{KEYS}/{id}")).await.status, 404);
    assert_eq!(delete(&world, &world.keys.admin, &id).await.status, 404);
    assert_eq!(put(&world, &world.keys.admin, &id, &body("a", Role::Admin)).await.status, 404);
    let names = world.get(&format!("{KEYS}?query=shop")).await.json();
    assert_eq!(names["totalCount"], 0);
}

#[tokio::test]
async fn every_key_may_see_itself_and_only_admins_others() {
    let world = World::new().await;
    let (viewer, secret) = made(&world, "viewer", Role::Viewer).await;
    let see = async |by: &str, id: &str| world.call(ask("GET", &format!("{KEYS}/{id}")).key(by)).await;
    let own = see(&secret, &viewer).await.expect(200).json();
    assert_eq!(own, json!({ "id": viewer, "name": "viewer", "roleId": Role::Viewer.id().to_string() }));
    let admin = world.keys.admin_id.to_string();
    // Whether there is such a key, it does not learn.
    for id in [admin.as_str(), "01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(see(&secret, id).await.expect(403).code(), "forbidden");
    }
    assert_eq!(see(&world.keys.admin, &viewer).await.json(), own);
    // A key can change nothing about itself.
    assert_eq!(put(&world, &secret, &viewer, &body("viewer", Role::Admin)).await.status, 403);
    assert_eq!(delete(&world, &secret, &viewer).await.status, 403);
}

#[tokio::test]
async fn the_last_admin_key_stays() {
    let world = World::new().await;
    let (first, admin) = (world.keys.admin_id.to_string(), &world.keys.admin);
    let refused = async |answer: Answer| assert_eq!(answer.expect(409).code(), "last_admin_key");
    refused(delete(&world, admin, &first).await).await;
    refused(put(&world, admin, &first, &body("admin", Role::Editor)).await).await;
    put(&world, admin, &first, &body("renamed", Role::Admin)).await.expect(200);
    assert_eq!(may(&world, admin).await, [200; 3]);

    // One that opens nothing any more, or only elsewhere, is no other admin.
    let (second, _) = made(&world, "second", Role::Admin).await;
    revoke_key(&world.app, second.parse().unwrap()).await.unwrap();
    create_key(&world.app, world.keys.others, "elsewhere", Role::Admin).await.unwrap();
    refused(delete(&world, admin, &first).await).await;

    let (third, other) = made(&world, "third", Role::Admin).await;
    delete(&world, admin, &first).await.expect(200);
    assert_eq!(may(&world, admin).await, [401; 3], "an admin may take itself away");
    refused(delete(&world, &other, &third).await).await;
}

#[tokio::test]
async fn of_two_admins_who_take_each_other_away_one_stays() {
    let world = World::new().await;
    let (second, secret) = made(&world, "second", Role::Admin).await;
    let first = world.keys.admin_id.to_string();
    let editor = body("editor", Role::Editor);
    let answers = tokio::join!(
        delete(&world, &world.keys.admin, &second),
        put(&world, &secret, &first, &editor),
        delete(&world, &secret, &first),
    );
    let statuses = [answers.0.status, answers.1.status, answers.2.status];
    assert!(statuses.iter().all(|status| [200, 401, 403, 404, 409].contains(status)), "{statuses:?}");
    let (one, other) = (may(&world, &world.keys.admin).await, may(&world, &secret).await);
    assert_eq!([one, other].iter().filter(|may| may[2] == 200).count(), 1, "{one:?} {other:?} {statuses:?}");
}

#[tokio::test]
async fn whoever_lost_the_right_a_moment_ago_does_not_use_it() {
    let world = World::new().await;
    let made = create_key(&world.app, world.keys.organization, "was", Role::Admin).await.unwrap();
    // As it was when its request came in.
    let was = Caller { key: made.key.id, organization: world.keys.organization, role: Role::Admin };
    let id = made.key.id.to_string();
    put(&world, &world.keys.admin, &id, &body("is", Role::Editor)).await.expect(200);
    let kinds = async || {
        let (viewer, admin) = (("a", Role::Viewer), ("a", Role::Admin));
        [
            add_key(&world.app, &was, viewer, Once::unrepeated()).await.unwrap_err().kind(),
            change_key(&world.app, &was, was.key, admin).await.unwrap_err().kind(),
            remove_key(&world.app, &was, world.keys.admin_id).await.unwrap_err().kind(),
        ]
    };
    assert_eq!(kinds().await, [Kind::Forbidden; 3]);
    delete(&world, &world.keys.admin, &id).await.expect(200);
    assert_eq!(kinds().await, [Kind::Unauthenticated; 3]);
    assert_eq!(world.get(&format!("{KEYS}?query=a")).await.json()["totalCount"], 1, "only the admin");
}

#[tokio::test]
async fn a_key_of_several_organizations_is_taken_from_one_and_stays_in_the_others() {
    let world = World::new().await;
    let (id, secret) = made(&world, "template", Role::Viewer).await;
    // Two organizations share a key only where the operator says so.
    let template: KeyId = id.parse().unwrap();
    let mut tx = world.store.begin().await.unwrap();
    let key = tx.key(template).await.unwrap().unwrap();
    let (own, others) = (world.keys.organization, world.keys.others);
    let grants =
        vec![Grant { organization: own, role: Role::Editor }, Grant { organization: others, role: Role::Admin }];
    tx.update_key(&ApiKey { grants, ..key }).await.unwrap();
    tx.commit().await.unwrap();
    let list = |tenant: String| world.call(ask("GET", KEYS).key(&secret).header("x-tenant-id", &tenant));
    assert_eq!((list(own.to_string()).await.status, list(others.to_string()).await.status), (403, 200));

    let admin = &world.keys.admin;
    let refused = put(&world, admin, &id, &body("mine", Role::Editor)).await.expect(409);
    assert_eq!(refused.code(), "key_shared");
    put(&world, admin, &id, &body("template", Role::Viewer)).await.expect(200);
    assert_eq!(list(others.to_string()).await.status, 200, "what it is elsewhere stays");
    delete(&world, admin, &id).await.expect(200);
    assert_eq!((list(own.to_string()).await.status, list(others.to_string()).await.status), (404, 200));
    delete(&world, &world.keys.stranger, &id).await.expect(200);
    assert_eq!(list(others.to_string()).await.status, 401);
    let kept = world.store.read().await.unwrap().key(template).await.unwrap().unwrap();
    assert!(matches!(kept.state, KeyState::Revoked { .. }), "{kept:?}");
}

#[tokio::test]
async fn wrong_fields_are_named_with_what_is_allowed() {
    let world = World::new().await;
    let long = "x".repeat(201);
    let viewer = Role::Viewer.id().to_string();
    let id = world.keys.admin_id.to_string();
    let table = [
        (json!({ "name": "", "roleId": viewer }), "name", "1 to 200"),
        (json!({ "name": "  ", "roleId": viewer }), "name", "1 to 200"),
        (json!({ "name": long, "roleId": viewer }), "name", "1 to 200"),
        (json!({ "name": 1, "roleId": viewer }), "name", "expected a string"),
        (json!({ "roleId": viewer }), "name", "Missing"),
        (json!({ "name": "a" }), "roleId", "Missing"),
        (json!({ "name": "a", "roleId": "viewer" }), "roleId", &viewer),
        (json!({ "name": "a", "roleId": "01890a5d-ac96-774b-bcce-b302099a8057" }), "roleId", "(Viewer)"),
        (json!({ "name": "a", "roleId": null }), "roleId", "expected a string"),
    ];
    for (wrong, field, words) in &table {
        for answer in [world.post(KEYS, wrong).await, put(&world, &world.keys.admin, &id, wrong).await] {
            let answer = answer.expect(400);
            assert_eq!(answer.code(), "invalid_field", "{wrong}");
            let message = answer.message();
            assert!(message.starts_with(&format!("`{field}`: ")) && message.contains(words), "{wrong}: {message}");
        }
    }
    // Letter case of an id means nothing, and a name is kept as it is.
    let name = "x".repeat(200);
    let body = json!({ "name": name, "roleId": viewer.to_uppercase() });
    for (field, value) in [("value", "mine"), ("id", id.as_str())] {
        let mut beyond = body.clone();
        beyond[field] = value.into();
        let answer = world.post(KEYS, &beyond).await.expect(400);
        assert!(answer.message().starts_with(&format!("`{field}`: ")), "{}", answer.message());
    }
    let key = world.post(KEYS, &body).await.expect(200).json();
    assert_eq!((key["name"].as_str(), key["roleId"].as_str()), (Some(name.as_str()), Some(viewer.as_str())));
}

#[tokio::test]
async fn keys_are_found_sorted_and_paged_by_parameters_in_any_case() {
    let world = World::new().await;
    for (name, role) in [("beta 100%", Role::Viewer), ("Alpha", Role::Editor), ("gamma", Role::Admin)] {
        world.clock.forward(Duration::from_secs(1));
        made(&world, name, role).await;
    }
    let table = [
        ("", "gamma,Alpha,beta 100%,viewer,editor,admin"),
        ("Sort=Name", "Alpha,admin,beta 100%,editor,gamma,viewer"),
        ("sort=name&desc=true", "viewer,gamma,editor,beta 100%,admin,Alpha"),
        ("SORT=CREATEDAT&Limit=3", "admin,editor,viewer"),
        ("Sort=createdAt&Limit=3&Page=2", "beta 100%,Alpha,gamma"),
        ("Sort=Id&Desc=True&Limit=2", "gamma,Alpha"),
        ("Sort=RoleName", "admin,gamma,editor,Alpha,viewer,beta 100%"),
        ("Sort=roleId&Desc=true&Limit=2", "beta 100%,viewer"),
        ("Query=A&Sort=Name", "Alpha,admin,beta 100%,gamma"),
        ("Query=100%25", "beta 100%"),
        ("query=nothing", ""),
        ("Page=9", ""),
    ];
    for (query, names) in table {
        let page = world.get(&format!("{KEYS}?{}", query.replace("True", "true"))).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        let found: Vec<_> = items.iter().map(|item| text(&item["name"])).collect();
        assert_eq!(found.join(","), names, "{query}");
        let role = items.first().map(|item| (text(&item["roleName"]), text(&item["roleId"])));
        if let Some((name, id)) = role {
            let known = Role::from_id(id.parse().unwrap()).unwrap().name();
            assert!(name.eq_ignore_ascii_case(known), "{name} {id}");
        }
    }
    for wrong in ["Limit=0", "Limit=1001", "Page=0", "Page=x", "Sort=value", "Sort=hash", "Desc=perhaps"] {
        assert_eq!(world.get(&format!("{KEYS}?{wrong}")).await.expect(400).code(), "invalid_field", "{wrong}");
    }
}

#[tokio::test]
async fn a_tenant_asks_for_itself() {
    let world = World::new().await;
    let status = |id: &str| format!("/core/v1/settings/tenant/{id}/status");
    let own = status(&world.keys.organization.to_string());
    let answer = world.call(ask("GET", &own).key(&world.keys.viewer)).await.expect(200).json();
    assert_eq!(answer, json!({ "status": "Active", "message": "Tenant default is active and running." }));
    let others = world.keys.others.to_string();
    for id in [others.as_str(), "x", "default", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(world.get(&status(id)).await.expect(404).code(), "not_found", "{id}");
    }
}
