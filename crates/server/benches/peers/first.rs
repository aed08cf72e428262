//! From the last byte of an upload to the first segment on a screen.

use crate::api::{Kit, Upload};
use crate::failure::{Failure, Outcome};
use crate::footage::{Film, Footage, Index, Length};
use crate::http::Client;
use crate::packager::package;
use crate::process::{command, run};
use crate::report::{Detail, Report};
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::{float, median};
use crate::{Bench, hls, kernel, say, wait};
use core::time::Duration;
use std::time::Instant;

/// How long an asset may take to play.
const PATIENCE: Duration = Duration::from_mins(1);

/// The steps on the way, as the table of details names them.
const STEPS: [&str; 6] =
    ["complete", "asset", "multivariant playlist", "media playlist", "init segment", "first segment"];

/// What was measured of one film.
#[derive(Default)]
struct Samples {
    whole: Vec<f64>,
    steps: [Vec<f64>; 6],
    packaged: Vec<f64>,
    packaged_first: Vec<f64>,
    anonymous: Vec<f64>,
}

/// One way to the first segment.
struct Way {
    /// When each step was done.
    steps: [Duration; 6],
    init: Vec<u8>,
    segment: Vec<u8>,
    /// How often the multivariant playlist was not there yet.
    refused: u32,
}

/// Measures every film, in turns with ffmpeg.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let mut samples: Vec<Samples> = footage.all().iter().map(|_film| Samples::default()).collect();
    let mut refused = 0;
    let small = footage.film(Length::TenSeconds, Index::End)?;
    for round in 0..bench.options.rounds {
        for (film, samples) in footage.all().iter().zip(&mut samples) {
            say(&format!("first segment, round {}: {}, index {}", round + 1, film.length.name(), film.index.name()));
            // Nobody is always first.
            if round % 2 == 1 {
                peer(bench, film, samples)?;
            }
            refused += ours(bench, film, small, round == 0, samples)?;
            if round % 2 == 0 {
                peer(bench, film, samples)?;
            }
        }
    }
    for (film, samples) in footage.all().iter().zip(&samples) {
        report.row(row(film, samples));
    }
    report.detail(detail(footage, &samples));
    if refused > 0 {
        report
            .note(format!("The multivariant playlist was not there at once: {refused} requests for it were refused."));
    }
    Ok(())
}

fn row(film: &Film, samples: &Samples) -> Row {
    let mut targets = vec![Target::AtMost(0.1)];
    if film.length == Length::TenMinutes {
        targets.push(Target::RatioAtLeast(10.0));
    }
    Row {
        what: format!("last byte to first segment: {}, index {}", film.length.name(), film.index.name()),
        unit: Unit::Seconds,
        ours: samples.whole.clone(),
        peer: Some(Peer {
            name: "ffmpeg -c copy, playlist complete",
            samples: samples.packaged.clone(),
            compare: Compare::Faster,
        }),
        targets,
    }
}

fn detail(footage: &Footage, samples: &[Samples]) -> Detail {
    let mut columns = vec!["film".to_owned()];
    columns.extend(STEPS.iter().map(|step| (*step).to_owned()));
    columns.extend(["anonymous memory after it", "ffmpeg's first segment file"].map(str::to_owned));
    let line = |(film, samples): (&Film, &Samples)| {
        let mut line = vec![format!("{}, index {}", film.length.name(), film.index.name())];
        line.extend(samples.steps.iter().map(|step| Unit::Seconds.show(median(step))));
        line.push(Unit::Bytes.show(median(&samples.anonymous)));
        line.push(Unit::Seconds.show(median(&samples.packaged_first)));
        line
    };
    let lines = footage.all().iter().zip(samples).map(line).collect();
    Detail { title: "From the last byte to the first segment, step by step (medians)".to_owned(), columns, lines }
}

fn peer(bench: &Bench, film: &Film, samples: &mut Samples) -> Outcome<()> {
    settle_disk()?;
    let packaged = package(bench, &film.path)?;
    samples.packaged.push(packaged.playlist.as_secs_f64());
    samples.packaged_first.push(packaged.first_segment.as_secs_f64());
    Ok(())
}

/// One way, on a server that has been used a little and has nothing else to do.
fn ours(bench: &Bench, film: &Film, small: &Film, check: bool, samples: &mut Samples) -> Outcome<u32> {
    let data = bench.scratch.folder("first")?;
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    let asset = kit.publish(&small.path)?;
    hls::walk(&mut server.client(), &asset)?;
    let upload = kit.upload(&film.path)?;
    settle_disk()?;

    let way = walk(&mut kit, server.client(), &upload)?;
    let mut before = Duration::ZERO;
    for (samples, step) in samples.steps.iter_mut().zip(way.steps) {
        samples.push(step.saturating_sub(before).as_secs_f64());
        before = step;
    }
    samples.whole.push(before.as_secs_f64());
    samples.anonymous.push(float(kernel::anonymous(server.pid())?));
    if check {
        play(bench, &way)?;
    }
    server.stop()?;
    bench.scratch.folder("first")?;
    Ok(way.refused)
}

fn walk(kit: &mut Kit, mut viewer: Client, upload: &Upload) -> Outcome<Way> {
    let begin = Instant::now();
    kit.complete(upload)?;
    let completed = begin.elapsed();
    let asset = kit.asset(upload)?;
    let made = begin.elapsed();
    let path = hls::master_path(&asset);
    let mut refused = 0;
    let document = wait::until("the asset plays", PATIENCE, || {
        let answer = viewer.send("GET", &path, "", &[])?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 | 409 | 503 => {
                refused += 1;
                Ok(None)
            }
            _ => answer.succeeded(&path).map(|()| None),
        }
    })?;
    let master = hls::master(&path, &document)?;
    let multivariant = begin.elapsed();
    let playlist = hls::playlist(&master.video, &viewer.get(&master.video)?)?;
    let listed = begin.elapsed();
    let init = viewer.get(&playlist.init)?;
    let initialized = begin.elapsed();
    let first = playlist.segments.first().ok_or_else(|| Failure::new("the media playlist is empty"))?;
    let segment = viewer.get(first)?;
    let steps = [completed, made, multivariant, listed, initialized, begin.elapsed()];
    Ok(Way { steps, init, segment, refused })
}

/// A segment that cannot be decoded is no result.
fn play(bench: &Bench, way: &Way) -> Outcome<()> {
    let path = bench.scratch.folder("played")?.join("first.mp4");
    std::fs::write(&path, [way.init.as_slice(), way.segment.as_slice()].concat())?;
    let mut ffmpeg = command("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error", "-xerror", "-i"]).arg(&path).args(["-map", "0:v:0", "-f", "null", "-"]);
    run(&mut ffmpeg).map(drop)
}

/// What was written before is not to be paid by whoever is measured next.
fn settle_disk() -> Outcome<()> {
    run(&mut command("sync")).map(drop)
}
