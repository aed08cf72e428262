//! One job after the other: claimed, done beside its heartbeat, and brought to its end.

use super::ending::{self, Finished};
use super::heart::keep_lease;
use super::perform::perform;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use kinora_domain::job::{Beat, LEASE_MS, Lane, LeasedJob, WorkKind};
use kinora_domain::{Kind, LeaseToken, Problem};
use std::any::Any;
use std::sync::Arc;
use tokio::task::{JoinError, JoinSet};

/// What became of a look at the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// Nothing was ready.
    Nothing,
    /// A job was claimed.
    Job {
        /// What kind of work it was.
        kind: WorkKind,
        /// How it ended.
        outcome: Outcome,
    },
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The work is done.
    Done,
    /// It failed and will be tried again.
    Failed,
    /// It failed for good.
    Parked,
    /// The lease was lost in the middle; another worker has the job.
    Lost,
    /// The job was not wanted any more.
    Canceled,
}

impl Outcome {
    /// Its name in measurements.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Parked => "parked",
            Self::Lost => "lost",
            Self::Canceled => "canceled",
        }
    }
}

/// Claims the next job of a lane and does it. The lease is kept meanwhile; when it is lost or the job
/// canceled, the work is dropped where it stands, and the programs that it runs with it.
///
/// # Errors
/// The queue itself cannot be used. A job that fails is no error here: its last words are stored.
pub async fn run_next_job(app: &Arc<App>, lane: Lane) -> Result<Ran, Error> {
    let token = LeaseToken::new(fresh::uuid(app));
    let mut tx = app.store.begin().await?;
    let claimed = tx.claim(token, app.holder, LEASE_MS, &lane.kinds()).await?;
    tx.commit().await?;
    let Some(job) = claimed else { return Ok(Ran::Nothing) };
    app.work_waiting.more(lane);
    let outcome = if job.spent { ending::give_up_spent(app, &job).await? } else { attempt(app, &job).await? };
    Ok(Ran::Job { kind: job.work.kind(), outcome })
}

async fn attempt(app: &Arc<App>, job: &LeasedJob) -> Result<Outcome, Error> {
    // A task of its own, so that a panic of the work ends the work and not the worker.
    let mut work = JoinSet::new();
    let (its_app, its_job) = (Arc::clone(app), job.clone());
    work.spawn(async move { perform(&its_app, &its_job).await });
    let heard = tokio::select! {
        ended = work.join_next() => Err(ended),
        beat = keep_lease(app, job) => Ok(beat),
    };
    match heard {
        Err(Some(Ok(Ok(Finished::Done)))) => Ok(Outcome::Done),
        // What the fence refused may also be what was canceled a moment ago.
        Err(Some(Ok(Ok(Finished::LostLease)))) => {
            let beat = app.store.read().await?.lease(job.id, job.token).await?;
            ending::stopped(app, job, beat).await
        }
        Err(Some(Ok(Err(error)))) => ending::failed(app, job, &error).await,
        Err(Some(Err(panic))) => ending::failed(app, job, &panicked(panic)).await,
        Err(None) => Ok(Outcome::Lost),
        Ok(beat) => {
            // Waits until the work is really dropped: nothing of it runs on when the job is somebody else's.
            work.shutdown().await;
            ending::stopped(app, job, beat).await
        }
    }
}

/// A panic of the work with its words.
#[derive(Debug, thiserror::Error)]
#[error("the work panicked: {0}")]
struct Panicked(String);

fn panicked(error: JoinError) -> Error {
    let words = match error.try_into_panic() {
        Ok(payload) => words_of(&*payload),
        Err(error) => error.to_string(),
    };
    Error::caused(Problem::new(Kind::Internal, "internal", "The work ended unexpectedly."), Panicked(words))
}

fn words_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".to_owned())
}

/// Whether a beat means that the work goes on.
pub(super) const fn goes_on(beat: Beat) -> bool {
    matches!(beat, Beat::Held)
}
