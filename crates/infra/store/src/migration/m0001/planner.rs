//! What SQLite's planner should take a store for: one organization with a hundred thousand files and
//! as many assets. Without numbers it takes any condition on the organization for one that leaves ten
//! rows, and reads all of a library where a primary key would have done. Fixed numbers, unlike those of
//! `ANALYZE`, give the same plans on every machine. See <https://www.sqlite.org/fileformat2.html#stat1tab>.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

/// Table, index, then the rows in the index and the rows that are equal in its first column, in its
/// first two, and so on.
const NUMBERS: [(&str, &str, &str); 16] = [
    ("files", "sqlite_autoindex_files_1", "100000 1"),
    ("files", "files_by_created", "100000 100000 2 1 1 1"),
    ("files", "files_by_modified", "100000 100000 2 1 1 1"),
    ("files", "files_by_name", "100000 100000 2 1 1 1"),
    ("files", "files_by_friendly_name", "100000 100000 2 1 1 1"),
    ("files", "files_by_size", "100000 100000 2 1 1 1"),
    ("files", "files_by_status", "100000 100000 40000 1 1"),
    ("assets", "sqlite_autoindex_assets_1", "100000 1"),
    ("assets", "assets_by_created", "100000 100000 2 1 1 1 1"),
    ("assets", "assets_by_modified", "100000 100000 2 1 1 1 1"),
    ("assets", "assets_by_title", "100000 100000 2 1 1 1 1"),
    ("assets", "assets_by_duration", "100000 100000 2 1 1 1"),
    ("assets", "assets_by_status", "100000 100000 40000 1 1"),
    ("assets", "assets_by_preset", "100000 100000 20000 1 1"),
    ("asset_sources", "sqlite_autoindex_asset_sources_1", "100000 1 1"),
    ("asset_sources", "asset_sources_by_file", "100000 2 1"),
];

pub(super) async fn advise(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let db = manager.get_connection();
    // Makes the table of numbers; there are no rows to count yet.
    db.execute_unprepared("ANALYZE").await?;
    for (table, index, numbers) in NUMBERS {
        let insert = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{numbers}')");
        db.execute_unprepared(&insert).await?;
    }
    // The connection at hand reads the numbers now, every other one when it opens.
    db.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}
