//! What goes on beside requests: jobs, and regular chores.

use core::time::Duration;
use kinora_app::upload::expire_uploads;
use kinora_app::work::{Ran, run_next_job, wait_for_work};
use kinora_app::{App, causes};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often uploads without news are looked for.
const CHORES_EVERY: Duration = Duration::from_hours(1);

/// Starts `jobs` workers and the chores; they end, each after the job in hand, when `stop` is cancelled.
pub(crate) fn start(app: &Arc<App>, jobs: usize, tasks: &TaskTracker, stop: &CancellationToken) {
    for _ in 0..jobs {
        tasks.spawn(work(Arc::clone(app), stop.clone()));
    }
    tasks.spawn(chores(Arc::clone(app), stop.clone()));
}

async fn work(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match run_next_job(&app).await {
            Ok(Ran::Done | Ran::Failed | Ran::LostLease) => continue,
            Ok(Ran::Nothing) => {}
            Err(error) => tracing::error!(error = %causes(&error), "the queue cannot be used"),
        }
        tokio::select! {
            () = wait_for_work(&app) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn chores(app: Arc<App>, stop: CancellationToken) {
    loop {
        match expire_uploads(&app).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "abandoned uploads were removed"),
            Err(error) => tracing::error!(error = %causes(&error), "removing abandoned uploads"),
        }
        tokio::select! {
            () = tokio::time::sleep(CHORES_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}
