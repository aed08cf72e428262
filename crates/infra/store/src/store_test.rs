//! What only the connections themselves tell.

use crate::entity::{assets, files};
use crate::listing;
use crate::open::Location;
use crate::repository::{asset_list, file_list};
use crate::store::SqlStore;
use kinora_app::port::{AssetFilter, AssetSort, FileFilter, FileSort, Order, Store, StoreError, Tx};
use kinora_domain::labels::Attribute;
use kinora_domain::page::PageRequest;
use kinora_domain::{AssetId, FileId, ObjectId, OrganizationId, Timestamp};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryTrait, Statement};
use tempfile::TempDir;
use uuid::Uuid;

async fn open() -> (TempDir, SqlStore) {
    let home = tempfile::tempdir().unwrap();
    let store = SqlStore::open(&Location::Sqlite(home.path().join("kinora.db"))).await.unwrap();
    (home, store)
}

async fn pragma(db: &DatabaseConnection, name: &str) -> String {
    let statement = Statement::from_string(db.get_database_backend(), format!("PRAGMA {name}"));
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<i64>(0).map_or_else(|_text| row.try_get_by_index(0).unwrap(), |number| number.to_string())
}

#[tokio::test]
async fn the_connections_are_set_up_for_durability() {
    let (_home, store) = open().await;
    for (name, writer, reader) in [
        ("journal_mode", "wal", "wal"),
        ("synchronous", "2", "2"),
        ("foreign_keys", "1", "1"),
        ("busy_timeout", "30000", "30000"),
        ("query_only", "0", "1"),
        ("trusted_schema", "0", "0"),
    ] {
        assert_eq!(pragma(&store.writer, name).await, writer, "{name}");
        assert_eq!(pragma(&store.readers, name).await, reader, "{name}");
    }
}

async fn secret(tx: &mut dyn Tx, name: usize) -> Result<(), StoreError> {
    tx.insert_secret(&name.to_string(), &vec![0; 100_000]).await
}

#[tokio::test]
async fn a_full_disk_undoes_the_transaction_and_the_store_goes_on_when_there_is_space() {
    let (_home, store) = open().await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_object(ObjectId::new(Uuid::from_u128(1)), 1).await.unwrap();
    tx.commit().await.unwrap();

    for name in 0..3 {
        // No space beyond what the file has already, as far as SQLite can tell.
        pragma(&store.writer, "max_page_count = 1").await;
        let mut tx = store.begin().await.unwrap();
        tx.insert_object(ObjectId::new(Uuid::from_u128(2)), 1).await.unwrap();
        let refused = secret(tx.as_mut(), name).await.unwrap_err();
        assert!(matches!(refused, StoreError::Full), "{refused:?}");
        drop(tx);
        let seen = store.read().await.unwrap().object_ids().await.unwrap();
        assert_eq!(seen, [ObjectId::new(Uuid::from_u128(1))], "what was acknowledged, and nothing else");
    }

    pragma(&store.writer, "max_page_count = 1000000").await;
    let mut tx = store.begin().await.unwrap();
    secret(tx.as_mut(), 9).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.read().await.unwrap().secret("9").await.unwrap().is_some());
}

#[tokio::test]
async fn a_transaction_that_the_database_undid_itself_does_not_spoil_the_connection() {
    let (_home, store) = open().await;
    let store_tx = store.begin_writing().await.unwrap();
    // What SQLite does by itself after some failures, behind the back of the driver.
    store_tx.db.execute_unprepared("ROLLBACK").await.unwrap();
    drop(store_tx);

    let mut first = store.begin().await.unwrap();
    first.insert_object(ObjectId::new(Uuid::from_u128(1)), 1).await.unwrap();
    drop(first);
    assert_eq!(store.read().await.unwrap().object_ids().await.unwrap(), []);
    let mut second = store.begin().await.unwrap();
    second.insert_object(ObjectId::new(Uuid::from_u128(2)), 1).await.unwrap();
    second.commit().await.unwrap();
    let seen = store.read().await.unwrap().object_ids().await.unwrap();
    assert_eq!(seen, [ObjectId::new(Uuid::from_u128(2))]);
}

/// How SQLite would answer a statement: its plan, line by line.
async fn plan(store: &SqlStore, statement: Statement) -> String {
    let explained = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
    let rows = store.readers.query_all_raw(explained).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn pages_and_counts_come_out_of_an_index_alone() {
    let (_home, store) = open().await;
    let organization = OrganizationId::new(Uuid::nil());
    let page = PageRequest::new(None, None).unwrap();
    let backend = store.readers.get_database_backend();
    let mut plans = Vec::new();
    for order in [Order::Ascending, Order::Descending] {
        for sort in [
            FileSort::Created,
            FileSort::Modified,
            FileSort::Name,
            FileSort::FriendlyName,
            FileSort::Size,
            FileSort::Status,
        ] {
            let rows = file_list::select(organization, &FileFilter::default()).unwrap().gathered;
            let sorted = listing::on_page(rows, files::Column::Id, (file_list::column(sort), order), page);
            plans.push((format!("files by {sort:?} {order:?}"), plan(&store, sorted.build(backend)).await));
        }
        for sort in [
            AssetSort::Created,
            AssetSort::Modified,
            AssetSort::Title,
            AssetSort::Status,
            AssetSort::Preset,
            AssetSort::Duration,
        ] {
            let rows = asset_list::select(organization, &AssetFilter::default()).unwrap().gathered;
            let sorted = listing::on_page(rows, assets::Column::Id, (asset_list::column(sort), order), page);
            plans.push((format!("assets by {sort:?} {order:?}"), plan(&store, sorted.build(backend)).await));
        }
    }
    let files = listing::counted(file_list::select(organization, &FileFilter::default()).unwrap().gathered);
    plans.push(("count of files".to_owned(), plan(&store, files.build(backend)).await));
    let assets = listing::counted(asset_list::select(organization, &AssetFilter::default()).unwrap().gathered);
    plans.push(("count of assets".to_owned(), plan(&store, assets.build(backend)).await));
    for (what, plan) in plans {
        assert!(plan.starts_with("SEARCH") && plan.contains("USING COVERING INDEX"), "{what}: {plan}");
        assert!(!plan.contains('\n'), "{what} is sorted by hand: {plan}");
    }
}

#[tokio::test]
async fn a_filter_that_leaves_little_is_where_the_search_begins() {
    let (_home, store) = open().await;
    let organization = OrganizationId::new(Uuid::nil());
    let page = PageRequest::new(None, None).unwrap();
    let backend = store.readers.get_database_backend();
    let any = AssetFilter::default;
    for (filter, expected) in [
        (
            AssetFilter { ids: vec![AssetId::new(Uuid::nil())], ..any() },
            "SEARCH assets USING INDEX sqlite_autoindex_assets_1 (id=?)",
        ),
        (
            AssetFilter { file: Some(FileId::new(Uuid::nil())), ..any() },
            "SEARCH asset_sources USING COVERING INDEX asset_sources_by_file (file=?)",
        ),
        (
            AssetFilter { tags: vec!["sea".to_owned()], ..any() },
            "SEARCH asset_tags USING COVERING INDEX asset_tags_by_value (organization=? AND tag=?)",
        ),
        (
            AssetFilter { attributes: vec![Attribute { key: "a".to_owned(), value: String::new() }], ..any() },
            "SEARCH asset_attributes USING COVERING INDEX asset_attributes_by_value (organization=? AND key=? AND value=?)",
        ),
        (
            AssetFilter { presets: vec!["mp4".to_owned()], ..any() },
            "SEARCH assets USING COVERING INDEX assets_by_created (organization=?)",
        ),
        (
            AssetFilter { duration_from_ms: Some(1), ..any() },
            "SEARCH assets USING COVERING INDEX assets_by_created (organization=?)",
        ),
        (
            AssetFilter { created_from: Some(Timestamp::from_millis(1)), ..any() },
            "SEARCH assets USING COVERING INDEX assets_by_created (organization=? AND created>?)",
        ),
    ] {
        let rows = asset_list::select(organization, &filter).unwrap().gathered;
        let sort = (asset_list::column(AssetSort::Created), Order::Descending);
        let listed = listing::on_page(rows, assets::Column::Id, sort, page);
        let plan = plan(&store, listed.build(backend)).await;
        assert!(plan.contains(expected), "{filter:?}: {plan}");
    }
}

#[tokio::test]
async fn who_walks_along_an_order_asks_about_each_row() {
    let (_home, store) = open().await;
    let organization = OrganizationId::new(Uuid::nil());
    let page = PageRequest::new(None, None).unwrap();
    let attribute = Attribute { key: "a".to_owned(), value: String::new() };
    let filter = AssetFilter { tags: vec!["sea".to_owned()], attributes: vec![attribute], ..AssetFilter::default() };
    let rows = asset_list::select(organization, &filter).unwrap().walked;
    let sort = (asset_list::column(AssetSort::Title), Order::Descending);
    let listed = listing::on_page(rows, assets::Column::Id, sort, page);
    let plan = plan(&store, listed.build(store.readers.get_database_backend())).await;
    assert!(plan.starts_with("SEARCH assets USING COVERING INDEX assets_by_title (organization=?)"), "{plan}");
    for asked in [
        "SEARCH asset_tags EXISTS USING COVERING INDEX asset_tags_by_value (organization=? AND tag=? AND asset=?)",
        "SEARCH asset_attributes EXISTS USING COVERING INDEX asset_attributes_by_value (organization=? AND key=? AND value=? AND asset=?)",
    ] {
        assert!(plan.contains(asked), "{plan}");
    }
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}
