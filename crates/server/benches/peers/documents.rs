//! How long playlists and manifests of a long film take, with all that they need at hand and without.

use crate::api::Kit;
use crate::failure::{Context as _, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::report::Report;
use crate::row::{Row, Target, Unit};
use crate::server::Server;
use crate::{Bench, say};
use std::time::Instant;

/// Requests of each kind with everything at hand.
const HOT: usize = 500;
/// Assets that nobody asked for before.
const COLD: usize = 40;
/// What 99 of 100 may take, at hand and not.
const HOT_P99: f64 = 0.005;
const COLD_P99: f64 = 0.030;

/// Measures the media playlist and the MPD of a film of two hours.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let data = bench.scratch.folder("documents")?;
    let length = if bench.options.quick { Length::TenMinutes } else { Length::TwoHours };
    let server = Server::start_as(bench, &data, None, &["serve", "--role", "api"])?;
    let mut kit = Kit::new(&server);
    let upload = kit.upload(&footage.film(length, Index::Front)?.path)?;
    kit.complete(&upload)?;
    for (what, path) in [("media playlist", "hls/v0-1.m3u8"), ("MPD", "dash/manifest.mpd")] {
        say(&format!("{what} of a long film"));
        let mut client = server.client();
        let mut ask = |asset: &str| {
            let path = format!("/play/{asset}/{path}");
            let begin = Instant::now();
            client.get(&path)?;
            Outcome::Ok(begin.elapsed().as_secs_f64())
        };
        let cold = (0..COLD).map(|_| ask(&kit.asset(&upload)?)).collect::<Outcome<Vec<_>>>()?;
        let asset = kit.asset(&upload)?;
        ask(&asset)?;
        let hot = (0..HOT).map(|_| ask(&asset)).collect::<Outcome<Vec<_>>>()?;
        for (how, samples, limit) in [("hot", hot, HOT_P99), ("asked for the first time", cold, COLD_P99)] {
            let what = format!("{what} of {}, {how}: 99 of 100", length.name());
            let p99 = percentile(samples).context("nothing was measured")?;
            report.row(Row {
                what,
                unit: Unit::Seconds,
                ours: vec![p99],
                peer: None,
                targets: vec![Target::AtMost(limit)],
            });
        }
    }
    server.stop()
}

/// What 99 of 100 are not above.
fn percentile(mut samples: Vec<f64>) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    samples.get((samples.len() * 99).div_ceil(100).checked_sub(1)?).copied()
}
