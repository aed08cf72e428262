//! Files after their upload: changed, found by labels, looked at, deleted.

use crate::film::{Script, film};
use crate::world::{World, ask, text};
use core::time::Duration;
use serde_json::{Value, json};

async fn files<const COUNT: usize>(world: &World) -> [String; COUNT] {
    let bytes = film(&Script { seconds: 1, ..Script::default() }).bytes;
    let mut ids = Vec::new();
    for number in 0..COUNT {
        ids.push(world.upload(&format!("{number}.mp4"), &bytes).await);
        world.clock.forward(Duration::from_secs(1));
    }
    ids.try_into().unwrap()
}

fn path(file: &str) -> String {
    format!("/vod/v1/files/{file}")
}

#[tokio::test]
async fn a_change_merges_metadata_and_replaces_the_rest() {
    let world = World::new().await;
    let [file] = files(&world).await;
    let path = path(&file);
    let of = |answer: &Value| ["name", "friendlyName", "tags", "attributes"].map(|field| answer[field].clone());
    let mut before = world.get(&path).await.json()["lastModificationDate"].clone();
    for (change, expected, metadata) in [
        (
            json!({ "metadata": { "a": { "b": 1 }, "d": [1] }, "tags": ["b", " a ", "b"] }),
            json!(["0.mp4", "0.mp4", ["b", "a"], []]),
            json!({ "a": { "b": 1 }, "d": [1] }),
        ),
        (
            json!({ "name": "harbor.mov", "metadata": { "a": { "b": null }, "d": null }, "attributes": ["k=1", "k=a=b"] }),
            json!(["harbor.mov", "0.mp4", ["b", "a"], ["k=1", "k=a=b"]]),
            json!({ "a": {} }),
        ),
        (
            json!({ "friendlyName": "Gdańsk", "tags": [], "metadata": { "a": null } }),
            json!(["harbor.mov", "Gdańsk", [], ["k=1", "k=a=b"]]),
            json!({}),
        ),
    ] {
        world.clock.forward(Duration::from_secs(1));
        let answer = world.patch(&path, &change).await.expect(200).json();
        assert_eq!(json!(of(&answer)), expected, "{change}");
        assert_ne!(answer["lastModificationDate"], before, "{change}");
        before = answer["lastModificationDate"].clone();
        assert_eq!(world.get(&path).await.json()["metadata"], metadata, "{change}");
        assert_eq!(world.get("/vod/v1/files").await.json()["items"][0], answer, "{change}");
    }
    let detail = world.get(&path).await.json();
    assert_eq!((&detail["name"], detail["tracks"].as_array().map(Vec::len)), (&json!("harbor.mov"), Some(2)));
    assert_eq!(detail["orginalFileName"], "0.mp4", "the name at first stays");
    world.clock.forward(Duration::from_secs(1));
    for nothing in [json!({}), json!({ "name": null, "friendlyName": null, "metadata": null, "tags": null })] {
        let answer = world.patch(&path, &nothing).await.expect(200).json();
        assert_eq!(answer["lastModificationDate"], before, "{nothing}");
    }
}

#[tokio::test]
async fn a_change_that_is_wrong_changes_nothing() {
    let world = World::new().await;
    let [file] = files(&world).await;
    let path = path(&file);
    let kept = world.patch(&path, &json!({ "tags": ["sea"], "metadata": { "a": 1 } })).await.expect(200).json();
    for (change, field) in [
        (json!({ "name": "n".repeat(1_025) }), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "friendlyName": "f".repeat(1_025), "name": "new" }), "friendlyName"),
        (json!({ "name": "new", "metadata": { "b": "b".repeat(70_000) } }), "metadata"),
        (json!({ "metadata": [] }), "metadata"),
        (json!({ "name": "new", "tags": [""] }), "tags[0]"),
        (json!({ "name": "new", "attributes": ["a"] }), "attributes[0]"),
        (json!({ "name": 1 }), "name"),
    ] {
        let answer = world.patch(&path, &change).await.expect(400);
        assert!(answer.message().starts_with(&format!("`{field}`: ")), "{change}: {}", answer.message());
    }
    assert_eq!(world.patch(&path, &json!({})).await.expect(200).json(), kept);
    assert_eq!(world.get(&path).await.json()["metadata"], json!({ "a": 1 }));
    let long = json!({ "name": "é".repeat(1_024) });
    assert_eq!(world.patch(&path, &long).await.expect(200).json()["name"], long["name"], "characters, not bytes");
}

#[tokio::test]
async fn labels_find_their_files() {
    let world = World::new().await;
    let [one, two, three] = files(&world).await;
    for (file, tags, attributes) in [
        (&one, json!(["sea", "boats"]), json!(["category=news", "year=2026"])),
        (&two, json!(["sea", "Sea"]), json!(["category=sports=ice"])),
        (&three, json!([]), json!(["category=news"])),
    ] {
        world.patch(&path(file), &json!({ "tags": tags, "attributes": attributes })).await.expect(200);
    }
    let found = |query: &'static str| {
        let world = &world;
        async move {
            let page = world.get(&format!("/vod/v1/files?sort=createDate&{query}")).await.expect(200).json();
            page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect::<Vec<_>>()
        }
    };
    for (query, expected) in [
        ("tags=sea", &[&one, &two][..]),
        ("tags=sea,boats", &[&one]),
        ("tags=sea&tags=Sea", &[&two]),
        ("tags=se", &[]),
        ("attributes=category=news", &[&one, &three]),
        ("attributes=category%3Dnews&attributes=year%3D2026", &[&one]),
        ("attributes=category=sports=ice", &[&two]),
        ("attributes=category=news&tags=sea&status=Completed&fileType=Video", &[&one]),
        ("tags=", &[&one, &two, &three]),
    ] {
        assert_eq!(found(query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    world.delete(&path(&two)).await.expect(200);
    assert_eq!(found("tags=sea").await, std::slice::from_ref(&one));
    let theirs = ask("GET", "/vod/v1/files?tags=boats").key(&world.keys.stranger);
    assert_eq!(world.call(theirs).await.expect(200).json()["totalCount"], 0);
    for query in ["attributes=a", "attributes=%3Da"] {
        let answer = world.get(&format!("/vod/v1/files?{query}")).await.expect(400);
        assert!(answer.message().starts_with("`attributes`: "), "{query}: {}", answer.message());
    }
}

#[tokio::test]
async fn a_deleted_file_leaves_its_assets_playing() {
    let world = World::new().await;
    let bytes = film(&Script::default()).bytes;
    let file = world.upload("harbor.mp4", &bytes).await;
    let asset = world.asset(&file, "Harbor").await;
    let before = world.fetch(&format!("/play/{asset}/original.mp4")).await.expect(200).body;
    let shown = |answer: crate::world::Answer| {
        let detail = answer.json();
        ["status", "sources", "endpoints", "durationMilliseconds"].map(|field| detail[field].clone())
    };
    let told = shown(world.get(&format!("/vod/v1/assets/{asset}")).await);
    let answer = world.delete(&path(&file)).await.expect(200).json();
    assert_eq!(answer, json!({ "deletedFileKey": format!("{}/sources/{file}", world.keys.organization) }));
    for request in [ask("GET", &path(&file)), ask("DELETE", &path(&file)), ask("PATCH", &path(&file)).json(&json!({}))]
    {
        world.call(request.key(&world.keys.admin)).await.expect(404);
    }
    assert_eq!(world.get("/vod/v1/files").await.json()["totalCount"], 0);
    assert_eq!(shown(world.get(&format!("/vod/v1/assets/{asset}")).await), told, "the asset says what it was made of");
    assert_eq!(world.fetch(&format!("/play/{asset}/original.mp4")).await.expect(200).body, before);
    world.fetch(&format!("/play/{asset}/v0-1/0.m4s")).await.expect(200);
    // Nothing more can be made of it, and that is said.
    let more = world.output(&asset, &json!({ "preset": "mp4" })).await.expect(409);
    assert_eq!(more.code(), "source_deleted");
    world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
    world.fetch(&format!("/play/{asset}/original.mp4")).await.expect(404);
}

#[tokio::test]
async fn an_upload_that_is_deleted_takes_no_more_parts() {
    let world = World::new().await;
    let started = world.start("open.mp4", 100).await;
    world.put(&started.urls[0], &[1; 100]).await.expect(200);
    world.delete(&path(&started.file)).await.expect(200);
    world.put(&started.urls[0], &[1; 100]).await.expect(404);
    let claim = json!([{ "partNumber": 1, "eTag": "x" }]);
    world.complete(&started.file, &claim).await.expect(404);
}

#[tokio::test]
async fn many_are_deleted_and_each_is_answered_for() {
    let world = World::new().await;
    let [one, two, stays] = files(&world).await;
    let body = json!([one, two, one, "x", "01890a5d-ac96-774b-bcce-b302099a8057"]);
    let answer = world.post("/vod/v1/files/deletemany", &body).await.expect(200).json();
    let done = json!({ "status": { "code": "success", "status": 200 }, "success": true });
    let absent = json!({
        "status": { "code": "not_found", "status": 404, "message": "There is no such file." },
        "success": false,
    });
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    assert_eq!(answer, json!({ one.clone(): done, two: done, "x": absent, unknown: absent }));
    let theirs = ask("POST", "/vod/v1/files/deletemany").key(&world.keys.stranger).json(&json!([stays]));
    assert_eq!(world.call(theirs).await.expect(200).json()[&stays], absent, "what is foreign is not there");
    assert_eq!(world.get("/vod/v1/files").await.json()["items"][0]["id"], json!(stays));
    let many: Vec<_> = (0..1_001).map(|number| number.to_string()).collect();
    for body in [json!(many), json!([1]), json!({}), json!(null)] {
        world.post("/vod/v1/files/deletemany", &body).await.expect(400);
    }
}

#[tokio::test]
async fn a_preview_shows_the_bytes_until_it_expires() {
    let world = World::new().await;
    let bytes = film(&Script { seconds: 1, ..Script::default() }).bytes;
    let file = world.upload("a \"b\"/ü\r\n.mp4", &bytes).await;
    let told = world.get(&format!("{}/preview", path(&file))).await.expect(200).json();
    let link = text(&told["link"]);
    let shown = world.fetch(&link).await.expect(200);
    assert!(shown.body == bytes, "{} bytes", shown.body.len());
    for (header, value) in [
        ("content-type", "video/mp4"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; media-src 'self'; sandbox"),
        ("cache-control", "private, max-age=3600"),
        ("access-control-allow-origin", "*"),
        ("content-disposition", "inline; filename=\"a _b_____.mp4\"; filename*=UTF-8''a%20%22b%22_%C3%BC__.mp4"),
    ] {
        assert_eq!(shown.header(header), Some(value), "{header}");
    }
    let part = world.call(ask("GET", &link).header("range", "bytes=4-7")).await.expect(206);
    assert_eq!(part.body, &bytes[4..8]);
    // A link stands for one file and one time.
    let [other] = files(&world).await;
    for wrong in [
        link.replace(&file, &other),
        link.replace("expires=", "expires=9"),
        link.replace("signature=", "signature=0"),
        link.split_once('?').unwrap().0.to_owned(),
        "/preview/x?expires=1&signature=1".to_owned(),
    ] {
        let refused = world.fetch(&wrong).await.expect(403);
        assert!(refused.text().contains("was not made by this server"), "{wrong}: {}", refused.text());
    }
    // A second went by with the other file.
    world.clock.forward(Duration::from_secs(24 * 3_600 - 1));
    world.fetch(&link).await.expect(200);
    world.clock.forward(Duration::from_secs(1));
    let late = world.fetch(&link).await.expect(410);
    assert!(late.text().contains("has expired"), "{}", late.text());
    let again = text(&world.get(&format!("{}/preview", path(&file))).await.expect(200).json()["link"]);
    world.fetch(&again).await.expect(200);
    world.delete(&path(&file)).await.expect(200);
    world.fetch(&again).await.expect(404);
}

#[tokio::test]
async fn only_what_is_complete_can_be_looked_at() {
    let world = World::new().await;
    let open = world.start("open.mp4", 10).await.file;
    let refused = world.get(&format!("{}/preview", path(&open))).await.expect(409);
    assert_eq!(refused.code(), "upload_incomplete");
    let captions = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\n<script>alert(1)</script>\n").await;
    let link = text(&world.get(&format!("{}/preview", path(&captions))).await.expect(200).json()["link"]);
    let shown = world.fetch(&link).await.expect(200);
    assert_eq!(shown.header("content-type"), Some("text/plain; charset=utf-8"), "nothing in it runs");
}

#[tokio::test]
async fn the_types_that_are_told_are_those_that_are_taken() {
    let world = World::new().await;
    let types = world.get("/vod/v1/filetypes").await.expect(200).json();
    let endings = |kind: &str| {
        let endings = types["fileTypes"][kind].as_array().unwrap().iter().map(text);
        endings.collect::<Vec<_>>()
    };
    for (kind, some) in [("Audio", ".mp3"), ("Caption", ".srt"), ("Video", ".mp4"), ("Video", ".mxf"), ("Video", ".ts")]
    {
        assert!(endings(kind).contains(&some.to_owned()), "{kind} {some}");
    }
    for ending in endings("Caption") {
        let bytes: &[u8] = if ending == ".vtt" { b"WEBVTT\n\n" } else { b"1\n00:00:00,000 --> 00:00:01,000\nHello\n" };
        let file = world.upload(&format!("words{ending}"), bytes).await;
        let detail = world.get(&path(&file)).await.json();
        assert_eq!(detail["fileTypes"], "Caption", "{ending}: {detail}");
    }
    let languages = world.get("/vod/languages/").await.expect(200).json();
    let languages = languages["languages"].as_array().unwrap();
    assert!(["de", "en", "fr", "pl", "pt"].iter().all(|code| languages.contains(&json!(code))), "{languages:?}");
}

#[tokio::test]
async fn a_track_takes_the_languages_that_are_told() {
    let world = World::new().await;
    let [file] = files(&world).await;
    let asset = |language: &str| {
        let track = json!({ "trackSelector": { "trackId": "audio_1" }, "type": "Audio", "language": language });
        json!({ "transcodedSources": [{ "fileId": file, "transcodingTracks": [track] }], "preset": "mp4" })
    };
    for language in ["pl", "pt-BR", "yue"] {
        world.post("/vod/v1/assets", &asset(language)).await.expect(200);
    }
    for language in ["english", "xx", "", "e\"n"] {
        let refused = world.post("/vod/v1/assets", &asset(language)).await.expect(400);
        let field = "`transcodedSources[0].transcodingTracks[0].language`: ";
        assert!(refused.message().starts_with(field), "{language}: {}", refused.message());
    }
}

#[tokio::test]
async fn presets_come_in_pages() {
    let world = World::new().await;
    let all = world.get("/transcoder/v1/presets").await.expect(200).json();
    assert_eq!((&all["totalCount"], &all["hasMore"]), (&json!(14), &json!(false)));
    let names =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|item| text(&item["name"])).collect::<Vec<_>>();
    let mut seen = Vec::new();
    for number in 1..=3 {
        let page = world.get(&format!("/transcoder/presets/?limit=5&page={number}")).await.expect(200).json();
        assert_eq!((&page["pageCount"], &page["pageNumber"]), (&json!(3), &json!(number)));
        assert_eq!(page["hasMore"], json!(number < 3));
        seen.extend(names(&page));
    }
    assert_eq!(seen, names(&all));
    for preset in all["items"].as_array().unwrap() {
        let is_ladder = text(&preset["name"]).starts_with("dash_hls_");
        assert_eq!(preset["createsDownload"], json!(!is_ladder), "{preset}");
    }
    assert_eq!(world.get("/transcoder/v1/presets?page=9").await.expect(200).json()["items"], json!([]));
    for query in ["limit=0", "limit=1001", "page=0", "page=x"] {
        world.get(&format!("/transcoder/v1/presets?{query}")).await.expect(400);
    }
}

#[tokio::test]
async fn what_reads_a_file_while_it_is_deleted_finds_it_or_does_not() {
    let world = World::new().await;
    for _ in 0..8 {
        let [file] = files(&world).await;
        let asset = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4" });
        let path = path(&file);
        let detect = format!("{path}/detect");
        let preview = format!("{path}/preview");
        let nothing = json!({});
        let reads = async {
            tokio::join!(world.post("/vod/v1/assets", &asset), world.post(&detect, &nothing), world.get(&preview))
        };
        let ((made, detected, shown), deleted) = tokio::join!(reads, world.delete(&path));
        deleted.expect(200);
        for answer in [&made, &detected, &shown] {
            assert!(matches!(answer.status, 200 | 404), "{}", answer.shown());
        }
        // What was made of it before it went goes on.
        if made.status == 200 {
            let id = text(&made.json()["id"]);
            assert_eq!(world.get(&format!("/vod/v1/assets/{id}")).await.json()["status"], "Available");
            world.fetch(&format!("/play/{id}/v0-1/0.m4s")).await.expect(200);
        }
    }
}
