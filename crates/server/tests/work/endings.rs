//! How jobs end.

use crate::bench::{Bench, JOB, Mood};
use kinora_app::port::Store as _;
use kinora_app::work::{Outcome, cancel_job, replay_job};
use kinora_domain::file::Probe;
use kinora_domain::job::{JobState, LEASE_MS, MAX_ATTEMPTS, WorkKind};
use kinora_domain::{HolderId, LeaseToken};
use std::sync::atomic::Ordering;
use uuid::Uuid;

const DONE: Probe = Probe::Done { tracks: Vec::new() };

#[tokio::test]
async fn work_that_is_done_leaves_no_job() {
    let bench = Bench::new(Mood::Finds).await;
    assert_eq!(bench.run().await, Some(Outcome::Done));
    assert_eq!((bench.job().await, bench.probe().await, bench.run().await), (None, DONE, None));
}

#[tokio::test]
async fn work_that_panics_is_a_failed_attempt_and_the_worker_goes_on() {
    let bench = Bench::new(Mood::Panics).await;
    assert_eq!(bench.run().await, Some(Outcome::Failed));
    let job = bench.job().await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Scheduled, 1));
    assert!(job.last_words.unwrap().contains("the prober lost its head"));
    bench.prober.set(Mood::Finds);
    assert_eq!(bench.run().await, None, "its moment has not come");
    bench.pass(1_000);
    assert_eq!((bench.run().await, bench.probe().await), (Some(Outcome::Done), DONE));
}

#[tokio::test]
async fn the_last_failure_parks_the_job_and_tells_who_waits_and_a_replay_looks_again() {
    let bench = Bench::new(Mood::IsMissing).await;
    for attempt in 1..MAX_ATTEMPTS {
        assert_eq!(bench.run().await, Some(Outcome::Failed), "{attempt}");
        assert_eq!(bench.probe().await, Probe::Pending);
        bench.pass(8_000);
    }
    assert_eq!(bench.run().await, Some(Outcome::Parked));
    assert_eq!(bench.job().await.unwrap().state, JobState::Parked);
    assert!(matches!(bench.probe().await, Probe::Failed(failure) if failure.reason == "probe_failed"));
    bench.prober.set(Mood::Finds);
    replay_job(&bench.app, JOB).await.unwrap();
    assert!(replay_job(&bench.app, JOB).await.is_err());
    assert_eq!((bench.run().await, bench.probe().await), (Some(Outcome::Done), DONE));
}

#[tokio::test]
async fn a_job_whose_workers_went_away_every_time_is_given_up_without_another_try() {
    let bench = Bench::new(Mood::Finds).await;
    for attempt in 0..MAX_ATTEMPTS {
        let token = LeaseToken::new(Uuid::from_u128(attempt.into()));
        let mut tx = bench.store.begin().await.unwrap();
        let claimed = tx.claim(token, HolderId::new(Uuid::nil()), LEASE_MS, WorkKind::ALL).await.unwrap();
        tx.commit().await.unwrap();
        assert!(claimed.is_some());
        bench.pass(LEASE_MS);
    }
    assert_eq!(bench.run().await, Some(Outcome::Parked));
    assert_eq!(bench.prober.looks.load(Ordering::SeqCst), 0);
    assert!(matches!(bench.probe().await, Probe::Failed(_)));
    assert!(bench.job().await.unwrap().last_words.unwrap().contains("went away"));
}

#[tokio::test]
async fn work_of_a_canceled_job_is_dropped_and_the_job_removed() {
    let bench = Bench::new(Mood::NeverEnds).await;
    let (outcome, ()) = tokio::join!(bench.run(), async {
        bench.prober.begun.notified().await;
        cancel_job(&bench.app, JOB).await.unwrap();
    });
    assert_eq!((outcome, bench.job().await), (Some(Outcome::Canceled), None));
    assert_eq!(bench.prober.over.load(Ordering::SeqCst), 1, "the work is over before the job is gone");
    assert!(matches!(bench.probe().await, Probe::Failed(_)), "nobody looks any more");
}

#[tokio::test]
async fn work_that_fails_after_its_job_was_canceled_is_canceled() {
    let bench = Bench::new(Mood::FailsWhenTold).await;
    let (outcome, ()) = tokio::join!(bench.run(), async {
        bench.prober.begun.notified().await;
        cancel_job(&bench.app, JOB).await.unwrap();
        bench.prober.told.notify_one();
    });
    assert_eq!((outcome, bench.job().await), (Some(Outcome::Canceled), None));
}

#[tokio::test]
async fn work_whose_lease_is_lost_is_dropped_and_another_worker_does_it() {
    let bench = Bench::new(Mood::NeverEnds).await;
    let (first, second) = tokio::join!(bench.run(), async {
        bench.prober.begun.notified().await;
        bench.pass(LEASE_MS);
        bench.prober.set(Mood::Finds);
        bench.run().await
    });
    assert_eq!((first, second), (Some(Outcome::Lost), Some(Outcome::Done)));
    assert_eq!(bench.prober.over.load(Ordering::SeqCst), 2);
    assert_eq!((bench.job().await, bench.probe().await), (None, DONE));
}
