//! One film on one worker process, and on two.

use crate::api::Kit;
use crate::failure::{Failure, Outcome};
use crate::report::Report;
use crate::row::{Compare, Peer, Row, Unit};
use crate::server::{Server, Worker};
use crate::subject::Subject;
use crate::{Bench, hls, say};
use std::path::Path;
use std::time::Instant;

/// Measures both, in turns.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let minutes = if bench.options.quick { 2 } else { 10 };
    let film = Subject::Small.film(bench, minutes * 60)?;
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for number in 0..bench.options.long_rounds() {
        say(&format!("workers, round {}", number + 1));
        // Nobody is always first.
        if number % 2 == 1 {
            two.push(output(bench, &film, 2)?);
        }
        one.push(output(bench, &film, 1)?);
        if number % 2 == 0 {
            two.push(output(bench, &film, 2)?);
        }
    }
    report.row(Row {
        what: format!("a film of {minutes} min with 360 lines, two worker processes"),
        unit: Unit::Seconds,
        ours: two,
        peer: Some(Peer { name: "one worker process", samples: one, compare: Compare::Faster }),
        targets: Vec::new(),
    });
    report.note(
        "Workers: each encodes one chunk at a time with one thread; server and viewer run on the same cores."
            .to_owned(),
    );
    Ok(())
}

/// Seconds from `complete` until all of it is there.
fn output(bench: &Bench, film: &Path, count: usize) -> Outcome<f64> {
    let data = bench.scratch.folder("workers")?;
    let server = Server::start_as(bench, &data, None, &["serve", "--role", "api"])?;
    let workers = (0..count).map(|number| Worker::start(bench, &data, number)).collect::<Outcome<Vec<_>>>()?;
    let mut kit = Kit::new(&server);
    let upload = kit.upload(film)?;
    let begin = Instant::now();
    kit.complete(&upload)?;
    let asset = kit.asset_as(&upload, "mp4")?;
    kit.settle_seldom()?;
    let took = begin.elapsed().as_secs_f64();
    let path = hls::master_path(&asset);
    let document = server.client().get(&path)?;
    let variants = hls::variants(&path, &document)?;
    if variants.len() != 1 {
        return Err(Failure::new(format!("there are {} qualities in place of one", variants.len())));
    }
    for worker in workers {
        worker.stop()?;
    }
    server.stop()?;
    bench.scratch.folder("workers")?;
    Ok(took)
}
