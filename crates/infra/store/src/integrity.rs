//! Is everything in the store as it should be? For the doctor, not for every start: it reads it all.

use crate::error::Doing;
use crate::store::SqlStore;
use crate::transaction::Transaction;
use kinora_app::port::StoreError;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};

/// Things that refer to an object that is not there.
const DANGLING: &str = "
    SELECT 'file' AS kind, id, object FROM files WHERE object NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'track', id, media FROM tracks WHERE media NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'track', id, map FROM tracks WHERE map NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'part of the rendition', rendition, media FROM rendition_parts
        WHERE media NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'part of the rendition', rendition, map FROM rendition_parts
        WHERE map NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'picture of the asset', asset, object FROM pictures
        WHERE object NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'block of the video', intake, object FROM intake_blocks
        WHERE object NOT IN (SELECT id FROM objects)
    UNION ALL SELECT 'content of the video', intake, object FROM intake_stretches
        WHERE object NOT IN (SELECT id FROM objects)
    LIMIT 20";

impl SqlStore {
    /// What is wrong with the stored data, one sentence each; none when all is well. Reads the whole
    /// store, and waits for no writer.
    ///
    /// # Errors
    /// The store cannot be read to the end.
    pub async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let tx = self.begin_reading().await?;
        findings(&tx.db).await.doing("checking the integrity of the store")
    }
}

async fn findings(db: &Transaction) -> Result<Vec<String>, DbErr> {
    let mut found = Vec::new();
    if db.get_database_backend() == DbBackend::Sqlite {
        for row in query(db, "PRAGMA integrity_check(20)").await? {
            found.push(row.try_get_by_index::<String>(0)?);
        }
        // The answer of a sound database.
        found.retain(|line| line != "ok");
        for row in query(db, "PRAGMA foreign_key_check").await?.iter().take(20) {
            let table: String = row.try_get_by_index(0)?;
            let parent: String = row.try_get_by_index(2)?;
            found.push(format!("a row of `{table}` refers to a row of `{parent}` that is not there"));
        }
    }
    for row in query(db, DANGLING).await? {
        let kind: String = row.try_get_by_index(0)?;
        let id: uuid::Uuid = row.try_get_by_index(1)?;
        let object: uuid::Uuid = row.try_get_by_index(2)?;
        found.push(format!("the {kind} {id} refers to the object {object}, which is not there"));
    }
    Ok(found)
}

async fn query(db: &Transaction, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await
}
