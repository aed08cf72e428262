//! The queue of a store in single steps, each a transaction; the clock stands still unless it is moved.

use crate::fixture::{at, file_id, job_id, organization_id, token, track_id, two_organizations, write};
use kinora_app::port::{Store, StoreError};
use kinora_domain::job::{AfterFailure, Beat, JobState, JobView, LEASE_MS, LeasedJob, NewJob, Work, WorkKind};
use kinora_domain::{HolderId, JobId};
use kinora_store::SqlStore;
use std::cell::Cell;
use uuid::Uuid;

pub(crate) struct Desk<'store> {
    pub(crate) store: &'store SqlStore,
    now: Cell<i64>,
}

pub(crate) fn probe(number: u128) -> Work {
    Work::ProbeFile(file_id(number))
}

pub(crate) fn copy(number: u128) -> Work {
    Work::CopyAudio(track_id(number))
}

/// A job of organization 1.
pub(crate) fn new(number: u128, work: Work) -> NewJob {
    NewJob::new(job_id(number), organization_id(1), work)
}

pub(crate) fn holder(number: u128) -> HolderId {
    HolderId::new(Uuid::from_u128(number))
}

impl<'store> Desk<'store> {
    /// With organizations 1 and 2, at noon of some day.
    pub(crate) async fn new(store: &'store SqlStore) -> Self {
        two_organizations(store).await;
        let desk = Self { store, now: Cell::new(1_800_000_000_000) };
        desk.pass(0);
        desk
    }

    pub(crate) fn now(&self) -> i64 {
        self.now.get()
    }

    /// So many milliseconds pass, or are taken back.
    pub(crate) fn pass(&self, millis: i64) {
        self.now.set(self.now.get() + millis);
        self.store.pin_clock(Some(at(self.now.get())));
    }

    pub(crate) async fn try_enqueue(&self, job: NewJob) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await.unwrap();
        let inserted = tx.enqueue(&job).await?;
        tx.commit().await.unwrap();
        Ok(inserted)
    }

    pub(crate) async fn enqueue(&self, job: NewJob) -> bool {
        self.try_enqueue(job).await.unwrap()
    }

    /// Claims any kind, as the worker of that number in process 1.
    pub(crate) async fn claim(&self, worker: u128) -> Option<LeasedJob> {
        self.claim_of(worker, WorkKind::ALL).await
    }

    pub(crate) async fn claim_of(&self, worker: u128, kinds: &[WorkKind]) -> Option<LeasedJob> {
        self.claim_as(worker, holder(1), kinds).await
    }

    pub(crate) async fn claim_as(&self, worker: u128, holder: HolderId, kinds: &[WorkKind]) -> Option<LeasedJob> {
        write(self.store, async |tx| tx.claim(token(worker), holder, LEASE_MS, kinds).await.unwrap()).await
    }

    /// Claims and gives the job's number.
    pub(crate) async fn claimed(&self, worker: u128) -> Option<u128> {
        self.claim(worker).await.map(|job| job.id.uuid().as_u128())
    }

    pub(crate) async fn complete(&self, job: u128, worker: u128) -> bool {
        write(self.store, async |tx| tx.complete(job_id(job), token(worker)).await.unwrap()).await
    }

    pub(crate) async fn fail(&self, job: u128, worker: u128, after: AfterFailure) -> bool {
        self.fail_saying(job, worker, after, "it failed").await
    }

    pub(crate) async fn fail_saying(&self, job: u128, worker: u128, after: AfterFailure, words: &str) -> bool {
        write(self.store, async |tx| tx.fail(job_id(job), token(worker), after, words).await.unwrap()).await
    }

    pub(crate) async fn beat(&self, job: u128, worker: u128) -> Beat {
        write(self.store, async |tx| tx.beat(job_id(job), token(worker), LEASE_MS).await.unwrap()).await
    }

    /// How the lease stands, asked without writing.
    pub(crate) async fn lease(&self, job: u128, worker: u128) -> Beat {
        self.store.read().await.unwrap().lease(job_id(job), token(worker)).await.unwrap()
    }

    pub(crate) async fn cancel(&self, job: u128) -> bool {
        write(self.store, async |tx| tx.cancel_job(job_id(job)).await.unwrap()).await
    }

    pub(crate) async fn drop_canceled(&self, job: u128, worker: u128) -> bool {
        write(self.store, async |tx| tx.drop_canceled(job_id(job), token(worker)).await.unwrap()).await
    }

    pub(crate) async fn replay(&self, job: u128) -> bool {
        write(self.store, async |tx| tx.replay(job_id(job)).await.unwrap()).await
    }

    pub(crate) async fn view(&self, job: u128) -> Option<JobView> {
        self.store.read().await.unwrap().job(job_id(job)).await.unwrap()
    }

    pub(crate) async fn state(&self, job: u128) -> Option<JobState> {
        self.view(job).await.map(|job| job.state)
    }

    pub(crate) async fn unfinished(&self) -> u64 {
        self.store.read().await.unwrap().unfinished_jobs().await.unwrap()
    }
}

pub(crate) fn number(id: JobId) -> u128 {
    id.uuid().as_u128()
}
