//! How a job under work ends, other than by being done.

use super::perform::give_up;
use super::run::Outcome;
use crate::app::App;
use crate::error::{Error, causes};
use kinora_domain::job::{AfterFailure, Beat, LeasedJob, MAX_ATTEMPTS, after_failure};

/// How the work itself ended. Every kind of work completes its job in the transaction of its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finished {
    Done,
    /// The fence refused: nothing of the result was kept.
    LostLease,
}

/// What is said of a job whose workers went away without a word.
const SPENT: &str = "its workers went away at every attempt";

/// The work was stopped in the middle.
pub(super) async fn stopped(app: &App, job: &LeasedJob, beat: Beat) -> Result<Outcome, Error> {
    if beat != Beat::Canceled {
        tracing::warn!(job.id = %job.id, job.attempt, "a lease was lost in the middle of the work");
        return Ok(Outcome::Lost);
    }
    let mut tx = app.store.begin().await?;
    let dropped = tx.drop_canceled(job.id, job.token).await?;
    tx.commit().await?;
    tracing::info!(job.id = %job.id, job.kind = job.work.kind().name(), "a job was canceled");
    Ok(if dropped { Outcome::Canceled } else { Outcome::Lost })
}

/// The attempt failed: it is tried again, or given up.
pub(super) async fn failed(app: &App, job: &LeasedJob, error: &Error) -> Result<Outcome, Error> {
    let words = causes(error);
    match after_failure(job.attempt) {
        AfterFailure::Park => give_up_or_later(app, job, &words).await,
        after @ AfterFailure::RetryAfter(_) => {
            let outcome = keep_words(app, job, after, &words).await?;
            if outcome == Outcome::Failed {
                tracing::warn!(job.id = %job.id, job.attempt, %words, "a job failed and is tried again");
            }
            Ok(outcome)
        }
    }
}

/// The attempts were used up before this claim: nobody tries again.
pub(super) async fn give_up_spent(app: &App, job: &LeasedJob) -> Result<Outcome, Error> {
    give_up_or_later(app, job, job.last_words.as_deref().unwrap_or(SPENT)).await
}

async fn give_up_or_later(app: &App, job: &LeasedJob, words: &str) -> Result<Outcome, Error> {
    match park(app, job, words).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            // Its next claim is for giving it up only.
            let after = after_failure(job.attempt.max(MAX_ATTEMPTS + 1));
            tracing::error!(job.id = %job.id, error = %causes(&error), "a job could not be given up");
            keep_words(app, job, after, words).await
        }
    }
}

/// Parks the job and brings to rest what waited for it, in one transaction.
async fn park(app: &App, job: &LeasedJob, words: &str) -> Result<Outcome, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.fail(job.id, job.token, AfterFailure::Park, words).await? {
        // What follows begins a transaction of its own, which would wait for this one.
        drop(tx);
        return refused(app, job).await;
    }
    give_up(app, &mut *tx, job.work, words).await?;
    tx.commit().await?;
    tracing::error!(job.id = %job.id, job.attempt, %words, "a job failed for the last time");
    Ok(Outcome::Parked)
}

async fn keep_words(app: &App, job: &LeasedJob, after: AfterFailure, words: &str) -> Result<Outcome, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.fail(job.id, job.token, after, words).await? {
        drop(tx);
        return refused(app, job).await;
    }
    tx.commit().await?;
    Ok(if after == AfterFailure::Park { Outcome::Parked } else { Outcome::Failed })
}

/// What failed is fenced off: lost, or canceled a moment ago.
async fn refused(app: &App, job: &LeasedJob) -> Result<Outcome, Error> {
    let beat = app.store.read().await?.lease(job.id, job.token).await?;
    stopped(app, job, beat).await
}
