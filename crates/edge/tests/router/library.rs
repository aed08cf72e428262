//! Changes to assets, and the end of many.

use crate::film::{Script, film};
use crate::world::{World, ask, text};
use core::time::Duration;
use serde_json::{Value, json};

async fn films<const COUNT: usize>(world: &World) -> [String; COUNT] {
    let file = world.upload("harbor.mp4", &film(&Script { seconds: 1, ..Script::default() }).bytes).await;
    let mut ids = Vec::new();
    for _ in 0..COUNT {
        ids.push(world.asset(&file, "Harbor").await);
        world.clock.forward(Duration::from_secs(1));
    }
    ids.try_into().unwrap()
}

fn path(asset: &str) -> String {
    format!("/vod/v1/assets/{asset}")
}

#[tokio::test]
async fn a_change_merges_metadata_and_replaces_lists() {
    let world = World::new().await;
    let [asset] = films(&world).await;
    let path = path(&asset);
    let of = |answer: &Value| ["title", "metadata", "tags", "attributes"].map(|field| answer[field].clone());
    let mut before = world.get(&path).await.json()["lastModificationDate"].clone();
    for (change, expected) in [
        (
            json!({ "metadata": { "a": { "b": 1, "c": 2 }, "d": [1] }, "tags": ["b", " a ", "b"] }),
            json!(["Harbor", { "a": { "b": 1, "c": 2 }, "d": [1] }, ["b", "a"], []]),
        ),
        (
            json!({ "metadata": { "a": { "b": null, "e": 3 } }, "attributes": ["k=1", "k=a=b", "k=1"] }),
            json!(["Harbor", { "a": { "c": 2, "e": 3 }, "d": [1] }, ["b", "a"], ["k=1", "k=a=b"]]),
        ),
        (
            json!({ "title": "Quay" }),
            json!(["Quay", { "a": { "c": 2, "e": 3 }, "d": [1] }, ["b", "a"], ["k=1", "k=a=b"]]),
        ),
        (json!({ "tags": [], "metadata": { "a": null, "d": null } }), json!(["Quay", {}, [], ["k=1", "k=a=b"]])),
    ] {
        world.clock.forward(Duration::from_secs(1));
        let answer = world.patch(&path, &change).await.expect(200).json();
        assert_eq!(json!(of(&answer)), expected, "{change}");
        assert_ne!(answer["lastModificationDate"], before, "{change}");
        before = answer["lastModificationDate"].clone();
    }
    let detail = world.get(&path).await.json();
    assert_eq!((&detail["title"], &detail["lastModificationDate"]), (&json!("Quay"), &before));
    world.clock.forward(Duration::from_secs(1));
    for nothing in [json!({}), json!({ "title": null, "metadata": null, "tags": null, "attributes": null })] {
        let answer = world.patch(&path, &nothing).await.expect(200).json();
        assert_eq!(answer["lastModificationDate"], before, "{nothing}");
    }
    world.call(ask("PATCH", &path).key(&world.keys.admin)).await.expect(200);
}

#[tokio::test]
async fn a_change_that_is_wrong_changes_nothing() {
    let world = World::new().await;
    let [asset] = films(&world).await;
    let path = path(&asset);
    let kept = json!({ "metadata": { "a": "a".repeat(40_000) }, "tags": ["sea"] });
    let kept = world.patch(&path, &kept).await.expect(200).json();
    let many: Vec<_> = (0..101).map(|number| number.to_string()).collect();
    for (change, field) in [
        (json!({ "title": "t".repeat(1_025) }), "title"),
        (json!({ "title": "New", "metadata": { "b": "b".repeat(40_000) } }), "metadata"),
        (json!({ "metadata": [] }), "metadata"),
        (json!({ "metadata": "text" }), "metadata"),
        (json!({ "title": "New", "tags": ["a", ""] }), "tags[1]"),
        (json!({ "title": "New", "tags": many }), "tags"),
        (json!({ "tags": "a" }), "tags"),
        (json!({ "tags": [1] }), "tags[0]"),
        (json!({ "title": "New", "attributes": ["a=1", "b"] }), "attributes[1]"),
        (json!({ "attributes": ["=b"] }), "attributes[0]"),
        (json!({ "title": 1 }), "title"),
    ] {
        let answer = world.patch(&path, &change).await.expect(400);
        assert!(answer.message().starts_with(&format!("`{field}`: ")), "{change}: {}", answer.message());
    }
    assert_eq!(world.patch(&path, &json!({})).await.expect(200).json(), kept);
}

#[tokio::test]
async fn labels_find_their_assets() {
    let world = World::new().await;
    let [one, two, three] = films(&world).await;
    for (asset, tags, attributes) in [
        (&one, json!(["sea", "boats"]), json!(["category=news", "year=2026"])),
        (&two, json!(["sea", "Sea"]), json!(["category=sports=ice"])),
        (&three, json!([]), json!(["category=news"])),
    ] {
        world.patch(&path(asset), &json!({ "tags": tags, "attributes": attributes })).await.expect(200);
    }
    let found = |query: &'static str| {
        let world = &world;
        async move {
            let page = world.get(&format!("/vod/v1/assets?sort=createDate&{query}")).await.expect(200).json();
            page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect::<Vec<_>>()
        }
    };
    for (query, expected) in [
        ("tags=sea", &[&one, &two][..]),
        ("tags=sea,boats", &[&one]),
        ("tags=sea&tags=Sea", &[&two]),
        ("tags=SEA", &[]),
        ("tags=se", &[]),
        ("attributes=category=news", &[&one, &three]),
        ("attributes=category%3Dnews&attributes=year%3D2026", &[&one]),
        ("attributes=category=sports=ice", &[&two]),
        ("attributes=category=", &[]),
        ("attributes=category=news&tags=sea", &[&one]),
        ("tags=", &[&one, &two, &three]),
    ] {
        assert_eq!(found(query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    world.patch(&path(&one), &json!({ "tags": ["boats"] })).await.expect(200);
    assert_eq!(found("tags=sea").await, std::slice::from_ref(&two));
    world.delete(&path(&two)).await.expect(200);
    assert_eq!(found("tags=sea").await, Vec::<String>::new());
    let theirs = ask("GET", "/vod/v1/assets?tags=boats").key(&world.keys.stranger);
    assert_eq!(world.call(theirs).await.expect(200).json()["totalCount"], 0);
    for query in ["tags=%20,a&tags=", "attributes=a", "attributes=%3Da"] {
        let answer = world.get(&format!("/vod/v1/assets?{query}")).await;
        let (parameter, _) = query.split_once('=').unwrap();
        let wrong = parameter == "attributes";
        assert_eq!(answer.status, if wrong { 400 } else { 200 }, "{query}");
        assert!(!wrong || answer.message().starts_with("`attributes`: "), "{query}");
    }
    let many: Vec<_> = (0..200).map(|number| format!("tags={number}")).collect();
    world.get(&format!("/vod/v1/assets?{}", many.join("&"))).await.expect(400);
}

#[tokio::test]
async fn many_are_deleted_and_each_is_answered_for() {
    let world = World::new().await;
    let [one, two, stays] = films(&world).await;
    let upper = two.to_uppercase();
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    let body = json!([one, two, one, upper, unknown, "x", "", "../.."]);
    let answer = world.post("/vod/v1/assets/deletemany", &body).await.expect(200).json();
    let done = json!({ "status": { "code": "success", "status": 200 }, "success": true });
    let absent = json!({
        "status": { "code": "not_found", "status": 404, "message": "There is no such asset." },
        "success": false,
    });
    let expected = json!({
        one.clone(): done, two.clone(): done, upper: done, unknown: absent, "x": absent, "": absent, "../..": absent,
    });
    assert_eq!(answer, expected);
    let again = world.post("/vod/v1/assets/deletemany", &json!([one])).await.expect(200).json();
    assert_eq!(again[&one], absent);
    assert_eq!(world.get("/vod/v1/assets").await.json()["items"][0]["id"], json!(stays));
    world.fetch(&format!("/play/{stays}/original.mp4")).await.expect(200);
    world.fetch(&format!("/play/{one}/original.mp4")).await.expect(404);
    assert_eq!(world.post("/vod/v1/assets/deletemany", &json!([])).await.expect(200).json(), json!({}));
    let many: Vec<_> = (0..1_001).map(|number| number.to_string()).collect();
    for (body, field) in
        [(json!(many), "`body`: "), (json!([1]), "`[0]`: "), (json!({}), "The body"), (json!(null), "")]
    {
        let answer = world.post("/vod/v1/assets/deletemany", &body).await.expect(400);
        assert!(answer.message().starts_with(field), "{}", answer.message());
    }
    world.call(ask("GET", "/vod/v1/assets/deletemany").key(&world.keys.admin)).await.expect(405);
}

#[tokio::test]
async fn a_change_and_a_deletion_at_the_same_time_leave_a_deleted_asset() {
    let world = World::new().await;
    for [asset] in [films::<1>(&world).await, films::<1>(&world).await] {
        let path = path(&asset);
        let change = json!({ "tags": ["late"] });
        let changes = async { tokio::join!(world.patch(&path, &change), world.patch(&path, &change)) };
        let (deleted, (one, other)) = tokio::join!(world.delete(&path), changes);
        deleted.expect(200);
        for changed in [one, other] {
            assert!(matches!(changed.status, 200 | 404), "{}", changed.shown());
        }
        world.get(&path).await.expect(404);
        world.patch(&path, &change).await.expect(404);
        assert_eq!(world.get("/vod/v1/assets?tags=late").await.json()["totalCount"], 0);
    }
}
