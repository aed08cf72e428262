//! What operators do with jobs.

use super::perform::call_off;
use crate::app::App;
use crate::error::Error;
use crate::process::settle::resume;
use kinora_domain::job::{JobFilter, JobState, JobView};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::{HolderId, JobId, Kind, Problem};

/// A page of jobs, the newest first.
///
/// # Errors
/// Storage.
pub async fn list_jobs(app: &App, filter: &JobFilter, page: PageRequest) -> Result<Page<JobView>, Error> {
    Ok(app.store.read().await?.jobs(filter, page).await?)
}

/// One job.
///
/// # Errors
/// `NotFound`: it is done, or there never was one.
pub async fn show_job(app: &App, id: JobId) -> Result<JobView, Error> {
    let job = app.store.read().await?.job(id).await?;
    job.ok_or_else(|| Problem::not_found("job").into())
}

/// A parked job gets all its attempts anew.
///
/// # Errors
/// `NotFound`; `Conflict`: it is not parked, or the same work waits or runs already.
pub async fn replay_job(app: &App, id: JobId) -> Result<(), Error> {
    let mut tx = app.store.begin().await?;
    let job = tx.job(id).await?.ok_or_else(|| Problem::not_found("job"))?;
    if !tx.replay(id).await? {
        let message = match job.state {
            JobState::Parked => "The same work waits or runs already.".to_owned(),
            state => format!("Only a parked job can be replayed; this one is {}.", state.name()),
        };
        return Err(Problem::new(Kind::Conflict, "job_not_parked", message).into());
    }
    if let Some(work) = job.work {
        resume(app, &mut *tx, work).await?;
    }
    tx.commit().await?;
    app.work_waiting.notify_one();
    Ok(())
}

/// All parked jobs get their attempts anew, except where the same work waits or runs already. Gives how
/// many did.
///
/// # Errors
/// Storage.
pub async fn replay_parked_jobs(app: &App) -> Result<u64, Error> {
    let filter = JobFilter { state: Some(JobState::Parked), ..JobFilter::default() };
    let mut parked = Vec::new();
    for number in 1.. {
        let page = PageRequest::new(Some(number), Some(1_000))?;
        let listed = list_jobs(app, &filter, page).await?;
        parked.extend(listed.items.iter().map(|job| (job.id, job.work)));
        if !listed.has_more() {
            break;
        }
    }
    let mut replayed = 0;
    // The oldest first, in one transaction each: a long list keeps nobody waiting.
    for (id, work) in parked.into_iter().rev() {
        let mut tx = app.store.begin().await?;
        let again = tx.replay(id).await?;
        if let Some(work) = work.filter(|_| again) {
            resume(app, &mut *tx, work).await?;
        }
        replayed += u64::from(again);
        tx.commit().await?;
    }
    app.work_waiting.notify_one();
    Ok(replayed)
}

/// What became of a job that was to be canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// It is gone.
    Removed,
    /// Its worker stops within a second or two.
    Stopping,
}

/// Cancels a job with its children, and what cannot be finished without it.
///
/// # Errors
/// `NotFound`: it is done, or there never was one.
pub async fn cancel_job(app: &App, id: JobId) -> Result<Cancellation, Error> {
    let mut tx = app.store.begin().await?;
    let job = tx.job(id).await?.ok_or_else(|| Problem::not_found("job"))?;
    tx.cancel_job(id).await?;
    if let Some(work) = job.work {
        call_off(app, &mut *tx, work).await?;
    }
    tx.commit().await?;
    Ok(if job.state == JobState::Leased { Cancellation::Stopping } else { Cancellation::Removed })
}

/// The processes that hold leases, this one aside.
///
/// # Errors
/// Storage.
pub async fn other_holders(app: &App) -> Result<Vec<HolderId>, Error> {
    let mut holders = app.store.read().await?.holders().await?;
    holders.retain(|holder| *holder != app.holder);
    Ok(holders)
}

/// Gives the jobs of a process that is gone to others at once, rather than when its leases end. Gives
/// how many there were.
///
/// # Errors
/// Storage.
pub async fn release_holder(app: &App, holder: HolderId) -> Result<u64, Error> {
    let mut tx = app.store.begin().await?;
    let released = tx.release_holder(holder).await?;
    tx.commit().await?;
    if released > 0 {
        app.work_waiting.notify_one();
    }
    Ok(released)
}
