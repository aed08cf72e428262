//! Joins and their children.

use super::desk::{Desk, copy, new, probe};
use crate::fixture::{job_id, token, write};
use kinora_app::port::{Store as _, StoreError};
use kinora_domain::job::{AfterFailure, Due, JobState, LEASE_MS};
use kinora_store::SqlStore;

pub(crate) async fn the_last_child_releases_its_join(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1)).with_waits_for(3)).await;
    desk.enqueue(new(2, probe(2)).with_group(job_id(1))).await;
    assert_eq!(desk.claimed(2).await, Some(2));
    assert!(desk.complete(2, 2).await);
    assert_eq!((desk.state(1).await, desk.claim(9).await), (Some(JobState::Waiting), None), "two are not made yet");
    desk.enqueue(new(3, probe(3)).with_group(job_id(1))).await;
    desk.enqueue(new(4, probe(4)).with_group(job_id(1))).await;
    let view = desk.view(3).await.unwrap();
    assert_eq!((view.group, desk.view(1).await.unwrap().outstanding), (Some(job_id(1)), 2));
    assert_eq!((desk.claimed(3).await, desk.claimed(4).await), (Some(3), Some(4)));
    assert!(desk.complete(4, 4).await && !desk.complete(4, 4).await);
    assert_eq!(desk.claim(9).await, None, "one child is counted once");
    // A child that fails is not done.
    assert!(desk.fail(3, 3, AfterFailure::RetryAfter(0)).await);
    assert_eq!(desk.claimed(5).await, Some(3));
    let mut tx = store.begin().await.unwrap();
    assert!(tx.complete(job_id(3), token(5)).await.unwrap());
    drop(tx);
    assert_eq!(desk.state(1).await, Some(JobState::Waiting), "what is not committed did not happen");
    assert!(desk.complete(3, 5).await);
    assert_eq!(desk.claimed(6).await, Some(1));
}

pub(crate) async fn a_join_in_a_join_counts_when_it_is_done_itself(store: &SqlStore) {
    let desk = Desk::new(store).await;
    write(store, async |tx| {
        tx.enqueue(&new(1, copy(1)).with_waits_for(1)).await.unwrap();
        tx.enqueue(&new(2, copy(2)).with_waits_for(1).with_group(job_id(1))).await.unwrap();
        tx.enqueue(&new(3, probe(3)).with_group(job_id(2))).await.unwrap();
    })
    .await;
    for expected in [3, 2, 1] {
        assert_eq!(desk.claimed(expected).await, Some(expected));
        assert_eq!(desk.claim(9).await, None);
        assert!(desk.complete(expected, expected).await);
    }
}

pub(crate) async fn a_join_with_a_moment_waits_for_both(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1)).with_waits_for(1).with_due(Due::After(1_000))).await;
    desk.enqueue(new(2, probe(2)).with_group(job_id(1))).await;
    desk.claim(2).await.unwrap();
    desk.pass(500);
    assert!(desk.complete(2, 2).await);
    assert_eq!((desk.claim(3).await, desk.state(1).await), (None, Some(JobState::Scheduled)));
    desk.pass(500);
    assert_eq!(desk.claimed(3).await, Some(1));
    desk.enqueue(new(4, copy(4)).with_waits_for(1).with_due(Due::After(1_000))).await;
    desk.pass(LEASE_MS / 2);
    assert_eq!(desk.claim(4).await, None, "its moment alone is not enough");
}

pub(crate) async fn a_child_of_what_does_not_wait_for_it_is_refused(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1))).await;
    desk.enqueue(new(2, copy(2)).with_waits_for(1)).await;
    desk.enqueue(new(3, probe(3)).with_group(job_id(2))).await;
    for (join, why) in [(1, "it is ready"), (2, "it has its one child"), (9, "it is not there")] {
        let refused = desk.try_enqueue(new(4, probe(4)).with_group(job_id(join))).await.unwrap_err();
        assert!(matches!(refused, StoreError::Inconsistent { table: "jobs", .. }), "{why}: {refused:?}");
    }
    assert_eq!(desk.view(4).await, None);
    assert!(desk.cancel(3).await);
    assert!(!desk.enqueue(new(5, copy(1)).with_group(job_id(2))).await, "this work is there already");
    assert!(desk.enqueue(new(6, probe(6)).with_group(job_id(2))).await, "so the place is still free");
}
