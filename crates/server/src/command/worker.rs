//! `kinora worker`: jobs only, beside a server on the same data folder.

use super::{Failure, sandbox};
use crate::holder::Holder;
use crate::settings::Settings;
use crate::signals::Signals;
use crate::workers::{self, Places};
use crate::world::World;
use crate::{locks, log};
use core::time::Duration;
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Does jobs until the first signal, then ends those in hand; a second signal ends it at once.
pub(super) async fn run(settings: Settings) -> Result<ExitCode, Failure> {
    log::start(&settings);
    let mut signals = Signals::listen()?;
    // First of all: from here on no server sweeps away what is being made.
    let working = locks::working(&settings.data_dir)?;
    sandbox::check(&settings).await?;
    let world = World::open(&settings).await?;
    let holder = Arc::new(Holder::register(&settings.data_dir, world.app.holder())?);
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    workers::start(&world, &holder, Places::of(&settings), &tasks, &stop);
    tracing::info!(holder = %world.app.holder(), data_dir = %settings.data_dir.display(), "working");

    signals.next().await;
    tracing::info!("ending the jobs in hand; a second signal ends at once");
    stop.cancel();
    tasks.close();
    let drain = Duration::from_secs(settings.drain_seconds);
    let drained = async {
        if tokio::time::timeout(drain, tasks.wait()).await.is_err() {
            tracing::warn!("jobs were still under way when the time to drain was over; others take them up");
        }
        workers::hand_over(&world.app, &holder).await;
    };
    let code = tokio::select! {
        () = drained => ExitCode::SUCCESS,
        () = signals.next() => ExitCode::from(130),
    };
    drop(working);
    Ok(code)
}
