//! What most tests do before they ask their question.

use super::{Answer, World, ask};
use crate::film::{Script, film};
use kinora_app::access::operator;
use kinora_app::guard::{Grant, create_playback_key, mint_token, playback_keys};
use kinora_domain::access::{Caller, Organization};
use kinora_domain::{OrganizationId, ProjectId};
use serde_json::{Value, json};
use uuid::Uuid;

/// Bytes of every part but the last.
const PART: usize = 50_000_000;

/// An upload that parts can be sent to.
pub(crate) struct Started {
    pub(crate) file: String,
    pub(crate) urls: Vec<String>,
}

impl World {
    /// Asks as the admin.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(ask("GET", path).key(&self.keys.admin)).await
    }

    /// Sends JSON as the admin.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(ask("POST", path).key(&self.keys.admin).json(body)).await
    }

    /// Changes as the admin.
    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(ask("PATCH", path).key(&self.keys.admin).json(body)).await
    }

    /// Deletes as the admin.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(ask("DELETE", path).key(&self.keys.admin)).await
    }

    /// Who has the server in his hands.
    pub(crate) fn operator(&self) -> Caller {
        operator_of(self.keys.organization)
    }

    /// A playback token for an asset, for an hour.
    pub(crate) async fn playback_token(&self, asset: &str) -> String {
        if playback_keys(&self.app, &self.operator()).await.unwrap().is_empty() {
            create_playback_key(&self.app, &self.operator()).await.unwrap();
        }
        let expires = self.app.now().plus_millis(3_600_000);
        let grant = Grant { asset: asset.parse().unwrap(), expires, network: None, session: None };
        mint_token(&self.app, &self.operator(), &grant).await.unwrap()
    }

    /// Fetches as a viewer does, without any key.
    pub(crate) async fn fetch(&self, path: &str) -> Answer {
        self.call(ask("GET", path)).await
    }

    /// Sends a part.
    pub(crate) async fn put(&self, url: &str, bytes: &[u8]) -> Answer {
        self.call(ask("PUT", url).body(bytes.to_vec())).await
    }

    /// Starts an upload.
    pub(crate) async fn start(&self, name: &str, size: usize) -> Started {
        let body = json!({ "name": name, "friendlyName": name, "fileSize": size });
        let answer = self.post("/vod/v1/files/start", &body).await.expect(200).json();
        let urls = answer["multipartUrls"].as_array().unwrap().iter().map(text).collect();
        Started { file: text(&answer["fileId"]), urls }
    }

    /// Starts an upload and sends all of it, without completing. Gives the file and its parts as
    /// completion wants them.
    pub(crate) async fn send(&self, name: &str, bytes: &[u8]) -> (String, Value) {
        let started = self.start(name, bytes.len()).await;
        let mut parts = Vec::new();
        for (number, (url, piece)) in (1..).zip(started.urls.iter().zip(bytes.chunks(PART))) {
            let answer = self.put(url, piece).await.expect(200);
            parts.push(json!({ "partNumber": number, "eTag": answer.header("etag").unwrap() }));
        }
        (started.file, Value::Array(parts))
    }

    /// Completes an upload with the parts given.
    pub(crate) async fn complete(&self, file: &str, parts: &Value) -> Answer {
        self.post("/vod/v1/files/complete", &json!({ "fileId": file, "parts": parts })).await
    }

    /// Uploads a whole file that is taken.
    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> String {
        let (file, parts) = self.send(name, bytes).await;
        self.complete(&file, &parts).await.expect(200);
        file
    }

    /// Makes an asset of one file.
    pub(crate) async fn asset(&self, file: &str, title: &str) -> String {
        let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": "mp4", "title": title });
        text(&self.post("/vod/v1/assets", &body).await.expect(200).json()["id"])
    }

    /// Adds an output to an asset.
    pub(crate) async fn output(&self, asset: &str, body: &Value) -> Answer {
        self.post(&format!("/vod/v1/assets/{asset}/outputs"), body).await
    }

    /// Uploads a film of ten seconds and makes an asset of it. Gives both ids.
    pub(crate) async fn film(&self) -> (String, String) {
        let file = self.upload("harbor.mp4", &film(&Script::default()).bytes).await;
        let asset = self.asset(&file, "Harbor").await;
        (file, asset)
    }
}

/// The text of a JSON string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Who has the server in his hands, acting for an organization.
pub(crate) fn operator_of(id: OrganizationId) -> Caller {
    operator(&Organization { id, name: String::new(), default_project: ProjectId::new(Uuid::nil()) })
}
