//! Who may do what: every operation of our document, asked by everybody.

mod strangers;
mod table;

use crate::film::{Script, film};
use crate::world::{Answer, Ask, World, ask, text};
use kinora_domain::access::Role;
use serde_json::{Value, json};

/// Ids of nothing.
const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// What a key is to be.
fn key(name: &str, role: Role) -> Value {
    json!({ "name": name, "roleId": role.id().to_string() })
}

/// What an operation is asked about.
struct Subject {
    /// An upload whose parts are all here.
    uploading: String,
    parts: Value,
    /// A film.
    completed: String,
    /// An asset of it.
    asset: String,
    /// A key that nobody shows.
    key: String,
    tenant: String,
}

impl Subject {
    /// New things of the default organization.
    async fn fresh(world: &World) -> Self {
        let bytes = film(&Script { seconds: 1, ..Script::default() }).bytes;
        let (uploading, parts) = world.send("open.mp4", &bytes).await;
        let completed = world.upload("film.mp4", &bytes).await;
        let asset = world.asset(&completed, "Film").await;
        world.output(&asset, &json!({ "preset": "mp4", "id": "small" })).await.expect(200);
        let key = world.post("/core/v1/api-key", &key("spare", Role::Admin)).await.expect(200);
        let tenant = world.keys.organization.to_string();
        Self { uploading, parts, completed, asset, key: text(&key.json()["id"]), tenant }
    }

    /// Things that do not exist.
    fn unknown(like: &Self) -> Self {
        let id = || UNKNOWN.to_owned();
        Self { uploading: id(), parts: like.parts.clone(), completed: id(), asset: id(), key: id(), tenant: id() }
    }

    /// The request of an operation about these things. An operation of the document that is not
    /// here fails the tests.
    fn ask(&self, operation: &str) -> Ask {
        let Self { uploading, parts, completed, asset, key, tenant } = self;
        let (method, path) = operation.split_once(' ').unwrap();
        let id = match path {
            "/vod/v1/files/{id}/detect" | "/vod/v1/files/{id}/preview" | "/vod/v1/files/{id}" => completed,
            "/core/v1/api-key/{id}" => key,
            "/core/v1/settings/tenant/{id}/status" => tenant,
            path if path.starts_with("/vod/v1/assets") => asset,
            _ => uploading,
        };
        let ask = ask(method, &path.replace("{id}", id).replace("{partNumber}", "1").replace("{outputId}", "small"));
        match operation {
            "POST /vod/v1/files/start" => ask.json(&json!({ "name": "a", "friendlyName": "a", "fileSize": 1 })),
            "POST /vod/v1/files/complete" => ask.json(&json!({ "fileId": uploading, "parts": parts })),
            "POST /vod/v1/files/{id}/cancel" => ask.json(&json!({ "delete": true })),
            "POST /vod/v1/assets" => {
                ask.json(&json!({ "transcodedSources": [{ "fileId": completed }], "preset": "mp4", "title": "More" }))
            }
            "POST /core/v1/api-key" => ask.json(&self::key("new", Role::Viewer)),
            "PUT /core/v1/api-key/{id}" => ask.json(&self::key("changed", Role::Viewer)),
            "PATCH /vod/v1/assets/{id}" => ask.json(&json!({ "title": "New", "tags": ["new"] })),
            "POST /vod/v1/assets/{id}/outputs" => ask.json(&json!({ "preset": "mp4_720p", "id": "other" })),
            "POST /vod/v1/assets/deletemany" => ask.json(&json!([asset])),
            "POST /vod/v1/files/deletemany" => ask.json(&json!([completed])),
            "PATCH /vod/v1/files/{id}" => ask.json(&json!({ "friendlyName": "New", "tags": ["new"] })),
            "GET /vod/v1/files/{id}/part/{partNumber}"
            | "GET /core/v1/settings/tenant/{id}/status"
            | "GET /core/v1/api-key"
            | "GET /core/v1/api-key/{id}"
            | "DELETE /core/v1/api-key/{id}"
            | "POST /vod/v1/files/{id}/detect"
            | "GET /vod/v1/files/{id}"
            | "GET /vod/v1/files/{id}/preview"
            | "DELETE /vod/v1/files/{id}"
            | "GET /vod/v1/filetypes"
            | "GET /vod/v1/languages"
            | "GET /transcoder/v1/presets"
            | "GET /vod/v1/files"
            | "GET /vod/v1/assets"
            | "GET /vod/v1/assets/{id}"
            | "DELETE /vod/v1/assets/{id}/outputs/{outputId}"
            | "DELETE /vod/v1/assets/{id}" => ask,
            other => panic!("nobody says how to ask {other}"),
        }
    }

    /// What the owner sees of these things.
    async fn seen(&self, world: &World) -> Vec<Answer> {
        let mut seen = Vec::new();
        for path in [
            format!("/vod/v1/files/{}", self.uploading),
            format!("/vod/v1/files/{}", self.completed),
            format!("/vod/v1/assets/{}", self.asset),
            "/vod/v1/files?limit=1000".to_owned(),
            "/vod/v1/assets?limit=1000".to_owned(),
            "/core/v1/api-key?limit=1000".to_owned(),
        ] {
            seen.push(world.get(&path).await.expect(200).without_request_id());
        }
        seen
    }
}
