//! The queue. Every write of a holder is fenced by its token; time is the database's.
//!
//! - `enqueue`: new jobs, children and joins.
//! - `settle`: what time alone changes: ends of leases, timers, clocks that are set back.
//! - `claim`: whose turn it is.
//! - `held`: what a holder does with its job.
//! - `cancel`: jobs that are not wanted any more.
//! - `view`: jobs as operators see them.

mod cancel;
mod claim;
mod enqueue;
mod held;
mod settle;
mod view;

use crate::clock;
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Jobs, StoreError};
use kinora_domain::job::{AfterFailure, Beat, JobFilter, JobState, JobView, LeasedJob, NewJob, Work, WorkKind};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::{HolderId, JobId, LeaseToken, Timestamp};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

const TABLE: &str = "jobs";

#[async_trait]
impl Jobs for SqlTx {
    async fn enqueue(&mut self, job: &NewJob) -> Result<bool, StoreError> {
        self.enqueue_job(job).await
    }

    async fn claim(
        &mut self,
        token: LeaseToken,
        holder: HolderId,
        lease_ms: i64,
        kinds: &[WorkKind],
    ) -> Result<Option<LeasedJob>, StoreError> {
        let now = clock::now(&self.db).await?;
        self.settle(now).await?;
        while let Some(id) = self.next_in_line(kinds).await? {
            if let Some(job) = self.lease_to(id, (token, holder), now, lease_ms).await? {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    async fn lease(&mut self, id: JobId, token: LeaseToken) -> Result<Beat, StoreError> {
        self.lease_state(id, token).await
    }

    async fn beat(&mut self, id: JobId, token: LeaseToken, lease_ms: i64) -> Result<Beat, StoreError> {
        self.extend_lease(id, token, lease_ms).await
    }

    async fn complete(&mut self, id: JobId, token: LeaseToken) -> Result<bool, StoreError> {
        self.complete_job(id, token).await
    }

    async fn fail(
        &mut self,
        id: JobId,
        token: LeaseToken,
        after: AfterFailure,
        words: &str,
    ) -> Result<bool, StoreError> {
        self.fail_job(id, token, after, words).await
    }

    async fn cancel_job(&mut self, id: JobId) -> Result<bool, StoreError> {
        self.cancel_tree(id.uuid()).await
    }

    async fn cancel_work(&mut self, work: Work) -> Result<bool, StoreError> {
        self.cancel_all_about(work).await
    }

    async fn drop_canceled(&mut self, id: JobId, token: LeaseToken) -> Result<bool, StoreError> {
        self.drop_canceled_job(id, token).await
    }

    async fn replay(&mut self, id: JobId) -> Result<bool, StoreError> {
        self.replay_job(id).await
    }

    async fn job(&mut self, id: JobId) -> Result<Option<JobView>, StoreError> {
        self.job_view(id).await
    }

    async fn jobs(&mut self, filter: &JobFilter, page: PageRequest) -> Result<Page<JobView>, StoreError> {
        self.job_views(filter, page).await
    }

    async fn queue_depth(&mut self) -> Result<Vec<(JobState, u64)>, StoreError> {
        self.depth().await
    }

    async fn unfinished_jobs(&mut self) -> Result<u64, StoreError> {
        self.unfinished().await
    }

    async fn holders(&mut self) -> Result<Vec<HolderId>, StoreError> {
        self.lease_holders().await
    }

    async fn release_holder(&mut self, holder: HolderId) -> Result<u64, StoreError> {
        self.end_leases_of(holder).await
    }

    async fn database_now(&mut self) -> Result<Timestamp, StoreError> {
        clock::now(&self.db).await
    }
}

impl SqlTx {
    /// Runs a statement whose values are `$1`, `$2` and so on; gives the number of rows changed.
    async fn run<const N: usize>(&self, sql: &str, values: [Value; N], doing: &'static str) -> Result<u64, StoreError> {
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        Ok(self.db.execute_raw(statement).await.doing(doing)?.rows_affected())
    }

    /// The same for a statement that gives rows.
    async fn rows<const N: usize>(
        &self,
        sql: &str,
        values: [Value; N],
        doing: &'static str,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.db.query_all_raw(statement).await.doing(doing)
    }
}
