//! One transaction of the database behind every repository.

use crate::clock::PinnedClock;
use crate::error::Doing;
use crate::found::Memory;
use crate::transaction::Transaction;
use async_trait::async_trait;
use kinora_app::port::{StoreError, Tx};
use sea_orm::DatabaseTransaction;
use std::sync::Arc;

/// A transaction; the repositories are in `repository`. Dropped without a commit, also in the middle
/// of a statement, it is undone and its connection is free for the next.
pub(crate) struct SqlTx {
    pub(crate) db: Transaction,
    /// What listings found, for who only reads: what is written here is not so until it is committed.
    pub(crate) memory: Option<Arc<Memory>>,
}

impl SqlTx {
    pub(crate) fn new(db: DatabaseTransaction, clock: PinnedClock, memory: Option<Arc<Memory>>) -> Self {
        Self { db: Transaction::new(db, clock), memory }
    }
}

#[async_trait]
impl Tx for SqlTx {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.db.commit().await.doing("committing")
    }
}
