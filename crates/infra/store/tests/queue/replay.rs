//! One history on both.

use crate::history::{Step, history};
use crate::model::Model;
use kinora_app::port::{Store, StoreError};
use kinora_domain::access::Organization;
use kinora_domain::job::{AfterFailure, Beat, JobFilter, JobState, LEASE_MS, NewJob, Work, WorkKind};
use kinora_domain::page::PageRequest;
use kinora_domain::{HolderId, JobId, LeaseToken, OrganizationId, ProjectId, Timestamp};
use kinora_store::{Location, SqlStore};
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

const NOON: i64 = 1_800_000_000_000;

fn id(number: impl Into<u128>) -> Uuid {
    Uuid::from_u128(number.into() + 1)
}

struct Pair {
    store: SqlStore,
    model: Model,
    now: i64,
    /// Every job that was queued, and every lease that was given.
    jobs: Vec<JobId>,
    leases: Vec<(JobId, LeaseToken)>,
    /// What each worker believes to hold.
    workers: HashMap<u8, (JobId, LeaseToken)>,
    /// Claims of each job since it was queued or replayed, and the end of each child of a join.
    claims: HashMap<JobId, u32>,
    counted: HashMap<JobId, u32>,
    joins: HashMap<JobId, u32>,
}

impl Pair {
    async fn new(folder: &std::path::Path) -> Self {
        let store = SqlStore::open(&Location::Sqlite(folder.join("kinora.db"))).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        for number in 0..4_u8 {
            tx.insert_organization(&Organization {
                id: OrganizationId::new(id(number)),
                name: number.to_string(),
                default_project: ProjectId::new(id(number)),
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let mut pair = Self {
            store,
            model: Model::default(),
            now: NOON,
            jobs: Vec::new(),
            leases: Vec::new(),
            workers: HashMap::new(),
            claims: HashMap::new(),
            counted: HashMap::new(),
            joins: HashMap::new(),
        };
        pair.pass(0);
        pair
    }

    fn pass(&mut self, millis: i64) {
        self.now += millis;
        self.store.pin_clock(Some(Timestamp::from_millis(self.now)));
    }

    fn job(&self, number: u8) -> Option<JobId> {
        self.jobs.get(usize::from(number) % self.jobs.len().max(1)).copied()
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Enqueue { .. } => self.enqueue(step).await,
            Step::Claim { worker, process, kinds } => self.claim(worker, process, &kinds).await,
            Step::Beat { worker } => {
                let Some((job, token)) = self.workers.get(&worker).copied() else { return };
                let mut tx = self.store.begin().await.unwrap();
                let beat = tx.beat(job, token, LEASE_MS).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(beat, self.model.beat(job, token, LEASE_MS, self.now));
            }
            Step::Complete { worker } => {
                if let Some((job, token)) = self.workers.remove(&worker) {
                    self.complete(job, token).await;
                }
            }
            Step::Fail { worker, after } => {
                if let Some((job, token)) = self.workers.remove(&worker) {
                    let after = after.map_or(AfterFailure::Park, AfterFailure::RetryAfter);
                    self.fail(job, token, after).await;
                }
            }
            Step::Drop { worker } => {
                if let Some((job, token)) = self.workers.get(&worker).copied() {
                    self.drop_canceled(job, token).await;
                }
            }
            Step::Stale { lease, way } => {
                let Some((job, token)) = self.leases.get(usize::from(lease) % self.leases.len().max(1)).copied() else {
                    return;
                };
                if self.workers.values().any(|held| *held == (job, token)) {
                    return;
                }
                match way {
                    0 => self.complete(job, token).await,
                    1 => self.fail(job, token, AfterFailure::Park).await,
                    2 => self.drop_canceled(job, token).await,
                    _ => {
                        let mut tx = self.store.read().await.unwrap();
                        let model = match self.model.get(job).filter(|job| job.token == Some(token)) {
                            None => Beat::Lost,
                            Some(job) if job.canceled => Beat::Canceled,
                            Some(_) => Beat::Held,
                        };
                        assert_eq!(tx.lease(job, token).await.unwrap(), model);
                    }
                }
            }
            Step::Cancel { job } => {
                let Some(job) = self.job(job) else { return };
                let mut tx = self.store.begin().await.unwrap();
                let canceled = tx.cancel_job(job).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(canceled, self.model.cancel(job));
            }
            Step::CancelWork { kind, subject } => {
                let work = Work::from_parts(kind, id(subject));
                let mut tx = self.store.begin().await.unwrap();
                let canceled = tx.cancel_work(work).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(canceled, self.model.cancel_work(work));
            }
            Step::Replay { job } => {
                // Mostly one that is parked.
                let parked: Vec<_> =
                    self.model.jobs.iter().filter(|job| job.state == JobState::Parked).map(|job| job.id).collect();
                let any = if job % 4 == 0 { None } else { parked.get(usize::from(job) % parked.len().max(1)).copied() };
                let Some(job) = any.or(self.job(job)) else { return };
                let mut tx = self.store.begin().await.unwrap();
                let replayed = tx.replay(job).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(replayed, self.model.replay(job));
                if replayed {
                    self.claims.insert(job, 0);
                }
            }
            Step::ProcessDies { process } => {
                let holder = HolderId::new(id(process));
                let mut tx = self.store.begin().await.unwrap();
                let released = tx.release_holder(holder).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(released, self.model.release(holder));
            }
            Step::Pass { millis } => self.pass(millis),
        }
    }

    async fn enqueue(&mut self, step: Step) {
        let Step::Enqueue { organization, kind, subject, priority, due, join, waits_for } = step else { return };
        let job = JobId::new(id(self.jobs.len() as u128));
        let work = Work::from_parts(kind, id(subject));
        let mut new = NewJob::new(job, OrganizationId::new(id(organization)), work)
            .with_priority(priority)
            .with_due(due.at(self.now))
            .with_waits_for(waits_for.into());
        // Mostly a join that waits, sometimes any job at all: then both refuse.
        let waiting: Vec<_> =
            self.model.jobs.iter().filter(|job| job.state == JobState::Waiting).map(|job| job.id).collect();
        if let Some(number) = join {
            let any = if waiting.is_empty() || number % 16 == 0 { self.jobs.clone() } else { waiting };
            if let Some(join) = any.get(usize::from(number) % any.len().max(1)) {
                new = new.with_group(*join);
            }
        }
        let expected = self.model.enqueue(&new, self.now);
        let mut tx = self.store.begin().await.unwrap();
        match tx.enqueue(&new).await {
            Ok(inserted) => {
                assert_eq!(Ok(inserted), expected);
                tx.commit().await.unwrap();
                if inserted {
                    self.jobs.push(job);
                    self.claims.insert(job, 0);
                    self.joins.insert(job, waits_for.into());
                }
            }
            Err(StoreError::Inconsistent { .. }) => assert!(expected.is_err()),
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn claim(&mut self, worker: u8, process: u8, kinds: &[WorkKind]) {
        let token = LeaseToken::new(id(1_000 + self.leases.len() as u128));
        let holder = HolderId::new(id(process));
        let mut tx = self.store.begin().await.unwrap();
        let claimed = tx.claim(token, holder, LEASE_MS, kinds).await.unwrap();
        tx.commit().await.unwrap();
        let expected = self.model.claim((token, holder), LEASE_MS, kinds, self.now);
        self.workers.remove(&worker);
        assert_eq!(claimed.as_ref().map(|job| job.id), expected.as_ref().map(|job| job.id));
        let (Some(claimed), Some(expected)) = (claimed, expected) else { return };
        assert_eq!((claimed.work, claimed.organization), (expected.work, expected.organization));
        assert_eq!(claimed.until.millis(), self.now + LEASE_MS);
        let claims = self.claims.entry(claimed.id).or_default();
        *claims += 1;
        assert_eq!((claimed.attempt, claimed.spent), (*claims, *claims > kinora_domain::job::MAX_ATTEMPTS));
        // A join is claimed when exactly as many children are done as it waited for.
        let done = self.counted.get(&claimed.id).copied().unwrap_or(0);
        assert_eq!(self.joins.get(&claimed.id), Some(&done));
        self.leases.push((claimed.id, token));
        self.workers.insert(worker, (claimed.id, token));
    }

    async fn complete(&mut self, job: JobId, token: LeaseToken) {
        let mut tx = self.store.begin().await.unwrap();
        let join = tx.job(job).await.unwrap().and_then(|job| job.group);
        let completed = tx.complete(job, token).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(completed, self.model.complete(job, token, self.now));
        if let Some(join) = join.filter(|_| completed) {
            *self.counted.entry(join).or_default() += 1;
        }
    }

    async fn fail(&mut self, job: JobId, token: LeaseToken, after: AfterFailure) {
        let mut tx = self.store.begin().await.unwrap();
        let failed = tx.fail(job, token, after, "words").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(failed, self.model.fail(job, token, after, self.now));
    }

    async fn drop_canceled(&mut self, job: JobId, token: LeaseToken) {
        let mut tx = self.store.begin().await.unwrap();
        let dropped = tx.drop_canceled(job, token).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(dropped, self.model.drop_canceled(job, token));
    }

    /// Both hold the same jobs in the same states.
    async fn compare(&self) {
        let mut tx = self.store.read().await.unwrap();
        let page = PageRequest::new(None, Some(1_000)).unwrap();
        let mut stored = tx.jobs(&JobFilter::default(), page).await.unwrap().items;
        stored.reverse();
        let row = |id, state: JobState, attempts, outstanding, canceled, due: Option<i64>| {
            (id, state.name(), attempts, outstanding, canceled, due)
        };
        let stored: Vec<_> = stored
            .into_iter()
            .map(|job| {
                let canceled = job.lease.is_some_and(|lease| lease.canceled);
                let due = job.lease.map(|lease| lease.until).or(job.due).map(Timestamp::millis);
                row(job.id, job.state, job.attempts, job.outstanding, canceled, due)
            })
            .collect();
        let due = |job: &crate::model::Job| {
            let has = matches!(job.state, JobState::Leased | JobState::Scheduled | JobState::Waiting);
            job.due.filter(|_| has)
        };
        let expected: Vec<_> = (self.model.jobs.iter())
            .map(|job| row(job.id, job.state, job.attempts, job.outstanding, job.canceled, due(job)))
            .collect();
        let stored: Vec<_> = stored
            .into_iter()
            .map(|job| if job.1 == "ready" { (job.0, job.1, job.2, job.3, job.4, None) } else { job })
            .collect();
        assert_eq!(stored, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_queue_does_what_its_model_does(steps in history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let mut pair = Pair::new(folder.path()).await;
            for step in steps {
                pair.step(step).await;
                pair.compare().await;
            }
            pair.store.close().await.unwrap();
        });
    }
}
