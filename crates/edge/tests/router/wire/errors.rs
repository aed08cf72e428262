//! The errors of the table in `docs/errors.md`.

use crate::film::{Script, film};
use crate::world::{Answer, World, ask};
use bytes::Bytes;
use core::time::Duration;
use futures_util::future::select;
use futures_util::{StreamExt as _, stream};
use insta::assert_snapshot;
use kinora_app::access::{create_key, revoke_key};
use kinora_app::port::{Blobs as _, Store as _};
use kinora_domain::access::{Grant, Role};
use kinora_edge::Rate;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;
use std::pin::pin;

type Errors = Vec<(&'static str, Answer)>;

/// Errors of what a body or a path says.
async fn of_requests(world: &World) -> Errors {
    let start = |body: Value| async move { world.post("/vod/v1/files/start", &body).await };
    let raw = |body: &'static str| world.call(ask("POST", "/vod/v1/files/start").key(&world.keys.admin).body(body));
    let text = ask("POST", "/vod/v1/files/start").key(&world.keys.admin).header("content-type", "text/plain");
    vec![
        ("a field is missing", start(json!({ "name": "a", "fileSize": 1 })).await),
        ("a field has another type", start(json!({ "name": "a", "friendlyName": "a", "fileSize": "1" })).await),
        ("an empty file", start(json!({ "name": "a", "friendlyName": "a", "fileSize": 0 })).await),
        ("a negative size", start(json!({ "name": "a", "friendlyName": "a", "fileSize": -1 })).await),
        ("an empty name", start(json!({ "name": "", "friendlyName": "a", "fileSize": 1 })).await),
        (
            "a name that is too long",
            start(json!({ "name": "a".repeat(1_025), "friendlyName": "a", "fileSize": 1 })).await,
        ),
        (
            "metadata that is no object",
            start(json!({ "name": "a", "friendlyName": "a", "fileSize": 1, "metadata": [] })).await,
        ),
        (
            "metadata that is too large",
            start(json!({ "name": "a", "friendlyName": "a", "fileSize": 1, "metadata": { "a": "a".repeat(70_000) } }))
                .await,
        ),
        ("a file that is too large", start(json!({ "name": "a", "friendlyName": "a", "fileSize": i64::MAX })).await),
        ("no JSON", raw("name=a").await),
        ("half of JSON", raw("{\"name\":").await),
        ("no body", raw("").await),
        ("another content type", world.call(text.body("{}")).await),
        (
            "a body that is too large",
            world.call(ask("POST", "/vod/v1/files/start").key(&world.keys.admin).body(vec![b' '; 10_000_000])).await,
        ),
        ("a parameter that is no number", world.get("/vod/v1/files?limit=many").await),
        ("no such path", world.get("/vod/v1/nothing").await),
        ("no such method", world.call(ask("PUT", "/vod/v1/files").key(&world.keys.admin)).await),
    ]
}

/// Errors of who asks.
async fn of_callers(world: &World) -> Errors {
    let revoked = World::new().await;
    revoke_key(&revoked.app, revoked.keys.admin_id).await.unwrap();
    let by = |key: &str| {
        ask("POST", "/vod/v1/files/start").key(key).json(&json!({ "name": "a", "friendlyName": "a", "fileSize": 1 }))
    };
    let tenant =
        ask("GET", "/vod/v1/files").key(&world.keys.admin).header("x-tenant-id", &world.keys.others.to_string());
    vec![
        ("no key", world.fetch("/vod/v1/files").await),
        ("a wrong key", world.call(by(&"k".repeat(40))).await),
        ("a text that is no key", world.call(by("short")).await),
        ("a revoked key", revoked.get("/vod/v1/files").await),
        ("a role that may not", world.call(by(&world.keys.viewer)).await),
        ("an organization of others", world.call(tenant).await),
        ("no such file", world.get("/vod/v1/files/01890a5d-ac96-774b-bcce-b302099a8057").await),
        ("no such asset", world.get("/vod/v1/assets/01890a5d-ac96-774b-bcce-b302099a8057").await),
    ]
}

/// Errors of whoever asks too often.
async fn of_limits() -> Errors {
    let world = World::new().await.limited(Rate { per_second: 1, burst: 1 });
    world.get("/vod/v1/files").await.expect(200);
    let wrong = || ask("GET", "/vod/v1/files").key(&"k".repeat(40)).from("198.51.100.7");
    let mut refused = world.call(wrong()).await;
    while refused.status == 401 {
        refused = world.call(wrong()).await;
    }
    vec![("a key that asks too often", world.get("/vod/v1/files").await), ("an address with wrong keys", refused)]
}

/// Errors of keys, and of requests that come again.
async fn of_keys(world: &World) -> Errors {
    let own = format!("/core/v1/api-key/{}", world.keys.admin_id);
    let role = |name: &str, role: &str| json!({ "name": name, "roleId": role });
    let (editor, viewer) = (Role::Editor.id().to_string(), Role::Viewer.id().to_string());
    let demote = ask("PUT", &own).key(&world.keys.admin).json(&role("admin", &editor));
    let shared = share_key(world).await;
    let rename = ask("PUT", &shared).key(&world.keys.admin).json(&role("mine", &viewer));
    let start = |word: &str, name: &str| {
        let body = json!({ "name": name, "friendlyName": "a", "fileSize": 1 });
        world
            .call(ask("POST", "/vod/v1/files/start").key(&world.keys.admin).header("idempotency-key", word).json(&body))
    };
    start("a", "one").await.expect(200);
    let writer = world.store.begin().await.unwrap();
    let under_way = {
        let (first, second) = (pin!(start("b", "b")), pin!(start("b", "b")));
        select(first, second).await.factor_first().0
    };
    drop(writer);
    vec![
        ("a role that is none", world.post("/core/v1/api-key", &role("a", "editor")).await),
        ("a key without a name", world.post("/core/v1/api-key", &role("", &viewer)).await),
        ("no such key", world.get("/core/v1/api-key/01890a5d-ac96-774b-bcce-b302099a8057").await),
        ("the last admin key is deleted", world.delete(&own).await),
        ("the last admin key is demoted", world.call(demote).await),
        ("a key of others too is renamed", world.call(rename).await),
        ("an idempotency key that is none", start("two words", "a").await),
        ("an idempotency key of another request", start("a", "two").await),
        ("a request that is being served", under_way),
    ]
}

/// The path of a new key that acts for both organizations.
async fn share_key(world: &World) -> String {
    let made = create_key(&world.app, world.keys.organization, "shared", Role::Viewer).await.unwrap();
    let mut key = made.key;
    key.grants.push(Grant { organization: world.keys.others, role: Role::Viewer });
    let mut tx = world.store.begin().await.unwrap();
    tx.update_key(&key).await.unwrap();
    tx.commit().await.unwrap();
    format!("/core/v1/api-key/{}", key.id)
}

/// Errors of parts and of what they make together.
async fn of_uploads(world: &World) -> Errors {
    let mut errors = Vec::new();
    let open = world.start("open.mp4", 10).await;
    let url = &open.urls[0];
    errors.push(("a part that is too short", world.put(url, b"short").await));
    errors.push(("a part that is too long", world.put(url, b"eleven byte").await));
    let announced = ask("PUT", url).header("content-length", "11").body(vec![0; 11]);
    errors.push(("a part announced too long", world.call(announced).await));
    let broken = stream::iter([Ok(Bytes::from_static(b"five.")), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let broken = ask("PUT", url).body(axum::body::Body::from_stream(broken));
    errors.push(("a part whose connection broke", world.call(broken).await));
    errors.push(("a part that is overtaken", overtaken(world, url).await));
    errors.push(("a forged link", world.put(&url.replace("expires=1", "expires=2"), b"0123456789").await));
    errors.push(("a link of nobody", world.put("/upload/x/1", b"").await));
    errors.push(("no such part", world.get(&format!("/vod/v1/files/{}/part/2", open.file)).await));
    errors.push(("a part that is no number", world.get(&format!("/vod/v1/files/{}/part/one", open.file)).await));
    errors.push(("a part that is not listed", world.complete(&open.file, &json!([])).await));
    let wrong = json!([{ "partNumber": 1, "eTag": "wrong" }]);
    errors.push(("a wrong ETag", world.complete(&open.file, &wrong).await));
    let detect = format!("/vod/v1/files/{}/detect", open.file);
    errors.push(("tracks of an open upload", world.post(&detect, &Value::Null).await));

    let (file, parts) = world.send("notes.mp4", b"These are notes, and no film.\n").await;
    errors.push(("text", world.complete(&file, &parts).await));
    errors.push(("text once more", world.complete(&file, &parts).await));
    errors.push(("tracks of a failed upload", world.post(&format!("/vod/v1/files/{file}/detect"), &Value::Null).await));
    errors.push(("an asset of a failed upload", create(world, json!([{ "fileId": file }]), "mp4").await));
    for (what, name, bytes) in [
        ("a playlist", "list.mp4", b"#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n".to_vec()),
        ("text that is called captions", "diary.srt", b"Dear diary\n".to_vec()),
        ("captions with a mistake", "film.vtt", b"WEBVTT\n\n00:01.000 --> soon\nHi\n".to_vec()),
        ("zeros", "zeros.mp4", vec![0; 5_000]),
        ("half of a film", "half.mp4", film(&Script::default()).bytes[..40_000].to_vec()),
    ] {
        let (file, parts) = world.send(name, &bytes).await;
        errors.push((what, world.complete(&file, &parts).await));
    }

    let late = world.start("late.mp4", 10).await;
    world.clock.forward(Duration::from_secs(24 * 3_600 + 1));
    errors.push(("a link after its day", world.put(&late.urls[0], b"0123456789").await));
    errors
}

/// What the older of two requests for a part is told.
async fn overtaken(world: &World, url: &str) -> Answer {
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let first = async move {
        // Read from once the request has the part.
        begun.send(()).unwrap();
        Ok::<_, io::Error>(Bytes::from_static(b"five."))
    };
    let never_ends = stream::once(first).chain(stream::pending());
    let older = world.call(ask("PUT", url).body(axum::body::Body::from_stream(never_ends)));
    let newer = async {
        has_begun.await.unwrap();
        world.put(url, b"0123456789").await.expect(200)
    };
    tokio::join!(older, newer).0
}

async fn create(world: &World, sources: Value, preset: &str) -> Answer {
    world.post("/vod/v1/assets", &json!({ "transcodedSources": sources, "preset": preset })).await
}

/// Errors of assets.
async fn of_assets(world: &World) -> Errors {
    let open = world.start("open.mp4", 10).await.file;
    let (file, _) = world.film().await;
    let track = json!([{ "trackSelector": { "trackId": "audio_2" }, "type": "Audio" }]);
    let asset = world.asset(&file, "Film").await;
    let path = &format!("/vod/v1/assets/{asset}");
    let change = |body: Value| async move { world.patch(path, &body).await };
    let asset = &asset;
    let output = |body: Value| async move { world.output(asset, &body).await };
    output(json!({ "preset": "mp4", "id": "taken" })).await.expect(200);
    let gone = world.upload("gone.mp4", &film(&Script::default()).bytes).await;
    let orphan = world.asset(&gone, "Orphan").await;
    let mut tx = world.store.begin().await.unwrap();
    tx.delete_file(gone.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let copy = json!({ "accessType": "Http", "format": "HLS", "protection": "None", "url": "ftp://copies.example" });
    let absent = world.delete(&format!("/vod/v1/assets/{asset}/outputs/absent")).await;
    vec![
        ("a title that is too long", change(json!({ "title": "t".repeat(1_025) })).await),
        ("metadata that becomes too large", change(json!({ "metadata": { "a": "a".repeat(70_000) } })).await),
        ("an empty tag", change(json!({ "tags": ["a", " "] })).await),
        ("an attribute without an equals sign", change(json!({ "attributes": ["category"] })).await),
        ("a filter that is no attribute", world.get("/vod/v1/assets?attributes=category").await),
        ("no list of ids", world.post("/vod/v1/assets/deletemany", &json!({})).await),
        ("too many ids", world.post("/vod/v1/assets/deletemany", &json!(vec!["x"; 1_001])).await),
        ("an output's id that is none", output(json!({ "preset": "mp4", "id": "a b" })).await),
        ("an output's id that is taken", output(json!({ "preset": "mp4", "id": "taken" })).await),
        ("a moment that is past", output(json!({ "preset": "mp4", "expirationDate": "2020-01-01T00:00:00Z" })).await),
        ("a text that is no moment", output(json!({ "preset": "mp4", "expirationDate": "tomorrow" })).await),
        ("a copy that is no URL", output(json!({ "preset": "mp4", "harvestedEndpointInfos": [copy] })).await),
        ("an output of files that are gone", world.output(&orphan, &json!({ "preset": "mp4" })).await),
        ("no such output", absent),
        ("a preset that is none", create(world, json!([{ "fileId": file }]), "mp3").await),
        ("no sources", create(world, json!([]), "mp4").await),
        ("flags that are none", create(world, json!([{ "fileId": file, "fileTypesFlag": "Smell" }]), "mp4").await),
        (
            "a track that is not there",
            create(world, json!([{ "fileId": file, "transcodingTracks": track }]), "mp4").await,
        ),
        ("a source that is not there", create(world, json!([{ "fileId": file }, { "fileId": "x" }]), "mp4").await),
        ("a source that is uploading", create(world, json!([{ "fileId": file }, { "fileId": open }]), "mp4").await),
    ]
}

/// Errors that are ours.
async fn of_the_server() -> Errors {
    let mut errors = Vec::new();
    let full = World::with_reserve(u64::MAX).await;
    let body = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    errors.push(("a full disk", full.post("/vod/v1/files/start", &body).await));

    let world = World::new().await;
    let matroska = world.upload("film.mkv", b"\x1a\x45\xdf\xa3 matroska, from its first bytes on").await;
    let detect = format!("/vod/v1/files/{matroska}/detect");
    errors.push(("the prober is missing", world.post(&detect, &Value::Null).await));
    let (file, parts) = world.send("film.mp4", &film(&Script::default()).bytes).await;
    for object in world.blobs.list().await.unwrap() {
        world.blobs.delete(object).await.unwrap();
    }
    errors.push(("stored bytes are gone", world.complete(&file, &parts).await));
    world.store.close().await.unwrap();
    errors.push(("the database is away", world.get("/vod/v1/files").await));
    errors
}

async fn all() -> Errors {
    let world = World::new().await;
    let mut all = of_requests(&world).await;
    all.extend(of_callers(&world).await);
    all.extend(of_keys(&world).await);
    all.extend(of_limits().await);
    all.extend(of_assets(&world).await);
    all.extend(of_uploads(&world).await);
    all.extend(of_the_server().await);
    all
}

/// The word and the sentence of an error. Only links speak plain text: who holds one knows no dialect.
fn sentence(answer: &Answer) -> String {
    if answer.header("content-type") == Some("text/plain; charset=utf-8") {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        return format!("(plain) {}", answer.text().trim_end());
    }
    let body = answer.json();
    assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
    format!("{}: {}", answer.code(), answer.message())
}

#[tokio::test]
async fn every_error_says_what_is_wrong() {
    let shown: Vec<_> = all()
        .await
        .into_iter()
        .map(|(what, answer)| {
            let asides = ["www-authenticate", "retry-after", "allow"];
            let asides = asides.iter().filter_map(|name| Some(format!("{name}: {}\n", answer.header(name)?)));
            format!("# {what}\n{}\n{}{}\n", answer.status, asides.collect::<String>(), sentence(&answer))
        })
        .collect();
    assert_snapshot!("errors", shown.join("\n"));
}

#[tokio::test]
async fn the_statuses_of_errors_are_those_of_their_table() {
    let table = include_str!("../../../../../docs/errors.md");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    let written: BTreeSet<u16> = rows.collect();
    let real = all().await.iter().map(|(_, answer)| answer.status).collect();
    assert_eq!(written, real);
}
