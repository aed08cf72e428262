//! What operators see and do.

use super::desk::{Desk, copy, new, number, probe};
use crate::fixture::{job_id, organization_id, page};
use kinora_app::port::Store as _;
use kinora_domain::job::{AfterFailure, Due, JobFilter, JobState, NewJob, Priority, WorkKind};
use kinora_store::SqlStore;

pub(crate) async fn a_parked_job_is_replayed_with_all_its_attempts_and_its_words(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(1, probe(1))).await;
    assert!(!desk.replay(1).await, "it is not parked");
    desk.claim(1).await.unwrap();
    desk.fail(1, 1, AfterFailure::Park).await;
    desk.enqueue(new(2, probe(1))).await;
    assert!(!desk.replay(1).await, "the same work waits");
    desk.cancel(2).await;
    assert!(desk.replay(1).await && !desk.replay(1).await && !desk.replay(9).await);
    let again = desk.claim(2).await.unwrap();
    assert_eq!((number(again.id), again.attempt, again.last_words.as_deref()), (1, 1, Some("it failed")));
}

pub(crate) async fn jobs_are_listed_newest_first_and_counted_by_state(store: &SqlStore) {
    let desk = Desk::new(store).await;
    desk.enqueue(new(4, probe(4))).await;
    desk.claim(4).await.unwrap();
    desk.enqueue(new(3, probe(3))).await;
    desk.claim(3).await.unwrap();
    desk.fail(3, 3, AfterFailure::Park).await;
    desk.pass(100);
    desk.enqueue(NewJob::new(job_id(2), organization_id(2), copy(2)).with_due(Due::After(50))).await;
    desk.enqueue(new(1, copy(1)).with_waits_for(2)).await;
    desk.enqueue(new(5, copy(5))).await;

    let list = async |filter: JobFilter| {
        let mut tx = store.read().await.unwrap();
        let listed = tx.jobs(&filter, page(1, 3)).await.unwrap();
        let numbers: Vec<_> = listed.items.iter().map(|job| number(job.id)).collect();
        (numbers, listed.total)
    };
    let any = JobFilter::default;
    assert_eq!(list(any()).await, (vec![5, 1, 2], 5));
    assert_eq!(list(JobFilter { state: Some(JobState::Parked), ..any() }).await, (vec![3], 1));
    assert_eq!(list(JobFilter { kind: Some(WorkKind::ProbeFile), ..any() }).await, (vec![3, 4], 2));
    assert_eq!(list(JobFilter { organization: Some(organization_id(2)), ..any() }).await, (vec![2], 1));

    let mut depth = store.read().await.unwrap().queue_depth().await.unwrap();
    depth.sort();
    assert_eq!(depth, JobState::ALL.map(|state| (state, 1)));
    assert_eq!(desk.unfinished().await, 3, "neither the parked one nor the timer");
    desk.pass(50);
    assert_eq!(desk.unfinished().await, 4, "its moment has come, and nobody has taken it");
    desk.pass(-50);

    let leased = desk.view(4).await.unwrap();
    let lease = leased.lease.unwrap();
    assert_eq!((leased.state, leased.attempts, leased.due), (JobState::Leased, 1, None));
    assert_eq!((lease.since.millis(), lease.until.millis()), (desk.now() - 100, desk.now() + 29_900));
    assert_eq!((lease.holder, lease.canceled), (Some(super::desk::holder(1)), false));
    let parked = desk.view(3).await.unwrap();
    assert_eq!((parked.state, parked.last_words.as_deref()), (JobState::Parked, Some("it failed")));
    assert_eq!((parked.kind.as_str(), parked.work, parked.subject), ("probe_file", Some(probe(3)), probe(3).subject()));
    let timer = desk.view(2).await.unwrap();
    assert_eq!((timer.state, timer.due.unwrap().millis()), (JobState::Scheduled, desk.now() + 50));
    assert_eq!((timer.priority, timer.organization), (Priority::Low, organization_id(2)));
    assert_eq!(desk.view(1).await.unwrap().outstanding, 2);
    assert_eq!(desk.view(9).await, None);
}
