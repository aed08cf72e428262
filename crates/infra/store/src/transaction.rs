//! A transaction of the database that ends with its first failure.

use crate::clock::PinnedClock;
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::sync::atomic::{AtomicBool, Ordering};

/// A transaction in which every statement succeeded so far.
///
/// After one that failed, or that nobody waited for to the end, no further statement runs and nothing
/// is committed. PostgreSQL does so by itself. SQLite does not: after some failures, a full disk among
/// them, it has undone the transaction, and what follows would be kept statement by statement.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    broken: AtomicBool,
    clock: PinnedClock,
}

impl Transaction {
    pub(crate) fn new(inner: DatabaseTransaction, clock: PinnedClock) -> Self {
        Self { inner, broken: AtomicBool::new(false), clock }
    }

    /// What a test says that the database's clock shows.
    pub(crate) fn pinned_clock(&self) -> Option<i64> {
        self.clock.get()
    }

    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        if self.broken.into_inner() {
            return Err(broken());
        }
        self.inner.commit().await
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        // Broken until it has succeeded: the way out may also be that this future is dropped.
        if self.broken.swap(true, Ordering::Relaxed) {
            return Err(broken());
        }
        let result = statement.await?;
        self.broken.store(false, Ordering::Relaxed);
        Ok(result)
    }
}

fn broken() -> DbErr {
    DbErr::Query(RuntimeErr::Internal("an earlier statement of this transaction failed or was given up".to_owned()))
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.inner.query_all_raw(statement)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, SqlStore};
    use kinora_app::port::{Objects, Store, Tx};
    use kinora_domain::ObjectId;
    use std::future::{pending, poll_fn};
    use std::pin::pin;
    use std::task::Poll;

    #[tokio::test]
    async fn a_statement_that_is_given_up_ends_its_transaction() {
        let home = tempfile::tempdir().unwrap();
        let store = SqlStore::open(&Location::Sqlite(home.path().join("kinora.db"))).await.unwrap();
        let object = ObjectId::new(uuid::Uuid::nil());
        let mut tx = store.begin_writing().await.unwrap();
        tx.insert_object(object, 1).await.unwrap();
        {
            let mut statement = pin!(tx.db.run(pending::<Result<(), DbErr>>()));
            assert!(poll_fn(|context| Poll::Ready(statement.as_mut().poll(context).is_pending())).await);
        }
        assert!(tx.object_ids().await.is_err());
        assert!(Box::new(tx).commit().await.is_err());
        assert_eq!(store.read().await.unwrap().object_ids().await.unwrap(), []);
    }
}
