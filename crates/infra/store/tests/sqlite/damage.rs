//! Rows that say what cannot be.

use crate::fixture::{Home, answer, asset, chunk, file, fill, intake, key, output, picture, rendition, track};
use kinora_app::port::{Store, StoreError, Tx};
use kinora_store::SqlStore;

/// Loads one of everything and gives the first error.
async fn load(store: &SqlStore) -> Result<(), StoreError> {
    let mut tx: Box<dyn Tx> = store.read().await?;
    tx.key(key().id).await?;
    tx.answer(&answer().id).await?;
    tx.file_of_anyone(file().id).await?;
    tx.parts(file().id).await?;
    tx.intake_of_anyone(intake().id).await?;
    tx.waiting_blocks(intake().id).await?;
    tx.stretches(intake().id).await?;
    tx.asset_of_anyone(asset().id).await?;
    tx.track(track().id).await?;
    tx.output(output().id).await?;
    tx.outputs(asset().id).await?;
    tx.rendition(rendition().id).await?;
    tx.rendition_parts(rendition().id).await?;
    tx.chunk(chunk().id).await?;
    tx.amount(output().id).await?;
    tx.kept_picture(asset().id, &picture().name).await?;
    Ok(())
}

const ONE: &str = "00000000-0000-0000-0000-000000000001";

/// A change to what `fill` stores, then table, row and why as the error names them.
const IMPOSSIBLE: &[(&str, &str, &str, &str)] = &[
    ("UPDATE api_keys SET state = 'x'", "api_keys", "", "`state` is `x`, which is none of its words"),
    ("UPDATE api_keys SET revoked_at = NULL", "api_keys", "", "`revoked_at` is missing in this state"),
    ("UPDATE api_keys SET hash = x'00'", "api_keys", "", "`hash` is 1 bytes long"),
    ("UPDATE key_grants SET role = 'x'", "key_grants", " 0", "`role` is `x`, which is none of its words"),
    ("UPDATE answers SET fingerprint = x'00'", "answers", "", "`fingerprint` is 1 bytes long"),
    ("UPDATE answers SET status = -1", "answers", "", "`status` is -1"),
    ("UPDATE files SET status = 'x'", "files", "", "`status` is `x`, which is none of its words"),
    ("UPDATE files SET container = NULL", "files", "", "`container` is missing in this state"),
    ("UPDATE files SET probe = NULL", "files", "", "`probe` is missing in this state"),
    ("UPDATE files SET probe = 'x'", "files", "", "`probe` is `x`, which is none of its words"),
    ("UPDATE files SET probe = 'failed'", "files", "", "`failure_reason` is missing in this state"),
    ("UPDATE files SET status = 'failed'", "files", "", "`failure_reason` is missing in this state"),
    (
        "UPDATE files SET status = 'failed', failure_reason = 'x'",
        "files",
        "",
        "`failure_message` is missing in this state",
    ),
    ("UPDATE files SET size = -1", "files", "", "`size` is -1"),
    ("UPDATE file_tracks SET kind = 'x'", "file_tracks", " 0", "`kind` is `x`, which is none of its words"),
    ("UPDATE upload_parts SET size = -1", "upload_parts", " 1", "`size` is -1"),
    ("UPDATE intakes SET status = 'x'", "intakes", "", "`status` is `x`, which is none of its words"),
    ("UPDATE intakes SET status = 'received'", "intakes", "", "`file` is missing in this state"),
    ("UPDATE intakes SET status = 'failed'", "intakes", "", "`failure_reason` is missing in this state"),
    ("UPDATE intakes SET written = NULL", "intakes", "", "`written` is missing in this state"),
    ("UPDATE intakes SET size = -1", "intakes", "", "`size` is -1"),
    ("UPDATE intake_blocks SET size = -1", "intake_blocks", " AAAA", "`size` is -1"),
    ("UPDATE intake_blocks SET name = '?'", "intake_blocks", " ?", "`name` is `?`"),
    ("UPDATE intake_stretches SET size = -1", "intake_stretches", " 0", "`size` is -1"),
    ("UPDATE intake_stretches SET name = '?'", "intake_stretches", " 0", "`name` is `?`"),
    ("UPDATE assets SET status = 'x'", "assets", "", "`status` is `x`, which is none of its words"),
    ("UPDATE assets SET status = 'failed'", "assets", "", "`failure_reason` is missing in this state"),
    ("UPDATE assets SET duration_ms = -1", "assets", "", "`duration_ms` is -1"),
    (
        "UPDATE asset_sources SET kinds = 'video,x'",
        "asset_sources",
        " 0",
        "`kinds` has `x`, which is none of its words",
    ),
    (
        "UPDATE asset_source_tracks SET kind = 'x'",
        "asset_source_tracks",
        " 0 0",
        "`kind` is `x`, which is none of its words",
    ),
    ("UPDATE tracks SET kind = 'x'", "tracks", "", "`kind` is `x`, which is none of its words"),
    ("UPDATE tracks SET position = 4294967296", "tracks", "", "`position` is 4294967296"),
    ("UPDATE tracks SET version = -1", "tracks", "", "`version` is -1"),
    ("UPDATE tracks SET listed = 2", "tracks", "", "`listed` is 2"),
    ("UPDATE outputs SET status = 'x'", "outputs", "", "`status` is `x`, which is none of its words"),
    ("UPDATE outputs SET since = NULL", "outputs", "", "`since` is missing in this state"),
    ("UPDATE outputs SET status = 'failed'", "outputs", "", "`failure_reason` is missing in this state"),
    (
        "UPDATE outputs SET status = 'failed', failure_reason = 'x'",
        "outputs",
        "",
        "`failure_message` is missing in this state",
    ),
    (
        "UPDATE outputs SET plan = substr(plan, 1, 9)",
        "outputs",
        "",
        "`plan` cannot be read: EOF while parsing a string at line 1 column 9",
    ),
    ("UPDATE outputs SET plan = '{\"v\":2}'", "outputs", "", "`plan` is of version 2, which is not known"),
    ("UPDATE renditions SET kind = 'x'", "renditions", "", "`kind` is `x`, which is none of its words"),
    ("UPDATE renditions SET kind = 'audio'", "renditions", "", "`kind` is `audio`, which its role is not"),
    ("UPDATE renditions SET role = '{\"v\":2}'", "renditions", "", "`role` is of version 2, which is not known"),
    ("UPDATE renditions SET position = -1", "renditions", "", "`position` is -1"),
    ("UPDATE renditions SET sealed = 2", "renditions", "", "`sealed` is 2"),
    ("UPDATE renditions SET duration_ms = -1", "renditions", "", "`duration_ms` is -1"),
    ("UPDATE rendition_parts SET number = -1", "rendition_parts", " -1", "`number` is -1"),
    ("UPDATE chunks SET number = 4294967296", "chunks", "", "`number` is 4294967296"),
    ("UPDATE chunks SET pictures = -1", "chunks", "", "`pictures` is -1"),
    ("UPDATE chunks SET done = -1", "chunks", "", "`done` is -1"),
    ("UPDATE chunks SET finished = 2", "chunks", "", "`finished` is 2"),
    ("UPDATE pictures SET bytes = -1", "pictures", " poster", "`bytes` is -1"),
];

#[tokio::test]
async fn an_impossible_row_is_an_error_that_names_it() {
    for (change, table, rest_of_key, why) in IMPOSSIBLE {
        let home = Home::new();
        let store = home.open().await;
        fill(&store).await;
        load(&store).await.unwrap();
        home.sql(true, change).await.unwrap();
        let StoreError::Inconsistent { table: named, row, why: said } = load(&store).await.unwrap_err() else {
            panic!("{change}");
        };
        assert_eq!((named, row, said.as_str()), (*table, format!("{ONE}{rest_of_key}"), *why), "{change}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_what_cannot_be() {
    let home = Home::new();
    fill(&home.open().await).await;
    for change in [
        "UPDATE api_keys SET state = 'x'",
        "UPDATE api_keys SET revoked_at = NULL",
        "UPDATE key_grants SET role = 'x'",
        "UPDATE key_grants SET organization = x'02'",
        "UPDATE answers SET status = 500",
        "UPDATE answers SET key = x'02'",
        "UPDATE answers SET organization = x'02'",
        "UPDATE files SET status = 'x'",
        "UPDATE files SET container = NULL",
        "UPDATE files SET probe = NULL",
        "UPDATE files SET probe = 'x'",
        "UPDATE files SET failure_reason = 'x'",
        "UPDATE files SET status = 'uploading'",
        "UPDATE files SET status = 'failed'",
        "UPDATE files SET organization = x'02'",
        "UPDATE files SET project = x'02'",
        "UPDATE files SET size = -1",
        "UPDATE file_tracks SET kind = 'x'",
        "UPDATE intakes SET status = 'x'",
        "UPDATE intakes SET status = 'received'",
        "UPDATE intakes SET tag = NULL",
        "UPDATE intakes SET failure_reason = 'x'",
        "UPDATE intakes SET file = x'02'",
        "UPDATE intakes SET size = -1",
        "UPDATE intakes SET organization = x'02'",
        "UPDATE intakes SET project = x'02'",
        "UPDATE intake_blocks SET size = -1",
        "UPDATE intake_blocks SET intake = x'02'",
        "UPDATE intake_stretches SET position = -1",
        "UPDATE intake_stretches SET intake = x'02'",
        "UPDATE assets SET status = 'x'",
        "UPDATE assets SET status = 'failed'",
        "UPDATE assets SET status = 'pending'",
        "UPDATE assets SET deleted_at = 1",
        "UPDATE assets SET organization = x'02'",
        "UPDATE tracks SET kind = 'x'",
        "UPDATE tracks SET asset = x'02'",
        "UPDATE tracks SET listed = 2",
        "UPDATE outputs SET status = 'x'",
        "UPDATE outputs SET status = 'completed'",
        "UPDATE outputs SET since = NULL",
        "UPDATE outputs SET failure_message = 'x'",
        "UPDATE outputs SET asset = x'02'",
        "UPDATE outputs SET organization = x'02'",
        "UPDATE renditions SET kind = 'x'",
        "UPDATE renditions SET output = x'02'",
        "UPDATE renditions SET asset = x'02'",
        "UPDATE renditions SET sealed = 1",
        "UPDATE renditions SET total_ms = -1",
        "UPDATE rendition_parts SET rendition = x'02'",
        "UPDATE chunks SET output = x'02'",
        "UPDATE chunks SET done = 6",
        "UPDATE chunks SET finished = 1",
        "UPDATE pictures SET bytes = -1",
        "UPDATE pictures SET asset = x'02'",
        "UPDATE pictures SET output = x'02'",
        "UPDATE objects SET refs = -1",
        "UPDATE jobs SET state = 'x'",
        "UPDATE jobs SET state = 'leased'",
        "UPDATE jobs SET state = 'waiting'",
        "UPDATE jobs SET state = 'scheduled'",
        "UPDATE jobs SET canceled = 1",
        "UPDATE jobs SET holder = id",
        "UPDATE jobs SET unborn = 1",
        "UPDATE jobs SET priority = 3",
        "DELETE FROM organizations",
    ] {
        let refused = home.sql(false, change).await.expect_err(change);
        assert!(refused.contains("constraint failed"), "{change}: {refused}");
    }
}

#[tokio::test]
async fn what_an_asset_is_made_into_goes_with_its_row() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    home.sql(false, "DELETE FROM assets").await.unwrap();
    for table in ["tracks", "outputs", "renditions", "rendition_parts", "chunks", "pictures"] {
        assert_eq!(home.sql(false, &format!("SELECT * FROM {table}")).await.unwrap().len(), 0, "{table}");
    }
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_sound_store_has_no_findings_and_damage_is_found() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());

    home.sql(true, "DELETE FROM objects").await.unwrap();
    home.sql(true, "UPDATE files SET project = x'00000000000000000000000000000002'").await.unwrap();
    home.sql(true, "UPDATE tracks SET kind = 'x'").await.unwrap();
    let found = store.integrity().await.unwrap();
    assert_eq!(
        found,
        [
            "CHECK constraint failed in tracks".to_owned(),
            "a row of `files` refers to a row of `projects` that is not there".to_owned(),
            format!("the file {ONE} refers to the object {ONE}, which is not there"),
            format!("the track {ONE} refers to the object {ONE}, which is not there"),
            format!("the track {ONE} refers to the object {ONE}, which is not there"),
            format!("the part of the rendition {ONE} refers to the object {ONE}, which is not there"),
            format!("the part of the rendition {ONE} refers to the object {ONE}, which is not there"),
            format!("the picture of the asset {ONE} refers to the object {ONE}, which is not there"),
            format!("the block of the video {ONE} refers to the object {ONE}, which is not there"),
            format!("the content of the video {ONE} refers to the object {ONE}, which is not there"),
        ],
    );
}
