//! The command line.

mod doctor;
mod export;
mod jobs;
mod key;
mod line;
mod playback;
pub(crate) mod remote;
mod sandbox;
mod serve;
mod worker;

use crate::settings::{Sources, load};
use clap::ArgMatches;
use std::ffi::OsString;
use std::process::ExitCode;

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let matches = line::command().get_matches();
    // These ask a server, which has settings of its own.
    let asked = match matches.subcommand() {
        Some(("upload", asked)) => Some(on_runtime(remote::run_upload(asked.clone()))),
        Some(("assets", asked)) => Some(on_runtime(remote::run_assets(asked.clone()))),
        Some(_) | None => None,
    };
    if let Some(done) = asked {
        return done.unwrap_or_else(|error| fail(&*error));
    }
    let settings = match load(&sources(&matches)) {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    let done = match matches.subcommand() {
        Some(("serve", asked)) => on_runtime(serve::serve(settings, serve::Role::of(asked))),
        Some(("worker", _)) => on_runtime(worker::run(settings)),
        Some(("jobs", jobs)) => on_runtime(jobs::run(settings, jobs.clone())),
        Some(("key", key)) => on_runtime(key::run(settings, key.clone())),
        Some(("playback", playback)) => on_runtime(playback::run(settings, playback.clone())),
        Some(("export", asked)) => on_runtime(export::run(settings, asked.clone())),
        Some(("doctor", _)) => on_runtime(doctor::run(settings)),
        Some(("config", _)) => say(&crate::settings::example_file()).map(|()| ExitCode::SUCCESS),
        Some(("openapi", asked)) => match asked.get_one::<String>("dialect").map(String::as_str) {
            Some("azure") => kinora_edge::azure::openapi::document(&settings.public_url),
            Some(_) | None => kinora_edge::videokit::openapi::document(&settings.public_url),
        }
        .map_err(Into::into)
        .and_then(|text| say(&text).map(|()| ExitCode::SUCCESS)),
        Some(_) | None => Ok(ExitCode::FAILURE),
    };
    done.unwrap_or_else(|error| fail(&*error))
}

/// What went wrong, for the terminal.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

fn on_runtime(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    // Dropped, it would wait for blocking work, which may be the copy of a long film's sound.
    runtime.shutdown_background();
    done
}

/// The settings' sources: every argument that is named after a setting is a flag for it.
fn sources(matches: &ArgMatches) -> Sources {
    let mut flags = Vec::new();
    let mut level = Some(matches);
    while let Some(matches) = level {
        for id in matches.ids().filter(|id| crate::settings::TABLE.iter().any(|row| row.name == id.as_str())) {
            if let Ok(Some(value)) = matches.try_get_one::<String>(id.as_str()) {
                flags.push((id.as_str().to_owned(), value.clone()));
            }
        }
        level = matches.subcommand().map(|(_, matches)| matches);
    }
    let environment: Vec<_> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let named = environment.iter().find(|(name, _)| name == "KINORA_CONFIG").map(|(_, path)| path.clone());
    let file = matches.get_one::<String>("config").cloned().or(named).map(Into::into);
    Sources { file, environment, flags }
}

/// A variable of the environment that is no setting.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::vars_os().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// Prints to standard output.
fn say(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints to standard error: what people read beside the answer.
fn remark(text: &str) {
    use std::io::Write as _;
    // Nobody is left to tell when standard error is closed.
    writeln!(std::io::stderr(), "{text}").unwrap_or_default();
}

fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    let mut words = format!("kinora: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str("\n  because: ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    remark(&words);
    ExitCode::FAILURE
}
