//! Log lines on standard error: for people on a terminal, JSON elsewhere. Colors are for terminals only.

use crate::settings::{LogFormat, Settings};
use std::io::IsTerminal as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt};

/// Starts logging.
pub(crate) fn start(settings: &Settings) {
    // What the migrations do is of interest only to whoever asks for debug lines.
    let quiet = Targets::new().with_target("sea_orm_migration", LevelFilter::WARN);
    let asked = settings.log.iter().map(|(module, level)| (module.to_owned(), level));
    let filter: Targets = quiet.into_iter().chain(asked).collect();
    let filter = filter.with_default(settings.log.default_level().unwrap_or(LevelFilter::OFF));
    let on_terminal = std::io::stderr().is_terminal();
    let json = match settings.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !on_terminal,
    };
    let lines = fmt::layer().with_writer(std::io::stderr);
    // On a terminal the layer asks `NO_COLOR`; elsewhere codes of terminals are noise whatever it says.
    let lines = if on_terminal { lines } else { lines.with_ansi(false) };
    let layer = if json { lines.json().flatten_event(true).with_span_list(false).boxed() } else { lines.boxed() };
    Registry::default().with(layer.with_filter(filter)).init();
}
