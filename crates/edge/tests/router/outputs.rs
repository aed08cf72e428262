//! Outputs that are added to an asset, and removed.

use crate::film::{Script, film};
use crate::world::{World, text};
use core::time::Duration;
use kinora_app::port::{Blobs as _, Store as _};
use kinora_app::work::{Outcome, Ran, run_next_job};
use kinora_domain::Timestamp;
use kinora_domain::job::{Lane, WorkKind};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn detail(world: &World, asset: &str) -> Value {
    world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

/// The address that a document at `from` means by a relative one.
fn resolved(from: &str, relative: &str) -> String {
    let mut path: Vec<_> = from.split('/').collect();
    path.pop();
    for step in relative.split('/') {
        if step == ".." {
            path.pop();
        } else {
            path.push(step);
        }
    }
    path.join("/")
}

/// Every address in a document in quotes or on a line of its own.
fn addresses(document: &str) -> Vec<String> {
    let quoted = document.split('"').skip(1).step_by(2);
    let lines = document.lines().filter(|line| !line.starts_with(['#', '<', ' ']));
    let is_address = |text: &&str| matches!(text.rsplit_once('.'), Some((_, "m3u8" | "mp4" | "m4s")));
    quoted.chain(lines).filter(is_address).map(|text| text.replace("$Number$", "0")).collect()
}

#[tokio::test]
async fn an_output_has_documents_of_its_own_and_the_assets_stay() {
    let world = World::new().await;
    let bytes = film(&Script { sounds: &["eng", "deu"], ..Script::default() }).bytes;
    let file = world.upload("harbor.mp4", &bytes).await;
    let asset = world.asset(&file, "Harbor").await;
    let play = format!("/play/{asset}");
    let own = ["hls/master.m3u8", "hls/v0-1.m3u8", "dash/manifest.mpd"].map(|path| format!("{play}/{path}"));
    let mut before = Vec::new();
    for path in &own {
        before.push(world.fetch(path).await.expect(200).without_request_id());
    }
    let added = world.output(&asset, &json!({ "preset": "dash_hls_720p", "id": "small" })).await.expect(200).json();
    assert_eq!(added, json!({ "outputId": "small" }));
    for (path, before) in own.iter().zip(&before) {
        assert_eq!(&world.fetch(path).await.without_request_id(), before, "{path}");
    }
    let seen = detail(&world, &asset).await;
    assert_eq!(ids(&seen["endpoints"]), ["hls", "dash", "mp4", "small-hls", "small-dash"]);
    assert_eq!(seen["outputs"][1]["id"], "small");
    assert_eq!(seen["outputs"][1]["preset"], "dash_hls_720p");
    assert_eq!(ids(&seen["outputs"][1]["endpoints"]), ["small-hls", "small-dash"]);
    for endpoint in seen["endpoints"].as_array().unwrap() {
        assert_eq!(endpoint["durationMilliseconds"], seen["durationMilliseconds"], "{endpoint}");
        // A stream is as large as its media, a file has an index as well.
        if endpoint["format"] == "MP4" {
            let length = world.fetch(&text(&endpoint["url"])).await.expect(200).body.len();
            assert_eq!(endpoint["size"], length, "{endpoint}");
        } else {
            assert_eq!(endpoint["size"], seen["endpoints"][0]["size"], "{endpoint}");
        }
    }
    let mut slugs = BTreeSet::new();
    let mut documents: Vec<_> = seen["outputs"][1]["endpoints"].as_array().unwrap().clone();
    while let Some(document) = documents.pop() {
        let url = text(document.get("url").unwrap_or(&document));
        let answer = world.fetch(&url).await.expect(200);
        for address in addresses(answer.text()) {
            let address = resolved(&url, &address);
            if address.rsplit_once('.').is_some_and(|(_, kind)| kind == "m3u8") {
                documents.push(json!(address));
            } else {
                slugs.insert(address.rsplit('/').nth(1).unwrap().to_owned());
                world.fetch(&address).await.expect(200);
            }
        }
    }
    assert_eq!(slugs, ["a4-1", "a5-1", "v3-1"].map(str::to_owned).into());
    let output = text(&seen["outputs"][1]["endpoints"][0]["url"]);
    let output = output.split('/').rev().nth(2).unwrap();
    let first = text(&seen["outputs"][0]["id"]);
    for (path, status) in [
        (format!("{play}/o/{first}/hls/v0-1.m3u8"), 200),
        (format!("{play}/o/{output}/hls/v0-1.m3u8"), 404),
        (format!("{play}/hls/v3-1.m3u8"), 404),
        (format!("{play}/o/{asset}/hls/master.m3u8"), 404),
        (format!("{play}/o/small/hls/master.m3u8"), 404),
        (format!("{play}/o/{output}/dash/other.mpd"), 404),
    ] {
        world.fetch(&path).await.expect(status);
    }
    // A copy of the sound is made for each output that plays it from the upload.
    for path in [format!("{play}/v3-1/0.m4s"), format!("{play}/a4-1/0.m4s")] {
        let first = path.replace("v3", "v0").replace("a4", "a1");
        assert!(world.fetch(&path).await.body == world.fetch(&first).await.body, "{path}");
    }
}

#[tokio::test]
async fn an_output_that_cannot_be_added_changes_nothing() {
    let world = World::new().await;
    let (file, asset) = world.film().await;
    world.output(&asset, &json!({ "preset": "mp4", "id": "one" })).await.expect(200);
    let before = detail(&world, &asset).await;
    let objects = world.blobs.list().await.unwrap().len();
    let own = text(&before["outputs"][0]["id"]);
    let with = |endpoint: Value| json!({ "preset": "mp4", "harvestedEndpointInfos": [endpoint] });
    let plain = |url: &str| json!({ "accessType": "Http", "format": "HLS", "protection": "None", "url": url });
    let many: Vec<_> = (0..33).map(|_| plain("https://copies.example/a")).collect();
    let named = |id: &str| {
        json!({ "preset": "mp4", "id": "b", "harvestedEndpointInfos": [
            { "id": id, "accessType": "Http", "format": "HLS", "protection": "None" }
        ] })
    };
    for (body, status, words) in [
        (json!({}), 400, "`preset`: "),
        (json!({ "preset": "mp5" }), 400, "`preset`: There is no preset of this name; there are: mp4, "),
        (json!({ "preset": "mp4", "id": "" }), 400, "`id`: "),
        (json!({ "preset": "mp4", "id": "a/b" }), 400, "`id`: "),
        (json!({ "preset": "mp4", "id": "x".repeat(129) }), 400, "`id`: "),
        (json!({ "preset": "mp4", "id": "one" }), 409, "`id`: The asset has an output of this id."),
        (json!({ "preset": "mp4", "id": own }), 409, "`id`: The asset has an output of this id."),
        (json!({ "preset": "mp4", "expirationDate": "soon" }), 400, "`expirationDate`: "),
        (json!({ "preset": "mp4", "expirationDate": "2026-01-31T12:00:00Z" }), 400, "`expirationDate`: "),
        (json!({ "preset": "mp4", "expirationDate": 1 }), 400, "`expirationDate`: "),
        (with(json!({})), 400, "`harvestedEndpointInfos[0].accessType`: "),
        (
            with(json!({ "accessType": "Ftp", "format": "HLS", "protection": "None" })),
            400,
            "`harvestedEndpointInfos[0].accessType`: ",
        ),
        (
            with(json!({ "accessType": "S3", "format": "AVI", "protection": "None" })),
            400,
            "`harvestedEndpointInfos[0].format`: ",
        ),
        (with(json!({ "accessType": "S3", "format": "HLS" })), 400, "`harvestedEndpointInfos[0].protection`: "),
        (with(plain("javascript:alert(1)")), 400, "`harvestedEndpointInfos[0].url`: "),
        (json!({ "preset": "mp4", "harvestedEndpointInfos": many }), 400, "`harvestedEndpointInfos`: "),
        (named("hls"), 400, "`harvestedEndpointInfos`: The asset would have two endpoints of the id `hls`."),
        (named("b-dash"), 400, "`harvestedEndpointInfos`: "),
    ] {
        let answer = world.output(&asset, &body).await.expect(status);
        assert!(answer.message().starts_with(words), "{body}: {}", answer.message());
    }
    world.output("x", &json!({ "preset": "mp4" })).await.expect(404);
    let mut tx = world.store.begin().await.unwrap();
    tx.delete_file(file.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let answer = world.output(&asset, &json!({ "preset": "mp4" })).await.expect(409);
    assert_eq!(answer.code(), "source_deleted");
    let after = detail(&world, &asset).await;
    assert_eq!((&after["outputs"], &after["endpoints"]), (&before["outputs"], &before["endpoints"]));
    assert_eq!(world.blobs.list().await.unwrap().len(), objects, "nothing is left behind");
}

#[tokio::test]
async fn one_of_two_that_add_the_same_output_is_refused() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let body = json!({ "preset": "mp4", "id": "one" });
    let (one, other) = tokio::join!(world.output(&asset, &body), world.output(&asset, &body));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(detail(&world, &asset).await["outputs"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn outputs_go_one_by_one_and_the_upload_stays() {
    let world = World::new().await;
    let file = world.upload("harbor.mp4", &film(&Script::default()).bytes).await;
    let uploaded = world.blobs.list().await.unwrap();
    let asset = world.asset(&file, "Harbor").await;
    world.output(&asset, &json!({ "preset": "mp4", "id": "b" })).await.expect(200);
    world.clock.forward(Duration::from_secs(1));
    let unnamed = world.output(&asset, &json!({ "preset": "audio_m4a" })).await.expect(200).json();
    let unnamed = text(&unnamed["outputId"]);
    let seen = detail(&world, &asset).await;
    let own = text(&seen["outputs"][0]["id"]);
    assert_eq!(ids(&seen["outputs"]), [own.as_str(), "b", &unnamed]);
    let path = |output: &str| format!("/vod/v1/assets/{asset}/outputs/{output}");
    for absent in ["c", "x%2Fy", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        world.delete(&path(absent)).await.expect(404);
    }
    let small = text(&seen["outputs"][1]["endpoints"][0]["url"]);
    let whole = world.fetch(&small).await.expect(200).without_request_id();

    world.delete(&path(&own)).await.expect(200);
    world.delete(&path(&own)).await.expect(404);
    let seen = detail(&world, &asset).await;
    assert_eq!(ids(&seen["outputs"]), ["b", &unnamed]);
    assert_eq!(seen["status"], "Available");
    assert_eq!(seen["durationMilliseconds"], seen["endpoints"][0]["durationMilliseconds"]);
    assert_eq!(world.fetch(&small).await.without_request_id(), whole);
    world.fetch(&format!("/play/{asset}/v0-1/0.m4s")).await.expect(404);
    // The asset's own addresses show the oldest that is left.
    assert!(world.fetch(&format!("/play/{asset}/hls/master.m3u8")).await.expect(200).text().contains("v2-1"));
    world.fetch(&format!("/play/{asset}/original.mp4")).await.expect(200);

    world.delete(&path("b")).await.expect(200);
    let seen = detail(&world, &asset).await;
    assert_eq!(
        ids(&seen["endpoints"]).iter().filter(|id| id.starts_with(&unnamed)).count(),
        ids(&seen["endpoints"]).len()
    );
    assert!(world.fetch(&format!("/play/{asset}/hls/master.m3u8")).await.expect(200).text().contains("a4-1"));

    world.delete(&path(&unnamed)).await.expect(200);
    let seen = detail(&world, &asset).await;
    assert_eq!((&seen["outputs"], &seen["endpoints"]), (&json!([]), &json!([])));
    assert_eq!((&seen["status"], &seen["durationMilliseconds"]), (&json!("Pending"), &json!(0)));
    assert_eq!(seen.get("errorMessage"), None);
    for gone in ["hls/master.m3u8", "dash/manifest.mpd", "original.mp4", "v2-1/0.m4s"] {
        world.fetch(&format!("/play/{asset}/{gone}")).await.expect(404);
    }
    assert_eq!(world.blobs.list().await.unwrap(), uploaded, "of all that was made, nothing is left");

    world.output(&asset, &json!({ "preset": "mp4", "id": "b" })).await.expect(200);
    let seen = detail(&world, &asset).await;
    assert_eq!(
        (&seen["status"], ids(&seen["endpoints"])),
        (&json!("Available"), vec!["b-hls".to_owned(), "b-dash".to_owned(), "b-mp4".to_owned()])
    );
    for endpoint in seen["endpoints"].as_array().unwrap() {
        world.fetch(&text(&endpoint["url"])).await.expect(200);
    }
}

#[tokio::test]
async fn an_output_is_removed_when_its_time_is_over() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let now = world.store.read().await.unwrap().database_now().await.unwrap();
    world.store.pin_clock(Some(now));
    while run_next_job(&world.app, Lane::Quick).await.unwrap() != Ran::Nothing {}
    for (id, date) in
        [("brief", "2027-01-31T12:00:00Z"), ("gone", "2027-01-31T12:00:00Z"), ("long", "2050-01-01T01:00:00+01:00")]
    {
        let body = json!({ "preset": "mp4", "id": id, "expirationDate": date });
        world.output(&asset, &body).await.expect(200);
        world.clock.forward(Duration::from_secs(1));
    }
    while run_next_job(&world.app, Lane::Quick).await.unwrap() != Ran::Nothing {}
    let seen = detail(&world, &asset).await;
    assert_eq!(seen["outputs"][1]["expirationDate"], "2027-01-31T12:00:00.000Z");
    assert_eq!(seen["outputs"][3]["expirationDate"], "2050-01-01T00:00:00.000Z");
    let brief = text(&seen["outputs"][1]["endpoints"][0]["url"]);
    world.fetch(&brief).await.expect(200);
    world.delete(&format!("/vod/v1/assets/{asset}/outputs/gone")).await.expect(200);

    world.store.pin_clock(Some(Timestamp::from_millis(1_801_396_800_000 + 1)));
    let expired = Ran::Job { kind: WorkKind::ExpireOutput, outcome: Outcome::Done };
    assert_eq!(run_next_job(&world.app, Lane::Quick).await.unwrap(), expired);
    assert_eq!(run_next_job(&world.app, Lane::Quick).await.unwrap(), Ran::Nothing, "the deleted one has no timer");
    let seen = detail(&world, &asset).await;
    assert_eq!(ids(&seen["outputs"])[1..], ["long"]);
    world.fetch(&brief).await.expect(404);
    world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
    world.store.pin_clock(Some(Timestamp::from_millis(i64::from(u32::MAX) * 1_000)));
    assert_eq!(run_next_job(&world.app, Lane::Quick).await.unwrap(), Ran::Nothing, "nor has what went with its asset");
}

#[tokio::test]
async fn copies_elsewhere_are_given_back() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let copy = json!({
        "id": "abroad",
        "accessType": "S3",
        "format": "SmoothStreaming",
        "url": "s3://copies/film",
        "preset": "theirs",
        "protection": "Drm",
        "protectionDetails": { "keyIds": ["one", "two"], "contentId": "film" },
        "durationMilliseconds": 10_000,
        "size": 5_000,
    });
    let plain = json!({ "accessType": "Glacier", "format": "MP4", "protection": "None" });
    let body = json!({ "preset": "mp4_720p", "id": "b", "harvestedEndpointInfos": [copy, plain] });
    world.output(&asset, &body).await.expect(200);
    let world = world.restart().await;
    let seen = detail(&world, &asset).await;
    assert_eq!(ids(&seen["outputs"][1]["endpoints"]), ["b-hls", "b-dash", "b-mp4", "abroad", "b-copy-2"]);
    assert_eq!(seen["outputs"][1]["endpoints"][3], copy);
    let second = json!({ "id": "b-copy-2", "preset": "mp4_720p", "accessType": "Glacier", "format": "MP4", "protection": "None" });
    assert_eq!(seen["outputs"][1]["endpoints"][4], second);
    assert_eq!(ids(&seen["endpoints"])[3..], ["b-hls", "b-dash", "b-mp4", "abroad", "b-copy-2"]);
}

#[tokio::test]
async fn what_cannot_play_has_outputs_that_say_why() {
    let world = World::new().await;
    let file = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n").await;
    let asset = world.asset(&file, "Words").await;
    world.output(&asset, &json!({ "preset": "mp4", "id": "b" })).await.expect(200);
    let seen = detail(&world, &asset).await;
    assert_eq!(seen["status"], "Error");
    for output in seen["outputs"].as_array().unwrap() {
        assert_eq!((&output["status"], &output["errorMessage"]), (&json!("Error"), &seen["errorMessage"]));
        assert_eq!(output["endpoints"], json!([]));
    }
    assert_eq!(seen["endpoints"], json!([]));
}

#[tokio::test]
async fn an_asset_has_so_many_outputs_and_no_more() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    // One is the asset's own.
    for number in 1..32 {
        world.output(&asset, &json!({ "preset": "mp4", "id": number.to_string() })).await.expect(200);
    }
    let refused = world.output(&asset, &json!({ "preset": "mp4", "id": "one-more" })).await.expect(409);
    assert_eq!(refused.code(), "too_many_outputs");
    assert!(refused.message().contains("32 outputs at most"), "{}", refused.message());
    assert_eq!(detail(&world, &asset).await["outputs"].as_array().map(Vec::len), Some(32));
    world.delete(&format!("/vod/v1/assets/{asset}/outputs/7")).await.expect(200);
    world.output(&asset, &json!({ "preset": "mp4", "id": "one-more" })).await.expect(200);
}
