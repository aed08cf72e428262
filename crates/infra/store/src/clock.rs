//! The database's clock, the only one that leases and waits are measured by.

use crate::error::Doing;
use crate::transaction::Transaction;
use kinora_app::port::StoreError;
use kinora_domain::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A moment that a test says it is. Shared by a store and its transactions.
#[derive(Debug, Clone)]
pub(crate) struct PinnedClock(Arc<AtomicI64>);

impl PinnedClock {
    /// No moment of this clock.
    const RUNNING: i64 = i64::MIN;

    pub(crate) fn pin(&self, moment: Option<Timestamp>) {
        self.0.store(moment.map_or(Self::RUNNING, Timestamp::millis), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|millis| *millis != Self::RUNNING)
    }
}

impl Default for PinnedClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(Self::RUNNING)))
    }
}

/// The wall clock of the database in whole milliseconds since the Unix epoch.
pub(crate) async fn now(tx: &Transaction) -> Result<Timestamp, StoreError> {
    if let Some(millis) = tx.pinned_clock() {
        return Ok(Timestamp::from_millis(millis));
    }
    read(tx).await.map(Timestamp::from_millis).doing("reading the database's clock")
}

async fn read(tx: &Transaction) -> Result<i64, DbErr> {
    let backend = tx.get_database_backend();
    let sql = match backend {
        // Not the moment of the transaction's start, which `now()` would give.
        DbBackend::Postgres => "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
        // Rounded, because the fraction of a second is binary: `.123` may read as 122.99 milliseconds.
        _ => "SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)",
    };
    let row = tx.query_one_raw(Statement::from_string(backend, sql)).await?;
    row.ok_or_else(|| DbErr::Query(RuntimeErr::Internal("the clock gave no row".to_owned())))?.try_get_by_index(0)
}
