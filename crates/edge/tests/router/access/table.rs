//! The table.

use super::Subject;
use crate::contract::openapi::Document;
use crate::world::World;
use std::collections::BTreeSet;

/// Who asks, in the order of the table's columns.
const CALLERS: [&str; 6] = ["nobody", "wrong key", "viewer", "editor", "admin", "stranger"];

/// What each caller is answered about things of the default organization.
const TABLE: [(&str, [u16; 6]); 28] = [
    ("POST /vod/v1/files/start", [401, 401, 403, 200, 200, 200]),
    ("GET /vod/v1/files/{id}/part/{partNumber}", [401, 401, 403, 200, 200, 404]),
    ("POST /vod/v1/files/complete", [401, 401, 403, 200, 200, 404]),
    ("POST /vod/v1/files/{id}/cancel", [401, 401, 403, 200, 200, 404]),
    ("POST /vod/v1/files/{id}/detect", [401, 401, 200, 200, 200, 404]),
    ("GET /vod/v1/files/{id}", [401, 401, 200, 200, 200, 404]),
    ("GET /vod/v1/files", [401, 401, 200, 200, 200, 200]),
    ("GET /vod/v1/files/{id}/preview", [401, 401, 200, 200, 200, 404]),
    ("PATCH /vod/v1/files/{id}", [401, 401, 403, 200, 200, 404]),
    ("POST /vod/v1/files/deletemany", [401, 401, 403, 200, 200, 200]),
    ("DELETE /vod/v1/files/{id}", [401, 401, 403, 200, 200, 404]),
    ("GET /vod/v1/filetypes", [401, 401, 200, 200, 200, 200]),
    ("GET /vod/v1/languages", [401, 401, 200, 200, 200, 200]),
    ("GET /transcoder/v1/presets", [401, 401, 200, 200, 200, 200]),
    ("POST /vod/v1/assets", [401, 401, 403, 200, 200, 404]),
    ("GET /vod/v1/assets/{id}", [401, 401, 200, 200, 200, 404]),
    ("GET /vod/v1/assets", [401, 401, 200, 200, 200, 200]),
    ("PATCH /vod/v1/assets/{id}", [401, 401, 403, 200, 200, 404]),
    // What became of each id is in the answer.
    ("POST /vod/v1/assets/deletemany", [401, 401, 403, 200, 200, 200]),
    ("POST /vod/v1/assets/{id}/outputs", [401, 401, 403, 200, 200, 404]),
    ("DELETE /vod/v1/assets/{id}/outputs/{outputId}", [401, 401, 403, 200, 200, 404]),
    ("DELETE /vod/v1/assets/{id}", [401, 401, 403, 200, 200, 404]),
    ("GET /core/v1/settings/tenant/{id}/status", [401, 401, 200, 200, 200, 404]),
    ("GET /core/v1/api-key", [401, 401, 403, 403, 200, 200]),
    ("POST /core/v1/api-key", [401, 401, 403, 403, 200, 200]),
    ("GET /core/v1/api-key/{id}", [401, 401, 403, 403, 200, 404]),
    ("PUT /core/v1/api-key/{id}", [401, 401, 403, 403, 200, 404]),
    ("DELETE /core/v1/api-key/{id}", [401, 401, 403, 403, 200, 404]),
];

/// Statuses of the table that our document does not name. This list may only become shorter.
const NOT_DECLARED: [(&str, u16); 0] = [];

#[test]
fn the_table_has_every_operation_of_the_document() {
    let named: BTreeSet<_> = TABLE.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    assert_eq!(named, Document::load().operations());
}

#[test]
fn the_document_names_every_status_of_the_table() {
    let document = Document::load();
    let missing: BTreeSet<_> = TABLE
        .iter()
        .flat_map(|(operation, statuses)| statuses.iter().map(move |status| (*operation, *status)))
        .filter(|(operation, status)| !document.declares(operation, *status))
        .collect();
    assert_eq!(missing, BTreeSet::from(NOT_DECLARED));
}

#[tokio::test]
async fn everybody_is_answered_as_the_table_says() {
    let world = World::new().await;
    let wrong = "k".repeat(40);
    let keys = &world.keys;
    let secrets = [None, Some(&wrong), Some(&keys.viewer), Some(&keys.editor), Some(&keys.admin), Some(&keys.stranger)];
    for (operation, statuses) in TABLE {
        for ((caller, secret), status) in CALLERS.into_iter().zip(secrets).zip(statuses) {
            let subject = Subject::fresh(&world).await;
            let before = subject.seen(&world).await;
            let ask = subject.ask(operation);
            let ask = match secret {
                Some(secret) => ask.key(secret),
                None => ask,
            };
            let answer = world.call(ask).await;
            assert_eq!(answer.status, status, "{operation} by {caller}: {}", answer.shown());
            if status >= 400 || caller == "stranger" {
                assert_eq!(subject.seen(&world).await, before, "{operation} by {caller} changed something");
            }
        }
    }
}
