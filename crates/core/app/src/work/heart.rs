//! The heartbeat of a job under work.

use super::run::goes_on;
use crate::app::App;
use crate::error::{Error, causes};
use core::time::Duration;
use kinora_domain::job::{Beat, LEASE_MS, LeasedJob};
use tokio::time::{Instant, sleep, timeout_at};

/// A worker hears of a cancellation within this time.
const EVERY: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_millis(LEASE_MS as u64);

/// Looks after the lease each second, and extends it when a third of it is over: the rest of the time
/// nothing is written. Resolves when the work has to stop. A store that is away is asked again, until
/// the lease is over by this machine's own clock: from then on another worker may have the job.
pub(super) async fn keep_lease(app: &App, job: &LeasedJob) -> Beat {
    let mut extended = Instant::now();
    loop {
        sleep(EVERY).await;
        let asked = Instant::now();
        let extend = asked.duration_since(extended) >= LEASE / 3;
        match timeout_at(extended + LEASE, beat(app, job, extend)).await {
            Ok(Ok(beat)) if goes_on(beat) => {
                if extend {
                    extended = asked;
                }
            }
            Ok(Ok(beat)) => return beat,
            Ok(Err(error)) if extended.elapsed() < LEASE => {
                tracing::warn!(job.id = %job.id, error = %causes(&error), "a lease could not be looked after");
            }
            Ok(Err(_)) | Err(_) => return Beat::Lost,
        }
    }
}

async fn beat(app: &App, job: &LeasedJob, extend: bool) -> Result<Beat, Error> {
    if !extend {
        return Ok(app.store.read().await?.lease(job.id, job.token).await?);
    }
    let mut tx = app.store.begin().await?;
    let beat = tx.beat(job.id, job.token, LEASE_MS).await?;
    tx.commit().await?;
    Ok(beat)
}
