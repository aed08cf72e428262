//! The store: who may write when.

use crate::clock::PinnedClock;
use crate::error::Doing;
use crate::found::Memory;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Store, StoreError, Tx};
use kinora_domain::Timestamp;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;

/// The metadata store in an SQL database. Open it with [`open`](Self::open).
#[derive(Debug)]
pub struct SqlStore {
    pub(crate) writer: DatabaseConnection,
    pub(crate) readers: DatabaseConnection,
    clock: PinnedClock,
    memory: Arc<Memory>,
}

impl SqlStore {
    pub(crate) fn new(writer: DatabaseConnection, readers: DatabaseConnection) -> Self {
        Self { writer, readers, clock: PinnedClock::default(), memory: Arc::default() }
    }

    /// Passes while the store answers: a trivial read, which waits for no writer.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn check(&self) -> Result<(), StoreError> {
        let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM organizations LIMIT 1) AS first";
        let statement = Statement::from_string(self.readers.get_database_backend(), sql);
        self.readers.query_one_raw(statement).await.doing("checking that the store answers")?;
        Ok(())
    }

    /// Waits for the transactions that are open and closes the store: what its log still holds goes
    /// into the database file. A store that is dropped without it loses nothing either, and takes a
    /// little longer to open the next time.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.readers.close_by_ref().await.doing("closing the store's readers")?;
        self.writer.close_by_ref().await.doing("closing the store's writer")
    }

    /// For tests of leases and timers: from here on the database's clock shows this moment; with `None`
    /// it runs again.
    #[doc(hidden)]
    pub fn pin_clock(&self, moment: Option<Timestamp>) {
        self.clock.pin(moment);
    }

    pub(crate) async fn begin_writing(&self) -> Result<SqlTx, StoreError> {
        // The lock is taken here, where waiting for it is possible: a transaction that read first and
        // found a newer commit at its first write could only fail.
        let options = mode(SqliteTransactionMode::Immediate);
        self.writer
            .begin_with_options(options)
            .await
            .doing("beginning a transaction that writes")
            .map(|tx| SqlTx::new(tx, self.clock.clone(), None))
    }

    pub(crate) async fn begin_reading(&self) -> Result<SqlTx, StoreError> {
        let options = mode(SqliteTransactionMode::Deferred);
        self.readers
            .begin_with_options(options)
            .await
            .doing("beginning a transaction that reads")
            .map(|tx| SqlTx::new(tx, self.clock.clone(), Some(Arc::clone(&self.memory))))
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.begin_writing().await?))
    }

    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.begin_reading().await?))
    }
}

fn mode(mode: SqliteTransactionMode) -> TransactionOptions {
    TransactionOptions { isolation_level: None, access_mode: None, sqlite_transaction_mode: Some(mode) }
}
