//! Queueing and claiming.

use super::desk::{Desk, copy, holder, new, probe};
use crate::fixture::{job_id, organization_id, token, two_organizations, write};
use kinora_app::port::Store;
use kinora_domain::job::{AfterFailure, LEASE_MS, WorkKind};
use kinora_store::SqlStore;

pub(crate) async fn a_claim_says_everything_about_its_job(store: &SqlStore) {
    let desk = Desk::new(store).await;
    assert!(desk.enqueue(new(1, copy(1))).await);
    let job = desk.claim(10).await.unwrap();
    assert_eq!((job.id, job.organization, job.work), (job_id(1), organization_id(1), copy(1)));
    assert_eq!((job.attempt, job.token, job.spent, job.last_words), (1, token(10), false, None));
    assert_eq!(job.until.millis(), desk.now() + LEASE_MS);
    assert_eq!(desk.claim(11).await, None);
    assert_eq!(desk.unfinished().await, 1);
}

pub(crate) async fn work_that_waits_or_runs_is_not_queued_twice(store: &SqlStore) {
    let desk = Desk::new(store).await;
    assert!(desk.enqueue(new(1, probe(1))).await);
    assert!(!desk.enqueue(new(2, probe(1))).await);
    assert_eq!(desk.claimed(1).await, Some(1));
    assert!(!desk.enqueue(new(3, probe(1))).await);
    assert_eq!(desk.unfinished().await, 1);
    assert!(desk.fail(1, 1, AfterFailure::RetryAfter(1_000)).await);
    assert!(!desk.enqueue(new(4, probe(1))).await, "it still waits");
    // The same subject, but other work.
    assert!(desk.enqueue(new(5, copy(1))).await);
    assert_eq!(desk.unfinished().await, 2);
}

pub(crate) async fn work_that_is_done_or_parked_can_be_queued_again(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    assert!(desk.complete(1, 1).await);
    assert_eq!((desk.unfinished().await, desk.claim(2).await), (0, None));
    assert!(!desk.complete(1, 1).await);
    assert!(desk.enqueue(new(2, probe(1))).await);
    assert_eq!(desk.claimed(3).await, Some(2));
    assert!(desk.fail(2, 3, AfterFailure::Park).await);
    assert_eq!((desk.unfinished().await, desk.claim(4).await), (0, None));
    assert!(desk.enqueue(new(3, probe(1))).await);
    assert_eq!(desk.claimed(5).await, Some(3));
}

pub(crate) async fn a_claim_takes_only_the_kinds_that_it_asks_for(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.enqueue(new(2, copy(1))).await;
    assert_eq!(desk.claim_of(1, &[]).await, None);
    assert_eq!(desk.claim_of(1, &[WorkKind::CopyAudio]).await.unwrap().id, job_id(2));
    assert_eq!(desk.claim_of(2, &[WorkKind::CopyAudio]).await, None);
    assert_eq!(desk.claim_of(2, &[WorkKind::ProbeFile]).await.unwrap().id, job_id(1));
}

pub(crate) async fn a_failed_attempt_waits_for_its_moment(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    assert!(desk.fail(1, 1, AfterFailure::RetryAfter(600_000)).await);
    assert!(!desk.fail(1, 1, AfterFailure::Park).await, "the lease is given back");
    assert_eq!(desk.claim(2).await, None, "its moment has not come");
    desk.enqueue(new(2, probe(3))).await;
    assert_eq!(desk.claimed(3).await, Some(2), "a younger one does not wait for it");
    desk.pass(599_999);
    assert!(desk.claim(4).await.is_none_or(|job| job.id != job_id(1)));
    desk.pass(1);
    let again = desk.claim(5).await.unwrap();
    assert_eq!((again.id, again.attempt, again.last_words.as_deref()), (job_id(1), 2, Some("it failed")));
}

pub(crate) async fn a_claim_that_is_not_committed_did_not_happen(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    let mut tx = store.begin().await.unwrap();
    assert!(tx.claim(token(1), holder(1), LEASE_MS, WorkKind::ALL).await.unwrap().is_some());
    let again = tx.claim(token(2), holder(1), LEASE_MS, WorkKind::ALL).await.unwrap();
    assert_eq!(again, None, "not twice in one transaction either");
    drop(tx);
    assert_eq!(desk.claim(3).await.unwrap().attempt, 1);
}

pub(crate) async fn a_job_under_lease_makes_others_in_the_transaction_that_completes_it(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.complete(job_id(1), token(1)).await.unwrap());
    assert!(tx.enqueue(&new(2, probe(1))).await.unwrap(), "even the same work anew");
    drop(tx);
    assert_eq!((desk.unfinished().await, desk.view(2).await), (1, None), "neither happened");
    write(store, async |tx| {
        assert!(tx.complete(job_id(1), token(1)).await.unwrap());
        assert!(tx.enqueue(&new(2, probe(1))).await.unwrap());
    })
    .await;
    assert_eq!(desk.claimed(2).await, Some(2));
}

pub(crate) async fn the_clock_is_that_of_today_in_milliseconds(store: &SqlStore) {
    two_organizations(store).await;
    let mut tx = store.read().await.unwrap();
    let first = tx.database_now().await.unwrap();
    let second = tx.database_now().await.unwrap();
    assert!(first <= second);
    // 2025 to 2100.
    assert!((1_735_689_600_000..4_102_444_800_000).contains(&first.millis()), "{first:?}");
}
