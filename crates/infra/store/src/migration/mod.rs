//! The schema, as the list of its changes. A change that was released is never edited again: the next
//! one follows it. All changes of one start are one transaction.

mod column;
mod m0001;
mod m0002_work;
mod m0003_outputs;
mod m0004_library;
mod m0006_keys;
mod m0007_idempotency;
mod m0008_file_labels;
mod m0009_listing_changes;
mod m0010_original_names;
mod m0011_playback;
mod m0012_pictures;
mod m0013_intakes;

use crate::open::OpenError;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager, seaql_migrations};

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001::Migration),
            Box::new(m0002_work::Migration),
            Box::new(m0003_outputs::Migration),
            Box::new(m0004_library::Migration),
            Box::new(m0006_keys::Migration),
            Box::new(m0007_idempotency::Migration),
            Box::new(m0008_file_labels::Migration),
            Box::new(m0009_listing_changes::Migration),
            Box::new(m0010_original_names::Migration),
            Box::new(m0011_playback::Migration),
            Box::new(m0012_pictures::Migration),
            Box::new(m0013_intakes::Migration),
        ]
    }
}

/// Brings the schema up to date.
///
/// # Errors
/// The store has changes that this program does not know, or one of ours fails; nothing is changed then.
pub(crate) async fn run(db: &DatabaseConnection) -> Result<(), OpenError> {
    let failed = || OpenError::database("bringing the schema of the metadata store up to date");
    if is_current(applied(db).await.map_err(failed())?)? {
        return Ok(());
    }
    // Another process may be about to do the same: whoever comes second finds it done.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx: DatabaseTransaction = db.begin_with_options(options).await.map_err(failed())?;
    if !is_current(applied(&tx).await.map_err(failed())?)? {
        Migrator::up(&tx, None).await.map_err(failed())?;
    }
    tx.commit().await.map_err(failed())
}

/// Names of the changes that the store has, oldest first; none where it is new.
async fn applied<'c, C>(db: &'c C) -> Result<Vec<String>, DbErr>
where
    C: sea_orm::ConnectionTrait,
    &'c C: sea_orm_migration::IntoSchemaManagerConnection<'c>,
{
    if !SchemaManager::new(db).has_table(Migrator::migration_table_name().to_string()).await? {
        return Ok(Vec::new());
    }
    let models: Vec<seaql_migrations::Model> = Migrator::get_migration_models(db).await?;
    Ok(models.into_iter().map(|model| model.version).collect())
}

/// Whether those are all changes that there are.
fn is_current(applied: Vec<String>) -> Result<bool, OpenError> {
    let known = Migrator::migrations();
    let is_known = |change: &String| known.iter().any(|migration| migration.name() == change);
    let count = applied.len();
    match applied.into_iter().find(|change| !is_known(change)) {
        Some(change) => Err(OpenError::Newer { change }),
        None => Ok(count == known.len()),
    }
}
