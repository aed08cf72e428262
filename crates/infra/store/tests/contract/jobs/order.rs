//! Whose turn it is.

use super::desk::{Desk, copy, new, probe};
use crate::fixture::{job_id, organization, organization_id, write};
use kinora_domain::job::{AfterFailure, Due, LEASE_MS, NewJob, Priority, WorkKind};
use kinora_store::SqlStore;

fn of(organization: u128, number: u128) -> NewJob {
    NewJob::new(job_id(number), organization_id(organization), probe(number))
}

pub(crate) async fn priorities_come_before_everything_else(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1))).await;
    desk.enqueue(new(2, probe(2)).with_priority(Priority::Normal)).await;
    desk.enqueue(new(3, probe(3)).with_priority(Priority::Low)).await;
    desk.enqueue(new(4, copy(4)).with_priority(Priority::Urgent)).await;
    desk.enqueue(new(5, probe(5))).await;
    let mut order = Vec::new();
    while let Some(number) = desk.claimed(100 + order.len() as u128).await {
        order.push(number);
    }
    assert_eq!(order, [4, 5, 2, 1, 3]);
}

pub(crate) async fn an_organization_gets_its_jobs_in_the_order_of_queueing_whatever_the_clock_says(store: &SqlStore) {
    let desk = Desk::new(store).await;
    for number in [5, 3, 9, 1] {
        desk.enqueue(of(1, number)).await;
        desk.pass(-60_000);
    }
    for (worker, expected) in [5, 3, 9, 1].into_iter().enumerate() {
        assert_eq!(desk.claimed(worker as u128).await, Some(expected));
    }
}

pub(crate) async fn workers_are_shared_fairly_between_organizations(store: &SqlStore) {
    let desk = Desk::new(store).await;
    write(store, async |tx| tx.insert_organization(&organization(3)).await.unwrap()).await;
    // The first one has many, and was there first.
    for (organization, number) in [(1, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6), (3, 7)] {
        desk.enqueue(of(organization, number)).await;
    }
    for (worker, expected) in [1, 5, 7, 2, 6].into_iter().enumerate() {
        assert_eq!(desk.claimed(worker as u128).await, Some(expected), "worker {worker}");
    }
    // Organization 3 has none left, 1 and 2 have two each under work.
    assert!(desk.complete(1, 0).await);
    desk.enqueue(of(2, 8)).await;
    assert_eq!(desk.claimed(10).await, Some(3), "organization 1 has fewer under work");
    assert!(desk.complete(5, 1).await && desk.complete(6, 4).await);
    assert_eq!(desk.claimed(11).await, Some(8));
    assert_eq!(desk.claimed(12).await, Some(4));
}

pub(crate) async fn shares_are_counted_among_the_kinds_that_are_asked_for(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, copy(1))).await;
    desk.claim(1).await.unwrap();
    desk.enqueue(of(1, 2)).await;
    desk.enqueue(of(2, 3)).await;
    let probes = desk.claim_of(2, &[WorkKind::ProbeFile]).await.unwrap();
    assert_eq!(probes.id, job_id(2), "the copy takes nothing from its share of the probes");
}

pub(crate) async fn a_lease_that_ended_and_a_timer_take_their_old_place(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(of(1, 1).with_due(Due::After(1_000))).await;
    desk.enqueue(of(1, 2)).await;
    desk.enqueue(of(1, 3)).await;
    desk.enqueue(of(1, 4)).await;
    assert_eq!(desk.claimed(1).await, Some(2));
    assert_eq!(desk.claimed(2).await, Some(3));
    assert!(desk.fail(3, 2, AfterFailure::RetryAfter(1)).await);
    desk.pass(LEASE_MS);
    for (worker, expected) in [(11, 1), (12, 2), (13, 3), (14, 4)] {
        assert_eq!(desk.claimed(worker).await, Some(expected));
    }
}
