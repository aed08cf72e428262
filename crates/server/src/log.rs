//! Log lines on standard error: for people on a terminal, JSON elsewhere.

use crate::settings::{LogFormat, Settings};
use std::io::IsTerminal as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt};

/// Starts logging.
pub(crate) fn start(settings: &Settings) {
    let filter: Targets = settings.log.clone();
    let json = match settings.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let lines = fmt::layer().with_writer(std::io::stderr);
    let layer = if json { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
    Registry::default().with(layer.with_filter(filter)).init();
}
