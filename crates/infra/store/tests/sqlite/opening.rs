//! Opening and closing.

use crate::fixture::{Home, assert_full, asset, at, file, fill, track};
use kinora_app::port::{AssetFilter, AssetSort, FileFilter, FileSort, Order, Store, StoreError};
use kinora_domain::asset::{Asset, AssetState};
use kinora_domain::job::WorkKind;
use kinora_domain::output::OutputState;
use kinora_domain::page::PageRequest;
use kinora_domain::{HolderId, JobId, LeaseToken, ObjectId};
use kinora_store::{Location, OpenError, SqlStore};
use std::os::unix::fs::PermissionsExt as _;
use uuid::Uuid;

#[tokio::test]
async fn a_closed_store_that_is_opened_again_has_everything() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    store.close().await.unwrap();
    assert!(!home.path().with_extension("db-wal").exists(), "the log went into the file");
    assert_full(&home.open().await).await;
}

#[tokio::test]
async fn a_store_that_was_never_closed_has_everything() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    // As after a crash: the first one still has the file open, and its log was not written back.
    let second = home.open().await;
    assert_full(&second).await;
    assert_full(&store).await;
}

#[tokio::test]
async fn two_programs_may_write_to_one_store() {
    let home = Home::new();
    let (first, second) = (home.open().await, home.open().await);
    let write = async |store: &SqlStore, number| {
        let mut tx = store.begin().await.unwrap();
        tx.insert_object(ObjectId::new(Uuid::from_u128(number)), 1).await.unwrap();
        tx.commit().await.unwrap();
    };
    let writers = (0..20).map(|number| write(if number % 2 == 0 { &first } else { &second }, number));
    futures_util::future::join_all(writers).await;
    assert_eq!(first.read().await.unwrap().object_ids().await.unwrap().len(), 20);
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_refused_and_left_alone() {
    let home = Home::new();
    home.open().await.close().await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999', 0)";
    home.sql(false, newer).await.unwrap();
    let before = home.sql(false, "SELECT version FROM seaql_migrations ORDER BY version").await.unwrap();

    let refused = SqlStore::open(&home.location()).await.unwrap_err();
    assert!(matches!(&refused, OpenError::Newer { change } if change == "m9999"), "{refused:?}");
    assert!(refused.to_string().contains("newer version of this program"), "{refused}");
    assert_eq!(home.sql(false, "SELECT version FROM seaql_migrations ORDER BY version").await.unwrap(), before);
}

#[tokio::test]
async fn tracks_that_are_older_than_outputs_are_listed() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    store.close().await.unwrap();
    // As it was before.
    for change in [
        "DROP TABLE pictures",
        "DROP TABLE intake_stretches",
        "DROP TABLE intake_blocks",
        "DROP TABLE intakes",
        "DROP TABLE content_keys",
        "DROP TABLE playback_keys",
        "DROP TABLE allowed_sites",
        "ALTER TABLE assets DROP COLUMN playback",
        "ALTER TABLE organizations DROP COLUMN playback",
        "ALTER TABLE files DROP COLUMN original_name",
        "DROP TABLE listing_changes",
        "DROP TABLE file_tags",
        "DROP TABLE file_attributes",
        "DROP TABLE answers",
        "DROP INDEX key_grants_by_organization",
        "DROP TABLE asset_tags",
        "DROP TABLE asset_attributes",
        "ALTER TABLE tracks DROP COLUMN output",
        "DROP TABLE chunks",
        "DROP TABLE rendition_parts",
        "DROP TABLE renditions",
        "DROP TABLE outputs",
        "ALTER TABLE tracks DROP COLUMN listed",
        "DELETE FROM seaql_migrations WHERE version >= 'm0003'",
    ] {
        home.sql(false, change).await.expect(change);
    }
    let store = home.open().await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.tracks(asset().id).await.unwrap(), [track()]);
    // They are of an output that takes the place of the one that there never was.
    let outputs = tx.outputs(asset().id).await.unwrap();
    assert_eq!(outputs.iter().map(|output| &output.state).collect::<Vec<_>>(), [&OutputState::Completed]);
    drop(tx);
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let home = Home::new();
    std::fs::write(home.path(), "This is not a database, but a text of some length. ".repeat(100)).unwrap();
    let before = std::fs::read(home.path()).unwrap();
    let refused = SqlStore::open(&home.location()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused:?}");
    assert_eq!(std::fs::read(home.path()).unwrap(), before);
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_refused() {
    let home = Home::new();
    let location = Location::Sqlite(home.path().join("no").join("kinora.db"));
    let refused = SqlStore::open(&location).await.unwrap_err();
    assert!(matches!(refused, OpenError::File { .. }), "{refused:?}");
}

#[tokio::test]
async fn the_file_and_its_log_are_its_owners_only() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    for suffix in ["db", "db-wal", "db-shm"] {
        let mode = std::fs::metadata(home.path().with_extension(suffix)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn the_check_passes_while_someone_writes_and_fails_when_the_store_is_closed() {
    let home = Home::new();
    let store = home.open().await;
    let writer = store.begin().await.unwrap();
    store.check().await.unwrap();
    drop(writer);
    store.close().await.unwrap();
    let refused = store.check().await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    let refused = store.begin().await.err().unwrap();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
}

#[tokio::test]
async fn work_of_a_kind_that_is_not_known_is_left_alone_and_starves_nobody() {
    let home = Home::new();
    let store = home.open().await;
    fill(&store).await;
    home.sql(
        false,
        "INSERT INTO jobs (id, organization, work, subject, state, priority, turn, attempts, canceled, outstanding, \
         unborn, enqueued) VALUES (x'00000000000000000000000000000009', x'00000000000000000000000000000001', 'dream', \
         x'00000000000000000000000000000001', 'ready', 0, 0, 0, 0, 0, 0, 0)",
    )
    .await
    .unwrap();
    let mut tx = store.begin().await.unwrap();
    let mut claim = async || {
        tx.claim(LeaseToken::new(Uuid::nil()), HolderId::new(Uuid::nil()), 1_000, WorkKind::ALL).await.unwrap()
    };
    assert_eq!(claim().await.unwrap().id.uuid(), crate::fixture::ID);
    assert_eq!(claim().await, None);
    assert_eq!(tx.unfinished_jobs().await.unwrap(), 2, "a newer program may do it");
    let dream = tx.job(JobId::new(Uuid::from_u128(9))).await.unwrap().unwrap();
    assert_eq!((dream.kind.as_str(), dream.work), ("dream", None));
}

#[tokio::test]
async fn another_process_sees_what_changed_in_what_it_has_listed_before() {
    let home = Home::new();
    let (one, other) = (home.open().await, home.open().await);
    fill(&one).await;
    let total = async |store: &SqlStore| {
        let page = PageRequest::new(None, None).unwrap();
        let mut tx = store.read().await.unwrap();
        let owner = asset().organization;
        let assets = tx.assets(owner, &AssetFilter::default(), (AssetSort::Title, Order::Ascending), page).await;
        let files = tx.files(owner, &FileFilter::default(), (FileSort::Name, Order::Ascending), page).await;
        (assets.unwrap().total, files.unwrap().total)
    };
    assert_eq!((total(&one).await, total(&other).await), ((1, 1), (1, 1)));
    let mut tx = one.begin().await.unwrap();
    tx.delete_file(file().id).await.unwrap();
    assert_eq!(total(&other).await, (1, 1), "not before it is so");
    tx.commit().await.unwrap();
    assert_eq!((total(&one).await, total(&other).await), ((1, 0), (1, 0)));
    let mut tx = other.begin().await.unwrap();
    let gone = Asset { state: AssetState::Deleted { at: at(9) }, ..asset() };
    tx.update_asset(&gone).await.unwrap();
    drop(tx);
    assert_eq!(total(&one).await, (1, 0), "it was given up");
    let mut tx = other.begin().await.unwrap();
    tx.update_asset(&gone).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((total(&one).await, total(&other).await), ((0, 0), (0, 0)));
}
