//! One job after the other.

use super::{copy_audio, probe_file};
use crate::app::App;
use crate::error::{Error, causes};
use crate::fresh;
use core::time::Duration;
use kinora_domain::job::{AfterFailure, LEASE_MS, LeasedJob, Work, after_failure};
use kinora_domain::{LeaseToken, Timestamp};

/// Without a call, the queue is looked at this often: for jobs whose wait or lease ended.
const POLL: Duration = Duration::from_secs(1);

/// What became of a look at the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// Nothing was ready.
    Nothing,
    /// A job was done.
    Done,
    /// A job failed and will be tried again, or was parked.
    Failed,
    /// The lease was lost in the middle; another worker has the job.
    LostLease,
}

/// Resolves when there may be work: at once after this process enqueued some, else after a second.
pub async fn wait_for_work(app: &App) {
    tokio::select! {
        () = app.work_waiting.notified() => {}
        () = tokio::time::sleep(POLL) => {}
    }
}

/// Claims the next job and does it, extending its lease meanwhile.
///
/// # Errors
/// The queue itself cannot be used. A failing job is no error here: it is stored with its last words.
pub async fn run_next_job(app: &App) -> Result<Ran, Error> {
    let token = LeaseToken::new(fresh::uuid(app));
    let mut tx = app.store.begin().await?;
    let claimed = tx.claim(token, LEASE_MS).await?;
    tx.commit().await?;
    let Some(job) = claimed else { return Ok(Ran::Nothing) };
    let outcome = tokio::select! {
        outcome = perform(app, &job) => outcome,
        lost = keep_lease(app, &job) => return lost,
    };
    match outcome {
        Ok(Finished::Done) => Ok(Ran::Done),
        Ok(Finished::LostLease) => Ok(Ran::LostLease),
        Err(error) => failed(app, &job, &error).await,
    }
}

/// How the work itself ended. Every kind of work completes its job in the transaction of its result.
pub(super) enum Finished {
    Done,
    LostLease,
}

async fn perform(app: &App, job: &LeasedJob) -> Result<Finished, Error> {
    match job.work {
        Work::ProbeFile(file) => probe_file::run(app, job, file).await,
        Work::CopyAudio(track) => copy_audio::run(app, job, track).await,
    }
}

/// A heartbeat at a third of the lease; ends only when the lease is lost.
async fn keep_lease(app: &App, job: &LeasedJob) -> Result<Ran, Error> {
    let third = Duration::from_millis(u64::try_from(LEASE_MS / 3).unwrap_or(1_000));
    loop {
        tokio::time::sleep(third).await;
        let mut tx = app.store.begin().await?;
        if !tx.extend(job.id, job.token, LEASE_MS).await? {
            return Ok(Ran::LostLease);
        }
        tx.commit().await?;
    }
}

async fn failed(app: &App, job: &LeasedJob, error: &Error) -> Result<Ran, Error> {
    let mut tx = app.store.begin().await?;
    let now: Timestamp = tx.database_now().await?;
    let after = after_failure(job.attempt, now);
    let words = causes(error);
    let kept = tx.fail(job.id, job.token, after, &words).await?;
    tx.commit().await?;
    match after {
        AfterFailure::RetryAt(_) => {
            tracing::warn!(job.id = %job.id, job.attempt, %words, "a job failed and is tried again");
        }
        AfterFailure::Park => tracing::error!(job.id = %job.id, job.attempt, %words, "a job failed for the last time"),
    }
    Ok(if kept { Ran::Failed } else { Ran::LostLease })
}
