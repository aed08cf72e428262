//! Things of another organization are things that do not exist.

use super::{Subject, UNKNOWN};
use crate::contract::openapi::Document;
use crate::world::{World, ask};
use serde_json::json;

/// Operations that name nothing, or nothing in their path or body, and those that answer about many things.
const NAMELESS: [&str; 10] = [
    "POST /vod/v1/files/start",
    "GET /vod/v1/files",
    "POST /vod/v1/files/deletemany",
    "GET /vod/v1/filetypes",
    "GET /vod/v1/languages",
    "GET /transcoder/v1/presets",
    "GET /vod/v1/assets",
    "POST /vod/v1/assets/deletemany",
    "GET /core/v1/api-key",
    "POST /core/v1/api-key",
];

#[tokio::test]
async fn a_strangers_answer_is_that_of_an_unknown_id() {
    let world = World::new().await;
    let subject = Subject::fresh(&world).await;
    let unknown = Subject::unknown(&subject);
    for operation in Document::load().operations() {
        if NAMELESS.contains(&operation.as_str()) {
            continue;
        }
        let by = |subject: &Subject, key: &str| world.call(subject.ask(&operation).key(key));
        let foreign = by(&subject, &world.keys.stranger).await.without_request_id();
        let absent = by(&unknown, &world.keys.stranger).await.without_request_id();
        let own = by(&unknown, &world.keys.admin).await.without_request_id();
        assert_eq!(foreign.status, 404, "{operation}: {}", foreign.shown());
        assert_eq!(foreign, absent, "{operation}");
        assert_eq!(foreign, own, "{operation}, asked by an owner of other things");
    }
}

#[tokio::test]
async fn lists_show_a_stranger_nothing() {
    let world = World::new().await;
    let Subject { uploading, completed, asset, .. } = Subject::fresh(&world).await;
    for (foreign, absent) in [
        ("/vod/v1/files".to_owned(), "/vod/v1/files?status=Error".to_owned()),
        (format!("/vod/v1/files?ids={uploading},{completed}"), format!("/vod/v1/files?ids={UNKNOWN}")),
        ("/vod/v1/files?query=film".to_owned(), "/vod/v1/files?query=nothing".to_owned()),
        (format!("/vod/v1/assets?ids={asset}"), format!("/vod/v1/assets?ids={UNKNOWN}")),
        (format!("/vod/v1/assets?fileId={completed}"), format!("/vod/v1/assets?fileId={UNKNOWN}")),
    ] {
        let by = |path: &str| world.call(ask("GET", path).key(&world.keys.stranger));
        let foreign = by(&foreign).await.expect(200).without_request_id();
        assert_eq!(foreign, by(&absent).await.without_request_id());
        assert_eq!(foreign.json()["totalCount"], 0);
    }
}

#[tokio::test]
async fn of_many_things_a_strangers_are_unknown() {
    let world = World::new().await;
    let subject = Subject::fresh(&world).await;
    let ids = json!([subject.asset, UNKNOWN, subject.completed]);
    let ask = ask("POST", "/vod/v1/assets/deletemany").key(&world.keys.stranger).json(&ids);
    let answer = world.call(ask).await.expect(200).json();
    assert_eq!(answer.as_object().unwrap().len(), 3);
    for id in [&subject.asset, UNKNOWN, &subject.completed] {
        assert_eq!(answer[id], answer[UNKNOWN]);
        assert_eq!(answer[id]["status"]["status"], 404);
    }
    world.get(&format!("/vod/v1/assets/{}", subject.asset)).await.expect(200);
}

#[tokio::test]
async fn ids_of_other_things_and_of_deleted_ones_are_unknown() {
    let world = World::new().await;
    let subject = Subject::fresh(&world).await;
    let unknown_file = world.get(&format!("/vod/v1/files/{UNKNOWN}")).await.expect(404).without_request_id();
    let unknown_asset = world.get(&format!("/vod/v1/assets/{UNKNOWN}")).await.expect(404).without_request_id();
    let file = |id: &str| format!("/vod/v1/files/{id}");
    let asset = |id: &str| format!("/vod/v1/assets/{id}");
    let organization = world.keys.organization.to_string();
    for path in
        [file(&subject.asset), file(&organization), file("x"), file("..%2F..%2Fetc%2Fpasswd"), file(&"f".repeat(5_000))]
    {
        assert_eq!(world.get(&path).await.without_request_id(), unknown_file, "{path}");
    }
    world.delete(&asset(&subject.asset)).await.expect(200);
    for path in [asset(&subject.completed), asset(&subject.asset), asset("x"), asset("%00"), asset(UNKNOWN)] {
        assert_eq!(world.get(&path).await.without_request_id(), unknown_asset, "{path}");
        assert_eq!(world.delete(&path).await.without_request_id(), unknown_asset, "{path}");
    }
    let parts = &subject.parts;
    let complete = world.complete(UNKNOWN, parts).await.expect(404).without_request_id();
    assert_eq!(world.complete("x", parts).await.without_request_id(), complete);
    assert_eq!(world.complete(&subject.asset, parts).await.without_request_id(), complete);
}
