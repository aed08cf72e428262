//! What goes on beside requests: jobs, and regular chores.

use crate::holder::Holder;
use crate::settings::Settings;
use crate::world::World;
use core::time::Duration;
use kinora_app::idempotency::forget_answers;
use kinora_app::upload::expire_uploads;
use kinora_app::work::{Outcome, Ran, pause_after, run_next_job, wait_for_work};
use kinora_app::{App, causes};
use kinora_domain::job::{Lane, WorkKind};
use kinora_engine::Engine;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often uploads without news, and answers whose day is over, are looked for.
const CHORES_EVERY: Duration = Duration::from_hours(1);
/// How often leases and files of processes that are gone are looked for.
const RESCUE_EVERY: Duration = Duration::from_mins(1);

/// How many jobs of each lane are done at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    quick: usize,
    heavy: usize,
}

impl Places {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self { quick: settings.job_concurrency, heavy: settings.encode_concurrency }
    }
}

/// Starts a worker for each place, and what looks for the leases and files of processes that are gone. They
/// end, the workers each after the job in hand, when `stop` is cancelled.
pub(crate) fn start(
    World { app, engine }: &World,
    holder: &Arc<Holder>,
    places: Places,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    for lane in Lane::ALL {
        let count = match lane {
            // One runs beside whatever goes on, so that what somebody waits for begins at once.
            Lane::Quick | Lane::Prompt => places.quick,
            Lane::Heavy => places.heavy,
        };
        for _ in 0..count {
            tasks.spawn(work(Arc::clone(app), lane, stop.clone()));
        }
    }
    tasks.spawn(rescue(Arc::clone(app), Arc::clone(engine), Arc::clone(holder), stop.clone()));
}

/// Starts the regular chores of a server.
pub(crate) fn start_chores(app: &Arc<App>, tasks: &TaskTracker, stop: &CancellationToken) {
    tasks.spawn(chores(Arc::clone(app), stop.clone()));
}

async fn work(app: Arc<App>, lane: Lane, stop: CancellationToken) {
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let pause = match run_next_job(&app, lane).await {
            Ok(Ran::Job { kind, outcome }) => {
                measure(kind, outcome, begun.elapsed());
                failures = 0;
                continue;
            }
            Ok(Ran::Nothing) => {
                failures = 0;
                None
            }
            Err(error) => {
                tracing::error!(error = %causes(&error), "the queue cannot be used");
                failures = failures.saturating_add(1);
                Some(pause_after(&app, failures))
            }
        };
        let wait = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => wait_for_work(&app, lane).await,
            }
        };
        tokio::select! {
            () = wait => {}
            () = stop.cancelled() => {}
        }
    }
}

fn measure(kind: WorkKind, outcome: Outcome, took: Duration) {
    let labels = [("kind", kind.name()), ("outcome", outcome.name())];
    metrics::histogram!("kinora_job_seconds", &labels).record(took.as_secs_f64());
}

/// At the end: jobs that were not done in time are ready for others at once.
pub(crate) async fn hand_over(app: &App, holder: &Holder) {
    if let Err(error) = holder.hand_over(app).await {
        tracing::warn!(%error, "the jobs in hand could not be handed over: they are ready when their leases end");
    }
}

async fn rescue(app: Arc<App>, engine: Arc<Engine>, holder: Arc<Holder>, stop: CancellationToken) {
    loop {
        match holder.release_the_dead(&app).await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "jobs of processes that are gone are ready again"),
            Err(error) => tracing::error!(%error, "looking for the leases of processes that are gone"),
        }
        match engine.sweep_scratch().await {
            Ok(0) => {}
            Ok(folders) => tracing::info!(folders, "what programs of processes that are gone left was removed"),
            Err(error) => tracing::error!(%error, "removing what programs of processes that are gone left"),
        }
        tokio::select! {
            () = tokio::time::sleep(RESCUE_EVERY) => {}
            () = stop.cancelled() => return,
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
        match forget_answers(&app).await {
            Ok(count) => tracing::debug!(count, "answers that are not given again any more were removed"),
            Err(error) => tracing::error!(error = %causes(&error), "removing answers that are not given again"),
        }
        tokio::select! {
            () = tokio::time::sleep(CHORES_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}
