//! From nothing to ready, and what the server holds while nobody asks.

use crate::api::Kit;
use crate::failure::Outcome;
use crate::footage::{Footage, Index, Length};
use crate::report::Report;
use crate::row::{Row, Target, Unit};
use crate::server::Server;
use crate::stats::float;
use crate::{Bench, kernel, say, wait};
use core::time::Duration;

/// How long nobody asks.
const IDLE: Duration = Duration::from_secs(2);

/// Measures starts on a store that holds something.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let data = bench.scratch.folder("start")?;
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    kit.publish(&footage.film(Length::TenSeconds, Index::End)?.path)?;
    kit.publish(&footage.film(Length::TenMinutes, Index::End)?.path)?;
    server.stop()?;
    let (mut ready, mut memory) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        say(&format!("start, round {}", round + 1));
        let server = Server::start(bench, &data, None)?;
        ready.push(server.ready_after.as_secs_f64());
        wait::pause(IDLE);
        memory.push(float(kernel::anonymous(server.pid())?));
        server.stop()?;
    }
    report.row(Row {
        what: "start to /readyz".to_owned(),
        unit: Unit::Seconds,
        ours: ready,
        peer: None,
        targets: vec![Target::AtMost(0.3)],
    });
    report.row(Row {
        what: "idle anonymous memory".to_owned(),
        unit: Unit::Bytes,
        ours: memory,
        peer: None,
        targets: vec![Target::AtMost(60e6)],
    });
    Ok(())
}
