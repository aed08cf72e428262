//! Who may do what: every operation of our document, asked by everybody.

use super::{announced, bytes, made, path, plain, protected, put};
use crate::contract::openapi::Document;
use crate::world::{Ask, World, ask, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// What nobody, somebody with a wrong key, a viewer, an editor, an admin, and an admin of another organization are answered.
const TABLE: [(&str, [u16; 6]); 11] = [
    ("POST /api/Videos", [401, 401, 403, 201, 201, 201]),
    ("GET /api/Videos", [401, 401, 200, 200, 200, 200]),
    ("GET /api/Videos/{id}", [401, 401, 200, 200, 200, 404]),
    ("PUT /api/Videos/{id}", [401, 401, 403, 204, 204, 404]),
    ("POST /api/Videos/{id}/MarkComplete", [401, 401, 403, 200, 200, 404]),
    ("GET /api/Videos/{id}/Status", [401, 401, 200, 200, 200, 404]),
    ("GET /api/Videos/{id}/Thumbnails", [401, 401, 200, 200, 200, 404]),
    ("GET /api/Videos/{id}/PlaybackEndpoint", [401, 401, 200, 200, 200, 404]),
    ("GET /api/Videos/{id}/AuthorizationToken", [401, 401, 200, 200, 200, 404]),
    ("GET /api/Formats", [401, 401, 200, 200, 200, 200]),
    ("DELETE /api/Videos/{id}", [401, 401, 403, 204, 204, 404]),
];

/// What operations are asked about: a video with bytes, and one that plays.
struct Subject {
    open: Value,
    made: Value,
}

impl Subject {
    async fn fresh(world: &World) -> Self {
        let open = announced(world, &plain()).await;
        put(world, &open, &bytes()).await;
        Self { open, made: made(world, &protected()).await }
    }

    fn ask(&self, operation: &str) -> Ask {
        let (method, target) = operation.split_once(' ').unwrap();
        let video = if ["PlaybackEndpoint", "AuthorizationToken"].iter().any(|name| target.ends_with(name)) {
            &self.made
        } else {
            &self.open
        };
        let query = match target.rsplit('/').next().unwrap() {
            "PlaybackEndpoint" => "?endpointType=HLS".to_owned(),
            "AuthorizationToken" => format!("?KeyId={}", text(&self.made["ContentProtectionKeyId"])),
            _ => String::new(),
        };
        let ask = ask(method, &format!("{}{query}", target.replace("{id}", &text(&video["Id"]))));
        if method == "PUT" || operation == "POST /api/Videos" { ask.json(&plain()) } else { ask }
    }
}

#[test]
fn the_table_has_every_operation_and_the_document_every_status_of_it() {
    let document = Document::azure();
    let named: BTreeSet<_> = TABLE.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    assert_eq!(named, document.operations());
    for (operation, statuses) in TABLE {
        for status in statuses {
            assert!(document.declares(operation, status), "{operation} {status}");
        }
    }
}

#[tokio::test]
async fn everybody_is_answered_as_the_table_says() {
    let world = World::new().await;
    let wrong = "k".repeat(40);
    let keys = &world.keys;
    let secrets = [None, Some(&wrong), Some(&keys.viewer), Some(&keys.editor), Some(&keys.admin), Some(&keys.stranger)];
    for (operation, statuses) in TABLE {
        for (secret, status) in secrets.into_iter().zip(statuses) {
            let subject = Subject::fresh(&world).await;
            let before = world.get(&path(&subject.open)).await.expect(200).json();
            let ask = subject.ask(operation);
            let ask = match secret {
                Some(secret) => ask.header("authorization", &format!("Bearer {secret}")),
                None => ask,
            };
            let answer = world.call(ask).await;
            assert_eq!(answer.status, status, "{operation}: {}", answer.shown());
            if status >= 400 {
                assert_eq!(
                    world.get(&path(&subject.open)).await.expect(200).json(),
                    before,
                    "{operation} changed something"
                );
            }
        }
    }
}
