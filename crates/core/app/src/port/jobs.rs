//! The queue: durable jobs, claimed under leases.

use super::store::StoreError;
use async_trait::async_trait;
use kinora_domain::job::{AfterFailure, Beat, JobFilter, JobState, JobView, LeasedJob, NewJob, Work, WorkKind};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::{HolderId, JobId, LeaseToken, Timestamp};

/// The queue. Leases, timers and waits are measured by the database's clock only, and hold when that
/// clock is set forwards or back. Whatever is done here commits with the rest of the transaction.
#[async_trait]
pub trait Jobs: Send {
    /// Adds a job. `false`: the same work on the same thing waits or runs already, and nothing
    /// happened; of a child, its join has that place still to be filled.
    ///
    /// # Errors
    /// `Inconsistent`: a child whose join is not there, does not wait, or has all the children that
    /// it waits for.
    async fn enqueue(&mut self, job: &NewJob) -> Result<bool, StoreError>;

    /// Takes the next job of those kinds for `lease_ms`, counting the attempt. The highest priority
    /// goes first; among equals, the organization with the fewest leased jobs of those kinds; among
    /// these, the job that was queued first. A lease that ended makes its job ready again in its old
    /// place; when the attempts are used up it is leased with [`LeasedJob::spent`], and when that
    /// ended too often as well, it is parked.
    async fn claim(
        &mut self,
        token: LeaseToken,
        holder: HolderId,
        lease_ms: i64,
        kinds: &[WorkKind],
    ) -> Result<Option<LeasedJob>, StoreError>;

    /// How a lease stands; changes nothing, and so may be asked in a transaction that only reads.
    async fn lease(&mut self, id: JobId, token: LeaseToken) -> Result<Beat, StoreError>;

    /// Extends a lease to `lease_ms` from now, provided that it is still held.
    async fn beat(&mut self, id: JobId, token: LeaseToken, lease_ms: i64) -> Result<Beat, StoreError>;

    /// Done: the job is removed, and its join is ready when this was the last child. `false`: the
    /// lease is lost or the job is canceled; undo the transaction.
    async fn complete(&mut self, id: JobId, token: LeaseToken) -> Result<bool, StoreError>;

    /// The attempt failed, with the last words of what failed, of which the beginning and the end are
    /// kept. `false`: the lease is lost or the job is canceled; undo the transaction.
    async fn fail(
        &mut self,
        id: JobId,
        token: LeaseToken,
        after: AfterFailure,
        words: &str,
    ) -> Result<bool, StoreError>;

    /// The job is not wanted any more, nor are its children: what a worker has hears so at its next
    /// heartbeat, the rest is removed. A child that is taken from its join this way leaves a place that
    /// another child may fill. `false`: there is no such job, or its worker is told already.
    async fn cancel_job(&mut self, id: JobId) -> Result<bool, StoreError>;

    /// The same for all jobs, parked ones included, that are about this work.
    async fn cancel_work(&mut self, work: Work) -> Result<bool, StoreError>;

    /// Removes a canceled job, once its worker has stopped. `false`: the lease is lost, or it is not
    /// canceled.
    async fn drop_canceled(&mut self, id: JobId, token: LeaseToken) -> Result<bool, StoreError>;

    /// A parked job is ready again with all its attempts. `false`: it is not parked, or the same
    /// work on the same thing waits or runs already.
    async fn replay(&mut self, id: JobId) -> Result<bool, StoreError>;

    /// The job of that id.
    async fn job(&mut self, id: JobId) -> Result<Option<JobView>, StoreError>;

    /// A page of jobs, the newest first.
    async fn jobs(&mut self, filter: &JobFilter, page: PageRequest) -> Result<Page<JobView>, StoreError>;

    /// How many jobs there are in each state; a state that is not listed has none.
    async fn queue_depth(&mut self) -> Result<Vec<(JobState, u64)>, StoreError>;

    /// Jobs that are to be done now: all that are neither parked nor timers whose moment has not come.
    async fn unfinished_jobs(&mut self) -> Result<u64, StoreError>;

    /// The processes that hold leases.
    async fn holders(&mut self) -> Result<Vec<HolderId>, StoreError>;

    /// Ends the leases of a process that is gone. Gives how many there were; their attempts count.
    async fn release_holder(&mut self, holder: HolderId) -> Result<u64, StoreError>;

    /// The database's clock.
    async fn database_now(&mut self) -> Result<Timestamp, StoreError>;
}
