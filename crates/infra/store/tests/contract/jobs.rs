//! The queue.

use crate::fixture::{at, file_id, job_id, organization_id, token, track_id, two_organizations, write};
use kinora_app::port::Store;
use kinora_domain::job::{AfterFailure, LEASE_MS, LeasedJob, MAX_ATTEMPTS, Work};

/// A lease that has ended when it is given: nobody has to wait for it.
const ENDED: i64 = -1;

async fn enqueue(store: &dyn Store, number: u128, work: Work) {
    write(store, async |tx| {
        tx.enqueue(job_id(number), organization_id(1), work).await.unwrap();
    })
    .await;
}

async fn claim(store: &dyn Store, holder: u128, lease_ms: i64) -> Option<LeasedJob> {
    write(store, async |tx| tx.claim(token(holder), lease_ms).await.unwrap()).await
}

async fn unfinished(store: &dyn Store) -> u64 {
    store.read().await.unwrap().unfinished_jobs().await.unwrap()
}

fn probe(number: u128) -> Work {
    Work::ProbeFile(file_id(number))
}

pub(crate) async fn the_oldest_job_is_claimed_first(store: &dyn Store) {
    two_organizations(store).await;
    let copy = Work::CopyAudio(track_id(1));
    enqueue(store, 1, copy).await;
    enqueue(store, 2, probe(1)).await;
    enqueue(store, 3, probe(2)).await;
    assert_eq!(unfinished(store).await, 3);
    for (number, work) in [(1, copy), (2, probe(1)), (3, probe(2))] {
        let before = store.read().await.unwrap().database_now().await.unwrap();
        let job = claim(store, 10 + number, LEASE_MS).await.unwrap();
        let after = store.read().await.unwrap().database_now().await.unwrap();
        assert_eq!((job.id, job.work, job.attempt, job.token), (job_id(number), work, 1, token(10 + number)));
        assert!(before.plus_millis(LEASE_MS) <= job.until && job.until <= after.plus_millis(LEASE_MS));
    }
    assert_eq!(claim(store, 20, LEASE_MS).await, None);
    assert_eq!(unfinished(store).await, 3);
}

pub(crate) async fn work_that_waits_or_runs_is_not_queued_twice(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    enqueue(store, 2, probe(1)).await;
    assert_eq!(unfinished(store).await, 1);
    assert_eq!(claim(store, 1, LEASE_MS).await.unwrap().id, job_id(1));
    enqueue(store, 3, probe(1)).await;
    assert_eq!(unfinished(store).await, 1);
    // The same subject, but other work.
    enqueue(store, 4, Work::CopyAudio(track_id(1))).await;
    assert_eq!(unfinished(store).await, 2);
}

pub(crate) async fn work_that_is_done_can_be_queued_again(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    claim(store, 1, LEASE_MS).await.unwrap();
    assert!(write(store, async |tx| tx.complete(job_id(1), token(1)).await.unwrap()).await);
    assert_eq!(unfinished(store).await, 0);
    assert_eq!(claim(store, 2, LEASE_MS).await, None);
    assert!(!write(store, async |tx| tx.complete(job_id(1), token(1)).await.unwrap()).await);
    enqueue(store, 2, probe(1)).await;
    assert_eq!(claim(store, 3, LEASE_MS).await.unwrap().id, job_id(2));
}

pub(crate) async fn a_lease_that_ended_goes_to_the_next_worker_and_fences_the_first(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    let first = claim(store, 1, ENDED).await.unwrap();
    let second = claim(store, 2, LEASE_MS).await.unwrap();
    assert_eq!((second.id, second.attempt), (first.id, 2));
    write(store, async |tx| {
        assert!(!tx.extend(first.id, first.token, LEASE_MS).await.unwrap());
        assert!(!tx.complete(first.id, first.token).await.unwrap());
        assert!(!tx.fail(first.id, first.token, AfterFailure::Park, "late").await.unwrap());
    })
    .await;
    assert_eq!(claim(store, 3, LEASE_MS).await, None, "the second one still holds it");
    assert!(write(store, async |tx| tx.complete(second.id, second.token).await.unwrap()).await);
}

pub(crate) async fn a_lease_that_is_extended_holds(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    claim(store, 1, ENDED).await.unwrap();
    assert!(write(store, async |tx| tx.extend(job_id(1), token(1), LEASE_MS).await.unwrap()).await);
    assert_eq!(claim(store, 2, LEASE_MS).await, None);
    assert!(write(store, async |tx| tx.extend(job_id(1), token(1), ENDED).await.unwrap()).await);
    assert_eq!(claim(store, 2, LEASE_MS).await.unwrap().attempt, 2);
}

pub(crate) async fn a_job_whose_workers_go_away_is_parked_and_starves_nobody(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    enqueue(store, 2, probe(2)).await;
    for attempt in 1..=MAX_ATTEMPTS {
        let job = claim(store, u128::from(attempt), ENDED).await.unwrap();
        assert_eq!((job.id, job.attempt), (job_id(1), attempt));
    }
    let next = claim(store, 50, LEASE_MS).await.unwrap();
    assert_eq!((next.id, next.attempt), (job_id(2), 1));
    assert_eq!(claim(store, 51, LEASE_MS).await, None);
    assert_eq!(unfinished(store).await, 1, "the parked one is nobody's work any more");
    let last = u128::from(MAX_ATTEMPTS);
    assert!(!write(store, async |tx| tx.complete(job_id(1), token(last)).await.unwrap()).await, "too late");
}

pub(crate) async fn a_failed_attempt_waits_for_its_moment(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    claim(store, 1, LEASE_MS).await.unwrap();
    let retry = async |holder: u128, wait: i64| {
        write(store, async |tx| {
            let moment = tx.database_now().await.unwrap().plus_millis(wait);
            tx.fail(job_id(1), token(holder), AfterFailure::RetryAt(moment), "ffprobe: exit status 1").await.unwrap()
        })
        .await
    };
    assert!(retry(1, 600_000).await);
    assert!(!retry(1, 0).await, "the lease is given back");
    assert_eq!(claim(store, 2, LEASE_MS).await, None, "its moment has not come");
    assert_eq!(unfinished(store).await, 1);
    enqueue(store, 2, probe(1)).await;
    assert_eq!(unfinished(store).await, 1, "it still waits");

    enqueue(store, 3, probe(3)).await;
    assert_eq!(claim(store, 3, LEASE_MS).await.unwrap().id, job_id(3), "a younger one does not wait for it");
    assert!(
        write(store, async |tx| { tx.fail(job_id(3), token(3), AfterFailure::RetryAt(at(0)), "again").await.unwrap() })
            .await
    );
    let again = claim(store, 4, LEASE_MS).await.unwrap();
    assert_eq!((again.id, again.attempt), (job_id(3), 2));
}

pub(crate) async fn a_parked_job_is_not_claimed(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    claim(store, 1, LEASE_MS).await.unwrap();
    assert!(write(store, async |tx| tx.fail(job_id(1), token(1), AfterFailure::Park, "no").await.unwrap()).await);
    assert_eq!(claim(store, 2, LEASE_MS).await, None);
    assert_eq!(unfinished(store).await, 0);
    enqueue(store, 2, probe(1)).await;
    assert_eq!(claim(store, 3, LEASE_MS).await.unwrap().id, job_id(2), "the same work anew");
}

pub(crate) async fn a_claim_that_is_not_committed_did_not_happen(store: &dyn Store) {
    two_organizations(store).await;
    enqueue(store, 1, probe(1)).await;
    let mut tx = store.begin().await.unwrap();
    assert!(tx.claim(token(1), LEASE_MS).await.unwrap().is_some());
    assert_eq!(tx.claim(token(2), LEASE_MS).await.unwrap(), None, "not twice in one transaction either");
    drop(tx);
    assert_eq!(claim(store, 3, LEASE_MS).await.unwrap().attempt, 1);
}

pub(crate) async fn the_clock_is_that_of_today_in_milliseconds(store: &dyn Store) {
    let mut tx = store.read().await.unwrap();
    let first = tx.database_now().await.unwrap();
    let second = tx.database_now().await.unwrap();
    assert!(first <= second);
    // 2025 to 2100.
    assert!((1_735_689_600_000..4_102_444_800_000).contains(&first.millis()), "{first:?}");
}
