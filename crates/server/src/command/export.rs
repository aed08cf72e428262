//! `kinora export`: an output of an asset, laid down in another object store for players to fetch it there.

use super::{Failure, remark, sandbox, say};
use crate::settings::Settings;
use crate::signals::Signals;
use crate::world::World;
use crate::{locks, log};
use clap::ArgMatches;
use kinora_app::access::{existing_organization, operator};
use kinora_app::export::{Destination, Order, Tally, export};
use kinora_app::play::Protocol;
use kinora_depot::StoreDepot;
use kinora_domain::AssetId;
use std::process::ExitCode;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// Objects from one line about progress to the next.
const TOLD_EVERY: u64 = 1_000;

/// What the names of variables begin with that tools of object stores take their keys and endpoints from.
const VARIABLES: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];

/// Exports until all is there. The first signal ends what is under way and begins nothing more, a second ends it at once.
pub(super) async fn run(settings: Settings, matches: ArgMatches) -> Result<ExitCode, Failure> {
    let order = order(&matches)?;
    let address = text(&matches, "to");
    let depot = StoreDepot::open(address, variables())?;
    log::start(&settings);
    let mut signals = Signals::listen()?;
    // Pictures may have to be made, as workers make things: no server sweeps them away meanwhile.
    let working = locks::working(&settings.data_dir)?;
    sandbox::check(&settings).await?;
    let world = World::open(&settings).await?;
    let caller = operator(&existing_organization(&world.app, text(&matches, "organization")).await?);
    let (stop, begun) = (CancellationToken::new(), Instant::now());
    let exporting = export(&world.app, &caller, &order, Destination { depot: &depot, stop: &stop, tell: &tell });
    let mut exporting = core::pin::pin!(exporting);
    let done = tokio::select! {
        done = &mut exporting => done,
        () = signals.next() => {
            stop.cancel();
            remark("Ending what is under way; a second signal ends it at once.");
            tokio::select! {
                done = &mut exporting => done,
                () = signals.next() => return Ok(ExitCode::from(130)),
            }
        }
    };
    drop(working);
    let tally = done.map_err(|error| advised(error, address))?;
    summary(&tally, address, begun)?;
    Ok(if tally.is_complete() { ExitCode::SUCCESS } else { ExitCode::from(130) })
}

fn text<'matches>(matches: &'matches ArgMatches, name: &str) -> &'matches str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

fn order(matches: &ArgMatches) -> Result<Order, Failure> {
    let asset: AssetId = text(matches, "asset").parse().map_err(|_malformed| "an asset's id is a UUID")?;
    let named = matches.get_many::<String>("format").into_iter().flatten();
    Ok(Order {
        asset,
        output: matches.get_one::<String>("output").cloned(),
        protocols: named.filter_map(|name| Protocol::from_name(name)).collect(),
        open: matches.get_flag("open"),
    })
}

/// What the environment says about object stores.
fn variables() -> impl Iterator<Item = (String, String)> {
    let named =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    named.filter(|(name, _)| VARIABLES.iter().any(|beginning| name.starts_with(beginning)))
}

fn tell(tally: &Tally) {
    let done = tally.written + tally.kept + tally.left_out;
    if done.is_multiple_of(TOLD_EVERY) {
        remark(&format!("{done} of {} objects, {} of them written", tally.objects, tally.written));
    }
}

/// The error with what to do about it on the command line.
fn advised(error: kinora_app::Error, address: &str) -> Failure {
    match error.problem().reason {
        "not_open" => format!("{error} Say `--open` to export it all the same.").into(),
        "depot_unavailable" => Box::new(Stopped { address: address.to_owned(), source: error }),
        _ => Box::new(error),
    }
}

/// An export that ended in the middle.
#[derive(Debug, thiserror::Error)]
#[error("the export to {address} ended early: the same command goes on with what is missing")]
struct Stopped {
    address: String,
    source: kinora_app::Error,
}

fn summary(tally: &Tally, address: &str, begun: Instant) -> Result<(), Failure> {
    let Tally { objects, written, bytes, kept, left_out } = *tally;
    let what = if tally.is_complete() { "Exported" } else { "Stopped: the same command goes on. Exported so far" };
    let seconds = begun.elapsed().as_secs_f64();
    say(&format!(
        "{what} to {address}: {objects} objects, of which {written} were written ({bytes} bytes) and {kept} were there; {seconds:.1} s.\n"
    ))?;
    if left_out > 0 {
        remark(&format!("{left_out} pictures for the time bar cannot be made of this film, and are left out."));
    }
    Ok(())
}
