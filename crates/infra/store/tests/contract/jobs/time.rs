//! Timers, and clocks that are set forwards and back.

use super::desk::{Desk, new, probe};
use crate::fixture::at;
use kinora_domain::job::{AfterFailure, Beat, Due, LEASE_MS};
use kinora_store::SqlStore;

const HOUR: i64 = 3_600_000;

pub(crate) async fn a_timer_goes_off_at_its_moment(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1)).with_due(Due::At(at(desk.now() + 1_000)))).await;
    desk.enqueue(new(2, probe(2)).with_due(Due::After(2_000))).await;
    desk.enqueue(new(3, probe(3)).with_due(Due::At(at(desk.now() - 1)))).await;
    assert_eq!(desk.claimed(1).await, Some(3));
    desk.pass(999);
    assert_eq!(desk.claim(2).await, None);
    desk.pass(1);
    assert_eq!(desk.claimed(2).await, Some(1));
    desk.pass(1_000);
    assert_eq!(desk.claimed(3).await, Some(2));
}

pub(crate) async fn a_clock_that_is_set_back_makes_no_wait_longer_than_it_was(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.enqueue(new(2, probe(2)).with_due(Due::After(5_000))).await;
    desk.enqueue(new(3, probe(3)).with_due(Due::At(at(desk.now() + 5_000)))).await;
    desk.claim(1).await.unwrap();
    desk.enqueue(new(4, probe(4))).await;
    desk.pass(-HOUR);
    assert_eq!(desk.claimed(4).await, Some(4), "what is ready stays so");
    desk.pass(5_000);
    assert_eq!(desk.claimed(2).await, Some(2), "the wait was of 5 seconds");
    assert_eq!(desk.claim(9).await, None, "the moment that was asked for is an hour away");
    desk.pass(LEASE_MS - 5_000 - 1);
    assert_eq!(desk.claim(9).await, None);
    desk.pass(1);
    assert_eq!(desk.claimed(1).await, Some(1), "a lease lasts once more as long as it is");
}

pub(crate) async fn a_holder_beats_through_a_clock_that_is_set_back(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    desk.pass(-HOUR);
    assert_eq!(desk.beat(1, 1).await, Beat::Held);
    assert_eq!(desk.view(1).await.unwrap().lease.unwrap().until.millis(), desk.now() + LEASE_MS);
    assert_eq!(desk.claim(2).await, None);
    assert!(desk.complete(1, 1).await);
}

pub(crate) async fn a_clock_that_is_set_forwards_ends_leases_and_fences_their_holders(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    desk.claim(1).await.unwrap();
    desk.pass(HOUR);
    assert_eq!(desk.claimed(2).await, Some(1));
    desk.pass(-HOUR);
    assert!(!desk.complete(1, 1).await && !desk.fail(1, 1, AfterFailure::Park).await);
    assert_eq!((desk.beat(1, 1).await, desk.beat(1, 2).await), (Beat::Lost, Beat::Held));
    assert!(desk.complete(1, 2).await);
}
