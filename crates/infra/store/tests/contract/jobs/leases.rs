//! Leases: ended, extended, fenced, used up.

use super::desk::{Desk, holder, new, number, probe};
use crate::fixture::job_id;
use kinora_app::port::Store as _;
use kinora_domain::job::{AfterFailure, Beat, JobState, LEASE_MS, MAX_ATTEMPTS, MAX_BURIALS, MAX_WORDS, WorkKind};
use kinora_store::SqlStore;

pub(crate) async fn a_lease_that_ended_goes_to_the_next_worker_and_fences_the_first(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    desk.pass(LEASE_MS - 1);
    assert_eq!(desk.claim(2).await, None);
    desk.pass(1);
    let second = desk.claim(2).await.unwrap();
    assert_eq!((number(second.id), second.attempt), (1, 2));
    assert_eq!((desk.beat(1, 1).await, desk.lease(1, 1).await), (Beat::Lost, Beat::Lost));
    assert!(!desk.complete(1, 1).await);
    assert!(!desk.fail(1, 1, AfterFailure::Park).await);
    assert!(!desk.drop_canceled(1, 1).await);
    assert_eq!(desk.claim(3).await, None, "the second one still holds it");
    assert_eq!(desk.lease(1, 2).await, Beat::Held);
    assert!(desk.complete(1, 2).await);
    assert_eq!(desk.beat(1, 2).await, Beat::Lost, "there is nothing left to hold");
}

pub(crate) async fn a_lease_that_is_extended_holds(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    for _ in 0..5 {
        desk.pass(LEASE_MS - 1);
        assert_eq!(desk.beat(1, 1).await, Beat::Held);
        assert_eq!(desk.claim(2).await, None);
    }
    // Nobody has taken it: who comes back late still has it.
    desk.pass(10 * LEASE_MS);
    assert_eq!(desk.beat(1, 1).await, Beat::Held);
    assert_eq!(desk.claim(2).await, None);
    desk.pass(LEASE_MS);
    assert_eq!(desk.claim(2).await.unwrap().attempt, 2);
}

pub(crate) async fn a_job_whose_workers_go_away_is_leased_for_its_burial_and_starves_nobody(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.enqueue(new(2, probe(2))).await;
    for attempt in 1..=MAX_ATTEMPTS + MAX_BURIALS {
        let job = desk.claim(u128::from(attempt)).await.unwrap();
        assert_eq!((number(job.id), job.attempt, job.spent), (1, attempt, attempt > MAX_ATTEMPTS));
        assert_eq!(job.last_words.is_some(), attempt > 1);
        desk.pass(LEASE_MS);
    }
    let next = desk.claim(50).await.unwrap();
    assert_eq!((number(next.id), next.attempt), (2, 1));
    assert_eq!(desk.claim(51).await, None);
    assert_eq!(desk.unfinished().await, 1, "the parked one is nobody's work any more");
    let parked = desk.view(1).await.unwrap();
    assert_eq!((parked.state, parked.attempts), (JobState::Parked, MAX_ATTEMPTS + MAX_BURIALS));
    assert!(parked.last_words.unwrap().contains("went away"));
    assert!(!desk.complete(1, u128::from(MAX_ATTEMPTS)).await, "too late");
}

pub(crate) async fn last_words_of_a_failure_outlast_workers_that_go_away_and_are_bounded(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    let words = format!("beginning{}end", "é".repeat(MAX_WORDS));
    assert!(desk.fail_saying(1, 1, AfterFailure::RetryAfter(0), &words).await);
    desk.claim(2).await.unwrap();
    desk.pass(LEASE_MS);
    let kept = desk.claim(3).await.unwrap().last_words.unwrap();
    assert!(kept.len() <= MAX_WORDS && kept.starts_with("beginning") && kept.ends_with("end"));
}

pub(crate) async fn leases_of_a_process_that_is_gone_are_released_and_counted(store: &SqlStore) {
    let desk = Desk::new(store).await;
    for number in 1..=3 {
        desk.enqueue(new(number, probe(number))).await;
    }
    desk.claim_as(1, holder(7), WorkKind::ALL).await.unwrap();
    desk.claim_as(2, holder(8), WorkKind::ALL).await.unwrap();
    let mut holders = store.read().await.unwrap().holders().await.unwrap();
    holders.sort();
    assert_eq!(holders, [holder(7), holder(8)]);
    let release =
        async |number| crate::fixture::write(store, async |tx| tx.release_holder(holder(number)).await.unwrap()).await;
    assert_eq!((release(7).await, release(9).await), (1, 0));
    desk.pass(-3_600_000);
    let again = desk.claim(3).await.unwrap();
    assert_eq!((again.id, again.attempt), (job_id(1), 2), "in its old place, before the one that never ran");
    assert_eq!(desk.lease(1, 1).await, Beat::Lost);
    assert_eq!(desk.lease(2, 2).await, Beat::Held);
}
