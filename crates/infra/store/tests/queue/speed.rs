//! A long queue: run by hand, with `--ignored --nocapture` and optimizations, for its figures.

use kinora_app::port::Store as _;
use kinora_domain::access::Organization;
use kinora_domain::job::{LEASE_MS, NewJob, Priority, Work, WorkKind};
use kinora_domain::{FileId, HolderId, JobId, LeaseToken, OrganizationId, ProjectId};
use kinora_store::{Location, SqlStore};
use std::time::{Duration, Instant};
use uuid::Uuid;

async fn fill(store: &SqlStore, organizations: u128, jobs: u128) {
    let mut tx = store.begin().await.unwrap();
    for number in 0..organizations {
        let (id, default_project) =
            (OrganizationId::new(Uuid::from_u128(number)), ProjectId::new(Uuid::from_u128(number)));
        tx.insert_organization(&Organization { id, name: number.to_string(), default_project }).await.unwrap();
    }
    for number in 0..jobs {
        let owner = OrganizationId::new(Uuid::from_u128(number % organizations));
        let work = Work::ProbeFile(FileId::new(Uuid::from_u128(number)));
        let job = NewJob::new(JobId::new(Uuid::from_u128(number)), owner, work).with_priority(Priority::Normal);
        tx.enqueue(&job).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
#[ignore = "measures; takes a minute"]
async fn claims_from_a_hundred_thousand_ready_jobs() {
    for organizations in [1, 1_000] {
        let home = tempfile::tempdir().unwrap();
        let store = SqlStore::open(&Location::Sqlite(home.path().join("kinora.db"))).await.unwrap();
        let begun = Instant::now();
        fill(&store, organizations, 100_000).await;
        println!("{organizations} organizations, 100,000 jobs: queued in {:?}", begun.elapsed());
        let (mut claims, mut completions) = (Vec::new(), Vec::new());
        for round in 0..300_u128 {
            let token = LeaseToken::new(Uuid::from_u128(round));
            let mut tx = store.begin().await.unwrap();
            let begun = Instant::now();
            let job = tx.claim(token, HolderId::new(Uuid::nil()), LEASE_MS, WorkKind::ALL).await.unwrap().unwrap();
            claims.push(begun.elapsed());
            tx.commit().await.unwrap();
            if round % 2 == 0 {
                let mut tx = store.begin().await.unwrap();
                let begun = Instant::now();
                assert!(tx.complete(job.id, token).await.unwrap());
                completions.push(begun.elapsed());
                tx.commit().await.unwrap();
            }
        }
        let begun = Instant::now();
        store.read().await.unwrap().queue_depth().await.unwrap();
        let depth = begun.elapsed();
        println!("claim {}, completion {}, depth {depth:?}", quantiles(claims), quantiles(completions));
    }
}

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort();
    format!("median {:?}, p99 {:?}", times[times.len() / 2], times[times.len() * 99 / 100])
}
