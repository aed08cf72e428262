//! From the last byte of an upload in a codec that players do not take to its first segment.

use crate::api::{Kit, Upload};
use crate::failure::{Failure, Outcome};
use crate::footage::ffmpeg;
use crate::http::Client;
use crate::process::{command, run};
use crate::report::{Detail, Report};
use crate::row::{Row, Target, Unit};
use crate::server::Server;
use crate::stats::median;
use crate::subject::Subject;
use crate::{Bench, hls, say, wait};
use core::time::Duration;
use std::time::Instant;

/// How long an asset may take to play.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often is asked whether it plays.
const EVERY: Duration = Duration::from_millis(10);
/// The preset.
const PRESET: &str = "dash_hls_720p";

const CASES: [(Subject, &str); 3] = [
    (Subject::Vp8, "VP8, Vorbis in WebM"),
    (Subject::ProRes, "ProRes, PCM in MOV"),
    (Subject::Mpeg2, "MPEG-2, MP2 in TS"),
];

/// The steps on the way, as the table of details names them.
const STEPS: [&str; 4] = ["complete", "asset", "multivariant playlist", "first segment"];

/// Measures each film.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let seconds = if bench.options.quick { 30 } else { 60 };
    let films = CASES.map(|(subject, what)| subject.film(bench, seconds).map(|film| (film, what)));
    let films = films.into_iter().collect::<Outcome<Vec<_>>>()?;
    let mut samples = films.iter().map(|_film| (Vec::new(), [const { Vec::new() }; 4])).collect::<Vec<_>>();
    let data = bench.scratch.folder("foreign")?;
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    for round in 0..bench.options.rounds {
        for ((film, what), (whole, steps)) in films.iter().zip(&mut samples) {
            say(&format!("first segment of {what}, round {}", round + 1));
            let upload = kit.upload(film)?;
            run(&mut command("sync"))?;
            let way = walk(&mut kit, server.client(), &upload)?;
            if round == 0 {
                play(bench, &way)?;
            }
            let mut before = Duration::ZERO;
            for (samples, step) in steps.iter_mut().zip(way.steps) {
                samples.push(step.saturating_sub(before).as_secs_f64());
                before = step;
            }
            whole.push(before.as_secs_f64());
            // What goes on is of no interest here, and would be in the way of the next.
            kit.delete(&way.asset)?;
        }
    }
    let mut lines = Vec::new();
    for ((_, what), (whole, steps)) in films.iter().zip(samples) {
        let times = steps.iter().map(|step| Unit::Seconds.show(median(step)));
        lines.push(core::iter::once((*what).to_owned()).chain(times).collect());
        report.row(Row {
            what: format!("last byte to first segment: {what}, 1080 lines, {seconds} s"),
            unit: Unit::Seconds,
            ours: whole,
            peer: None,
            targets: vec![Target::AtMost(0.7)],
        });
    }
    let columns = core::iter::once("film").chain(STEPS).map(str::to_owned).collect();
    report.detail(Detail {
        title: "Codecs that players do not take, step by step (medians)".to_owned(),
        columns,
        lines,
    });
    server.stop()
}

/// One way to the first segment.
struct Way {
    asset: String,
    /// When each step was done.
    steps: [Duration; 4],
    /// The first segment with its initialization.
    film: Vec<u8>,
}

fn walk(kit: &mut Kit, mut viewer: Client, upload: &Upload) -> Outcome<Way> {
    let begin = Instant::now();
    kit.complete(upload)?;
    let completed = begin.elapsed();
    let asset = kit.asset_as(upload, PRESET)?;
    let made = begin.elapsed();
    let path = hls::master_path(&asset);
    let document = wait::until_every("the asset plays", EVERY, PATIENCE, || {
        let answer = viewer.send("GET", &path, "", &[])?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 | 409 | 503 => Ok(None),
            _ => answer.succeeded(&path).map(|()| None),
        }
    })?;
    let multivariant = begin.elapsed();
    let master = hls::master(&path, &document)?;
    let playlist = hls::playlist(&master.video, &viewer.get(&master.video)?)?;
    let mut film = viewer.get(&playlist.init)?;
    let first = playlist.segments.first().ok_or_else(|| Failure::new("the media playlist is empty"))?;
    film.extend(viewer.get(first)?);
    Ok(Way { asset, steps: [completed, made, multivariant, begin.elapsed()], film })
}

/// A segment that cannot be decoded is no result.
fn play(bench: &Bench, way: &Way) -> Outcome<()> {
    let path = bench.scratch.folder("played")?.join("first.mp4");
    std::fs::write(&path, &way.film)?;
    run(ffmpeg().args(["-xerror", "-i"]).arg(&path).args(["-map", "0:v:0", "-f", "null", "-"])).map(drop)
}
