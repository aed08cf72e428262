//! Jobs that are not wanted any more.

use super::desk::{Desk, copy, new, probe};
use crate::fixture::{job_id, write};
use kinora_domain::job::{AfterFailure, Beat, Due, JobState, LEASE_MS};
use kinora_store::SqlStore;

pub(crate) async fn a_job_that_nobody_has_is_removed(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.enqueue(new(2, probe(2)).with_due(Due::After(5_000))).await;
    desk.enqueue(new(3, copy(3)).with_waits_for(1)).await;
    desk.enqueue(new(4, copy(4)).with_priority(kinora_domain::job::Priority::Urgent)).await;
    desk.claim(1).await.unwrap();
    desk.claim(2).await.unwrap();
    for (number, worker) in [(1, 1), (4, 2)] {
        assert!(desk.fail(number, worker, AfterFailure::Park).await, "{number}");
    }
    for number in 1..=4 {
        assert!(desk.cancel(number).await, "{number}");
        assert_eq!(desk.view(number).await, None);
        assert!(!desk.cancel(number).await, "there is nothing left");
    }
}

pub(crate) async fn a_worker_hears_of_a_cancellation_and_its_result_is_refused(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    assert!(!desk.drop_canceled(1, 1).await, "nobody canceled it");
    assert!(desk.cancel(1).await && !desk.cancel(1).await);
    assert_eq!(desk.lease(1, 1).await, Beat::Canceled);
    assert_eq!(desk.beat(1, 1).await, Beat::Canceled);
    assert!(desk.view(1).await.unwrap().lease.unwrap().canceled);
    assert!(!desk.complete(1, 1).await);
    assert!(!desk.fail(1, 1, AfterFailure::RetryAfter(0)).await);
    // The same work anew does not wait for the old one to stop.
    assert!(desk.enqueue(new(2, probe(1))).await);
    assert_eq!(desk.claimed(2).await, Some(2));
    assert!(desk.drop_canceled(1, 1).await);
    assert_eq!((desk.view(1).await, desk.lease(2, 2).await), (None, Beat::Held));
}

pub(crate) async fn a_canceled_job_whose_worker_went_away_is_removed_with_its_lease(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    desk.cancel(1).await;
    desk.pass(LEASE_MS);
    assert_eq!(desk.claim(2).await, None);
    assert_eq!(desk.view(1).await, None);
}

pub(crate) async fn a_canceled_join_takes_its_children_along(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1)).with_waits_for(3)).await;
    desk.enqueue(new(2, copy(2)).with_group(job_id(1)).with_waits_for(1)).await;
    desk.enqueue(new(3, probe(3)).with_group(job_id(2))).await;
    desk.enqueue(new(4, probe(4)).with_group(job_id(1))).await;
    desk.enqueue(new(5, probe(5)).with_group(job_id(1))).await;
    desk.enqueue(new(6, probe(6))).await;
    assert_eq!(desk.claimed(3).await, Some(3));
    assert!(write(store, async |tx| tx.cancel_work(copy(1)).await.unwrap()).await);
    assert_eq!(desk.beat(3, 3).await, Beat::Canceled);
    for gone in [1, 2, 4, 5] {
        assert_eq!(desk.view(gone).await, None, "{gone}");
    }
    assert!(desk.drop_canceled(3, 3).await);
    assert_eq!(desk.claimed(4).await, Some(6), "which is no child of it");
    assert!(!write(store, async |tx| tx.cancel_work(copy(1)).await.unwrap()).await);
}

pub(crate) async fn a_child_that_is_canceled_leaves_a_place_for_another(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1)).with_waits_for(2)).await;
    desk.enqueue(new(2, probe(2)).with_group(job_id(1))).await;
    desk.enqueue(new(3, probe(3)).with_group(job_id(1))).await;
    desk.claim(2).await.unwrap();
    assert!(desk.cancel(2).await && desk.cancel(3).await);
    assert!(desk.enqueue(new(4, probe(4)).with_group(job_id(1))).await);
    assert!(desk.try_enqueue(new(5, probe(5)).with_group(job_id(1))).await.is_err(), "one still stops");
    assert!(desk.drop_canceled(2, 2).await);
    assert!(desk.enqueue(new(5, probe(5)).with_group(job_id(1))).await);
    for child in [4, 5] {
        assert_eq!(desk.state(1).await, Some(JobState::Waiting));
        assert_eq!(desk.claimed(child).await, Some(child));
        assert!(desk.complete(child, child).await);
    }
    assert_eq!(desk.claimed(1).await, Some(1));
}
