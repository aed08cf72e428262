//! Kinora beside its peers: the same footage, the same machine, the same minutes.
//!
//! `cargo bench -p kinora --bench peers` starts the release binary and prints a Markdown table, which
//! it also leaves as `bench/peers.md` in Cargo's target folder. Whatever has a peer is measured in
//! turns with it, and compared within each round; the table shows medians.
//!
//! ```text
//! cargo bench -p kinora --bench peers -- [--quick] [--json] [--rounds N] [--only PART]...
//! ```
//!
//! `--quick` leaves out the two-hour films, shortens those to convert and takes three rounds; `--json` prints
//! every sample in place of the table; `--only first|upload|serving|formats|documents|viewers|start|ladder|foreign|workers|lists` may be given
//! several times. `KINORA_BIN` names another binary, `KINORA_BENCH_MEDIA` a film to make the footage of.

mod api;
mod bare;
mod contest;
mod crowd;
mod documents;
mod failure;
mod first;
mod footage;
mod foreign;
mod formats;
mod hls;
mod http;
mod kernel;
mod ladder;
mod lists;
mod machine;
mod nginx;
mod options;
mod packager;
mod peer_ladder;
mod process;
mod report;
mod row;
mod scratch;
mod server;
mod serving;
mod similarity;
mod start;
mod stats;
mod subject;
mod upload;
mod viewers;
mod wait;
mod workers;

use failure::{Context as _, Outcome};
use options::{Options, Part};
use report::Report;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the parts share.
struct Bench {
    options: Options,
    /// The program under test.
    binary: PathBuf,
    /// Cargo's target folder.
    target: PathBuf,
    scratch: scratch::Scratch,
}

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        // A test runner asks what tests are here: there are none.
        Ok(None) => return ExitCode::SUCCESS,
        Err(failure) => return fail(&failure),
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &failure::Failure) -> ExitCode {
    say(&format!("peers: {failure}"));
    ExitCode::FAILURE
}

fn run(options: Options) -> Outcome<()> {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().context("there is no target folder")?.to_owned();
    let binary = std::env::var_os("KINORA_BIN").map_or_else(|| env!("CARGO_BIN_EXE_kinora").into(), PathBuf::from);
    let binary = std::path::absolute(&binary).context(binary.display())?;
    let scratch = scratch::Scratch::new(temporary)?;
    let bench = Bench { options, binary, target, scratch };
    let mut report = Report::new(machine::describe(&bench.target)?);

    let films = footage::Footage::prepare(&bench)?;
    report.note(films.description());
    if bench.options.wants(Part::Start) {
        start::measure(&bench, &films, &mut report)?;
    }
    if bench.options.wants(Part::Serving) {
        serving::measure(&bench, &films, &mut report)?;
    }
    if bench.options.wants(Part::Formats) {
        formats::measure(&bench, &films, &mut report)?;
    }
    if bench.options.wants(Part::Documents) {
        documents::measure(&bench, &films, &mut report)?;
    }
    if bench.options.wants(Part::Viewers) {
        viewers::measure(&bench, &films, &mut report)?;
    }
    if bench.options.wants(Part::Upload) {
        upload::measure(&bench, &films, &mut report)?;
    }
    if bench.options.wants(Part::First) {
        first::measure(&bench, &films, &mut report)?;
    }

    if bench.options.wants(Part::Foreign) {
        foreign::measure(&bench, &mut report)?;
    }
    if bench.options.wants(Part::Ladder) {
        ladder::measure(&bench, &mut report)?;
    }
    if bench.options.wants(Part::Workers) {
        workers::measure(&bench, &mut report)?;
    }
    if bench.options.wants(Part::Lists) {
        lists::measure(&bench, &mut report)?;
    }

    let folder = bench.target.join("bench");
    std::fs::create_dir_all(&folder).context(folder.display())?;
    let table = report.markdown();
    std::fs::write(folder.join("peers.md"), &table).context("peers.md")?;
    let text = if bench.options.json { report.json() } else { table };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("standard output")
}

/// Tells whoever waits how far it is; where nobody can be told the work goes on.
fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
