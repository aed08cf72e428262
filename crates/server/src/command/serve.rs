//! `kinora serve`.

use super::{Failure, sandbox};
use crate::holder::Holder;
use crate::listen::{Certificate, Door};
use crate::settings::Settings;
use crate::signals::Signals;
use crate::site::Embedded;
use crate::workers::{self, Places};
use crate::world::World;
use crate::{listen, locks, log};
use clap::ArgMatches;
use core::time::Duration;
use kinora_app::access::{default_organization, install_bootstrap_key};
use kinora_app::work::sweep_orphans;
use kinora_edge::Edge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Bounds of the request durations, in seconds: from a cached segment to a large part.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// How often measured durations are folded into their buckets.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// What a server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Answers requests and does jobs.
    All,
    /// Answers requests; jobs are done by `kinora worker`.
    Api,
}

impl Role {
    /// As the command line says.
    pub(super) fn of(asked: &ArgMatches) -> Self {
        match asked.get_one::<String>("role").map(String::as_str) {
            Some("api") => Self::Api,
            Some(_) | None => Self::All,
        }
    }
}

/// Serves until the first signal, then drains; a second signal ends it at once.
pub(super) async fn serve(settings: Settings, role: Role) -> Result<ExitCode, Failure> {
    log::start(&settings);
    for variable in &settings.ignored_variables {
        tracing::warn!(variable, "this environment variable is no setting and is ignored");
    }
    let mut signals = Signals::listen()?;
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    // The ports first: where another server has them, nothing is touched.
    let mut doors = vec![Door { listener: bind(settings.listen).await?, tls: None }];
    let certificate = match &settings.tls {
        None => None,
        Some(tls) => {
            let certificate = Certificate::open(tls.files.clone())?;
            let acceptor = Some(Arc::clone(&certificate).acceptor()?);
            doors.push(Door { listener: bind(tls.listen).await?, tls: acceptor });
            Some(certificate)
        }
    };
    let lock = locks::server(&settings.data_dir)?;
    sandbox::check(&settings).await?;
    let world = World::open(&settings).await?;
    prepare(&world, &settings).await?;

    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let holder = match role {
        Role::Api => None,
        Role::All => {
            let holder = Arc::new(Holder::register(&settings.data_dir, world.app.holder())?);
            workers::start(&world, &holder, Places::of(&settings), &tasks, &stop);
            Some(holder)
        }
    };
    workers::start_chores(&world.app, &tasks, &stop);
    if let Some(certificate) = certificate {
        tasks.spawn(certificate.keep(signal(SignalKind::hangup())?, stop.clone()));
    }
    tasks.spawn(upkeep(metrics.clone(), stop.clone()));
    let edge = Edge::new(
        Arc::clone(&world.app),
        kinora_edge::Settings {
            public_url: settings.public_url.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            rate: settings.rate,
            egress: settings.egress,
        },
        Arc::new(Embedded),
        Arc::new(move || metrics.render()),
    );
    let direct = kinora_edge::delivery::Direct::new(edge.clone());
    let answering = listen::Answering { router: kinora_edge::router(edge), direct };
    let drain = Duration::from_secs(settings.drain_seconds);
    let serving = tasks.spawn(listen::listen(doors, answering, settings.max_connections, stop.clone(), drain));
    tracing::info!(listen = %settings.listen, public_url = settings.public_url, "ready");

    signals.next().await;
    tracing::info!("draining; a second signal ends at once");
    stop.cancel();
    tasks.close();
    let end = tokio::time::Instant::now() + drain;
    let drained = async {
        serving.await.unwrap_or_default();
        if tokio::time::timeout_at(end, tasks.wait()).await.is_err() {
            tracing::warn!("jobs were still under way when the time to drain was over; they are taken up again");
        }
        if let Some(holder) = &holder {
            workers::hand_over(&world.app, holder).await;
        }
    };
    let code = tokio::select! {
        () = drained => ExitCode::SUCCESS,
        () = signals.next() => ExitCode::from(130),
    };
    drop(lock);
    Ok(code)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    Ok(bound.map_err(|error| format!("cannot listen on {address}: {error}; is another server running there?"))?)
}

async fn prepare(world: &World, settings: &Settings) -> Result<(), Failure> {
    default_organization(&world.app).await?;
    if let Some(secret) = &settings.bootstrap_api_key
        && install_bootstrap_key(&world.app, secret).await?
    {
        tracing::info!("the bootstrap API key is installed");
    }
    match locks::sweeping(&settings.data_dir)? {
        None => tracing::info!("workers are running: objects that nothing refers to are left for another start"),
        Some(_alone) => {
            let orphans = sweep_orphans(&world.app).await?;
            if orphans > 0 {
                tracing::info!(orphans, "objects that nothing refers to were removed");
            }
        }
    }
    Ok(())
}

async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(UPKEEP_EVERY) => metrics.run_upkeep(),
            () = stop.cancelled() => return,
        }
    }
}
