//! The happy answer of each operation.

use crate::film::{Script, film};
use crate::world::{World, ask, text};
use core::time::Duration;
use insta::assert_snapshot;
use kinora_domain::access::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn an_upload() {
    let world = World::new().await;
    let bytes = film(&Script::default()).bytes;
    let body = json!({
        "name": "harbor.mp4",
        "friendlyName": "The harbor",
        "fileSize": bytes.len(),
        "metadata": { "place": "Gdańsk", "tags": ["sea", "boats"] },
    });
    let started = world.post("/vod/v1/files/start", &body).await;
    assert_snapshot!("start_file", started.shown());
    let file = text(&started.json()["fileId"]);
    world.clock.forward(Duration::from_secs(1));
    let link = world.get(&format!("/vod/v1/files/{file}/part/1")).await;
    assert_snapshot!("get_file_part", link.shown());
    assert_snapshot!("get_file_uploading", world.get(&format!("/vod/v1/files/{file}")).await.shown());
    let put = world.put(link.json()["url"].as_str().unwrap(), &bytes).await;
    assert_snapshot!("put_part", format!("{}\n{}", put.head(), put.text()));
    world.clock.forward(Duration::from_secs(1));
    let parts = json!([{ "partNumber": 1, "eTag": put.header("etag").unwrap() }]);
    assert_snapshot!("complete_file", world.complete(&file, &parts).await.shown());
    let detect = ask("POST", &format!("/vod/v1/files/{file}/detect")).key(&world.keys.admin);
    assert_snapshot!("detect_file", world.call(detect).await.shown());
    assert_snapshot!("get_file_completed", world.get(&format!("/vod/v1/files/{file}")).await.shown());
    assert_snapshot!("list_files", world.get("/vod/v1/files").await.shown());
    let change = json!({ "name": "quay.mp4", "metadata": { "tags": null }, "tags": ["sea"], "attributes": ["a=b"] });
    assert_snapshot!("update_file", world.patch(&format!("/vod/v1/files/{file}"), &change).await.shown());
    assert_snapshot!("preview_file", world.get(&format!("/vod/v1/files/{file}/preview")).await.shown());
    assert_snapshot!("delete_file", world.delete(&format!("/vod/v1/files/{file}")).await.shown());
    assert_snapshot!("delete_files", world.post("/vod/v1/files/deletemany", &json!([file])).await.shown());
}

#[tokio::test]
async fn what_can_be_chosen() {
    let world = World::new().await;
    assert_snapshot!("list_filetypes", world.get("/vod/v1/filetypes").await.shown());
    assert_snapshot!("list_languages", world.get("/vod/v1/languages").await.shown());
    assert_snapshot!("list_presets", world.get("/transcoder/v1/presets").await.shown());
}

#[tokio::test]
async fn an_upload_that_is_cancelled() {
    let world = World::new().await;
    let file = world.start("unwanted.mp4", 77).await.file;
    let cancel = ask("POST", &format!("/vod/v1/files/{file}/cancel")).key(&world.keys.admin);
    assert_snapshot!("cancel_file", world.call(cancel).await.shown());
    assert_snapshot!("get_file_cancelled", world.get(&format!("/vod/v1/files/{file}")).await.shown());
}

#[tokio::test]
async fn an_asset() {
    let world = World::new().await;
    let file = world.upload("harbor.mp4", &film(&Script::default()).bytes).await;
    world.clock.forward(Duration::from_millis(1_500));
    let body = json!({
        "transcodedSources": [{
            "fileId": file,
            "fileTypesFlag": "video,audio",
            "transcodingTracks": [
                { "trackSelector": { "trackId": "audio_1" }, "type": "Audio", "language": "pl", "name": "Polski" },
            ],
        }],
        "preset": "dash_hls_1080p",
        "metadata": { "series": { "episode": 3 } },
        "title": "The harbor",
    });
    let created = world.post("/vod/v1/assets", &body).await;
    assert_snapshot!("create_asset", created.shown());
    let asset = text(&created.json()["id"]);
    assert_snapshot!("get_asset_available", world.get(&format!("/vod/v1/assets/{asset}")).await.shown());
    let change = json!({ "title": "Quay", "metadata": { "series": null, "year": 2026 }, "tags": ["sea"], "attributes": ["a=b"] });
    assert_snapshot!("update_asset", world.patch(&format!("/vod/v1/assets/{asset}"), &change).await.shown());
    assert_snapshot!("list_assets", world.get("/vod/v1/assets").await.shown());
    let file = format!("/vod/v1/files/{file}");
    assert_eq!(world.get(&file).await.json()["vodAssets"], json!([asset]));
    assert_snapshot!("delete_asset", world.delete(&format!("/vod/v1/assets/{asset}")).await.shown());
    assert_eq!(world.get(&file).await.json()["vodAssets"], json!([]));
}

#[tokio::test]
async fn outputs() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let copy = json!({ "accessType": "S3", "format": "DASH", "url": "s3://copies/film.mpd", "protection": "Drm" });
    let body = json!({
        "preset": "audio_m4a",
        "id": "sound",
        "expirationDate": "2050-01-01T00:00:00Z",
        "harvestedEndpointInfos": [copy],
    });
    assert_snapshot!("add_output", world.output(&asset, &body).await.shown());
    assert_snapshot!("get_asset_outputs", world.get(&format!("/vod/v1/assets/{asset}")).await.shown());
    let output = format!("/vod/v1/assets/{asset}/outputs/sound");
    assert_snapshot!("delete_output", world.delete(&output).await.shown());
}

#[tokio::test]
async fn many_assets() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let deleted = world.post("/vod/v1/assets/deletemany", &json!([asset, "nothing"])).await;
    assert_snapshot!("delete_assets", deleted.shown());
}

#[tokio::test]
async fn an_asset_that_cannot_play() {
    let world = World::new().await;
    let file = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n").await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4", "metadata": Value::Null });
    let asset = text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]);
    assert_snapshot!("get_asset_failed", world.get(&format!("/vod/v1/assets/{asset}")).await.shown());
}

#[tokio::test]
async fn a_key() {
    let world = World::new().await;
    let editor = json!({ "name": "Web shop", "roleId": Role::Editor.id().to_string() });
    let created = world.post("/core/v1/api-key", &editor).await;
    let key = format!("/core/v1/api-key/{}", text(&created.json()["id"]));
    let secret = text(&created.json()["value"]);
    assert!(secret.starts_with("kin_") && secret.len() > 70, "{secret}");
    assert_snapshot!("create_api_key", created.shown().replace(&secret[..12], "[prefix]"));
    assert_snapshot!("get_api_key", world.get(&key).await.shown());
    assert_snapshot!("list_api_keys", world.get("/core/v1/api-key?Limit=2").await.shown());
    let viewer = json!({ "name": "Old shop", "roleId": Role::Viewer.id().to_string() });
    let put = ask("PUT", &key).key(&world.keys.admin).json(&viewer);
    assert_snapshot!("update_api_key", world.call(put).await.shown());
    assert_snapshot!("delete_api_key", world.delete(&key).await.shown());
    let tenant = format!("/core/v1/settings/tenant/{}/status", world.keys.organization);
    assert_snapshot!("get_tenant_status", world.get(&tenant).await.shown());
}
