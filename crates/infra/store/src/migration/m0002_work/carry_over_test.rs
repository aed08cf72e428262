use super::super::Migrator;
use crate::{migration, sqlite};
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::MigratorTrait;

/// Jobs as the first schema kept them: the number is id and subject.
const BEFORE: &str = "
    INSERT INTO organizations (id, name, default_project) VALUES (x'01', 'default', x'01');
    INSERT INTO jobs (id, organization, work, subject, state, attempts, due, token, enqueued, last_words) VALUES
        (x'05', x'01', 'copy_audio', x'05', 'ready', 0, 500, NULL, 500, NULL),
        (x'04', x'01', 'probe_file', x'04', 'ready', 2, 900, NULL, 400, 'words'),
        (x'03', x'01', 'probe_file', x'03', 'leased', 1, 30300, x'09', 300, NULL),
        (x'02', x'01', 'dream', x'02', 'parked', 5, 200, NULL, 200, 'last words');";

#[tokio::test]
async fn jobs_of_the_first_schema_are_carried_over() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("kinora.db");
    sqlite::create(&path).unwrap();
    let db = sqlite::writer(&path).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    // The rows refer to each other once both are there.
    db.execute_unprepared("PRAGMA foreign_keys = OFF").await.unwrap();
    db.execute_unprepared(BEFORE).await.unwrap();
    migration::run(&db).await.unwrap();
    let sql = "SELECT hex(id) || ' ' || state || ' ' || priority || ' ' || turn || ' ' || attempts || ' ' \
               || ifnull(due, '-') || ' ' || ifnull(since, '-') || ' ' || ifnull(nullif(hex(token), ''), '-') || ' ' \
               || enqueued || ' ' || ifnull(last_words, '-') FROM jobs ORDER BY turn";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(
        rows,
        [
            "02 parked 1 1 5 - - - 200 last words",
            "03 leased 0 2 1 30300 300 09 300 -",
            "04 scheduled 0 3 2 900 - - 400 words",
            "05 ready 2 4 0 - - - 500 -",
        ]
    );
    let left = "SELECT name FROM sqlite_schema WHERE name LIKE '%m0001%' OR sql LIKE '%m0001%'";
    let left = db.query_all_raw(Statement::from_string(db.get_database_backend(), left)).await.unwrap();
    assert!(left.is_empty(), "the old table is gone, and nothing refers to it");
}
