//! What a ladder costs, beside an ffmpeg for each rung.

use crate::api::Kit;
use crate::failure::{Context as _, Failure, Outcome};
use crate::peer_ladder::{self, Made};
use crate::report::{Detail, Report};
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::similarity::ssim;
use crate::stats::float;
use crate::subject::Subject;
use crate::{Bench, hls, kernel, say, wait};
use core::time::Duration;
use kinora_domain::chunk::GROUP_MS;
use kinora_domain::ladder::{self, Rung};
use kinora_domain::picture::Size;
use kinora_domain::preset;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The preset.
const PRESET: &str = "dash_hls_1080p";
/// The picture of the films.
const SIZE: Size = Size { width: 1_920, height: 1_080 };
/// Pictures in a second of the films.
const RATE: u32 = 25;
/// How long nobody asks, to see what the server does by itself.
const IDLE: Duration = Duration::from_secs(3);

/// A ladder that is to be made.
struct Case {
    what: &'static str,
    subject: Subject,
    /// Whether the original is the top rung.
    keeps_original: bool,
    /// How many times less processor time it is to take.
    target: f64,
}

/// A case with its film.
struct Task<'a> {
    bench: &'a Bench,
    case: Case,
    film: PathBuf,
    seconds: u32,
    /// What is to come of it, largest first.
    rungs: Vec<Rung>,
}

const CASES: [Case; 2] = [
    Case { what: "ladder 1080/720/480/360", subject: Subject::LongGroups, keeps_original: false, target: 1.3 },
    Case {
        what: "the same, the original as top rung",
        subject: Subject::ShortGroups,
        keeps_original: true,
        target: 2.2,
    },
];

/// What was measured of one.
#[derive(Default)]
struct Samples {
    /// Processor seconds of our programs.
    ours: Vec<f64>,
    /// Those of the four.
    theirs: Vec<f64>,
    /// Our own beside those of our programs.
    own: Vec<f64>,
    our_wall: Vec<f64>,
    their_wall: Vec<f64>,
    /// Of the first round, rung by rung.
    likeness: Vec<Likeness>,
}

/// A rung of ours and of the peer's, each compared with the original.
struct Likeness {
    rung: Rung,
    ours: f64,
    theirs: f64,
    our_bytes: u64,
    their_bytes: u64,
}

/// Measures each ladder, in turns with ffmpeg.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let seconds = if bench.options.quick { 30 } else { 60 };
    let mut lines = Vec::new();
    for case in CASES {
        let film = case.subject.film(bench, seconds)?;
        let rungs = ladder::rungs(preset::find(PRESET)?.shape, SIZE);
        let task = Task { bench, case, film, seconds, rungs };
        let mut samples = Samples::default();
        for number in 0..bench.options.long_rounds() {
            say(&format!("{}, round {}", task.case.what, number + 1));
            round(&task, number, &mut samples)?;
        }
        lines.extend(samples.likeness.iter().map(|likeness| line(&task.case, likeness, seconds)));
        for row in rows(&task.case, seconds, samples) {
            report.row(row);
        }
    }
    let columns = ["ladder", "rung", "SSIM", "ffmpeg's", "rate", "ffmpeg's"].map(str::to_owned).to_vec();
    report.detail(Detail { title: "Rungs beside the original scaled to their size".to_owned(), columns, lines });
    report.note(
        "Ladders: the four ffmpegs run at once with one thread, CRF, highest rate and key frames of ours; \
         processor time is that of all programs started, ffprobe's too."
            .to_owned(),
    );
    Ok(())
}

fn round(task: &Task<'_>, number: usize, samples: &mut Samples) -> Outcome<()> {
    // Nobody is always first.
    let early = if number % 2 == 1 { Some(theirs(task, samples)?) } else { None };
    let made = ours(task, number == 0, samples)?;
    let peer = match early {
        Some(peer) => peer,
        None => theirs(task, samples)?,
    };
    let pictures = u64::from(task.seconds * RATE);
    for (rung, ours) in made {
        let at = task.rungs.iter().position(|other| other.size == rung.size).context("there is no such rung")?;
        let theirs = peer.films.get(at).context("there is no such rung")?;
        say(&format!("comparing {} lines", rung.size.height));
        samples.likeness.push(Likeness {
            rung,
            ours: ssim(&ours, &task.film, rung.size, pictures)?,
            theirs: ssim(theirs, &task.film, rung.size, pictures)?,
            our_bytes: size(&ours)?,
            their_bytes: size(theirs)?,
        });
    }
    Ok(())
}

fn theirs(task: &Task<'_>, samples: &mut Samples) -> Outcome<Made> {
    // The footage, where it is the top rung, has groups of that length too.
    let made = peer_ladder::make(task.bench, &task.film, &task.rungs, GROUP_MS)?;
    samples.theirs.push(made.cpu.as_secs_f64());
    samples.their_wall.push(made.wall.as_secs_f64());
    Ok(made)
}

/// One ladder of ours, and its rungs as files where they are to be looked at.
fn ours(task: &Task<'_>, look: bool, samples: &mut Samples) -> Outcome<Vec<(Rung, PathBuf)>> {
    let bench = task.bench;
    let data = bench.scratch.folder("ladder")?;
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    let upload = kit.upload(&task.film)?;
    let pid = server.pid();
    let before = kernel::cpu(pid)?;
    wait::pause(IDLE);
    let idle = kernel::cpu(pid)?.saturating_sub(before).as_secs_f64() / IDLE.as_secs_f64();

    let (own, children) = (kernel::cpu(pid)?, kernel::cpu_of_children(pid)?);
    let begin = Instant::now();
    kit.complete(&upload)?;
    let asset = kit.asset_as(&upload, PRESET)?;
    kit.settle_seldom()?;
    let wall = begin.elapsed().as_secs_f64();
    let children = kernel::cpu_of_children(pid)?.saturating_sub(children).as_secs_f64();
    let own = kernel::cpu(pid)?.saturating_sub(own).as_secs_f64() - idle * wall;
    samples.ours.push(children);
    samples.own.push(own.max(0.0) / children);
    samples.our_wall.push(wall);

    let path = hls::master_path(&asset);
    let mut client = server.client();
    let mut variants = hls::variants(&path, &client.get(&path)?)?;
    let heights: Vec<_> = task.rungs.iter().map(|rung| rung.size.height).collect();
    variants.sort_by_key(|variant| core::cmp::Reverse(variant.height));
    if variants.iter().map(|variant| variant.height).ne(heights.iter().copied()) {
        let found: Vec<_> = variants.iter().map(|variant| variant.height.to_string()).collect();
        return Err(Failure::new(format!("the ladder has {} lines", found.join(", "))));
    }
    let mut made = Vec::new();
    if look {
        let folder = bench.scratch.folder("served")?;
        for (variant, rung) in variants.iter().zip(&task.rungs).skip(usize::from(task.case.keeps_original)) {
            let playlist = hls::playlist(&variant.path, &client.get(&variant.path)?)?;
            let mut bytes = client.get(&playlist.init)?;
            for segment in &playlist.segments {
                bytes.extend(client.get(segment)?);
            }
            let to = folder.join(format!("{}.mp4", variant.height));
            std::fs::write(&to, bytes).context(to.display())?;
            made.push((*rung, to));
        }
    }
    server.stop()?;
    bench.scratch.folder("ladder")?;
    Ok(made)
}

fn size(film: &Path) -> Outcome<u64> {
    Ok(std::fs::metadata(film).context(film.display())?.len())
}

fn rows(case: &Case, seconds: u32, samples: Samples) -> [Row; 4] {
    let worst = samples.likeness.iter().map(|likeness| likeness.theirs - likeness.ours).fold(f64::MIN, f64::max);
    let row = |what: &str, unit, ours, peer, targets| Row {
        what: format!("{}: {what}", case.what),
        unit,
        ours,
        peer,
        targets,
    };
    let peer = |samples, compare| Some(Peer { name: "four ffmpegs", samples, compare });
    [
        row(
            &format!("processor time of a film of {seconds} s"),
            Unit::Seconds,
            samples.ours,
            peer(samples.theirs, Compare::Less),
            vec![Target::RatioAtLeast(case.target)],
        ),
        row(
            "until all of it is there",
            Unit::Seconds,
            samples.our_wall,
            peer(samples.their_wall, Compare::Faster),
            Vec::new(),
        ),
        row("SSIM below the peer's, worst rung", Unit::Similarity, vec![worst], None, vec![Target::AtMost(0.002)]),
        row("Kinora itself beside its programs", Unit::Share, samples.own, None, vec![Target::AtMost(0.03)]),
    ]
}

fn line(case: &Case, likeness: &Likeness, seconds: u32) -> Vec<String> {
    let rate = |bytes: u64| format!("{:.0} kbit/s", float(bytes) * 8.0 / 1e3 / f64::from(seconds));
    vec![
        case.what.to_owned(),
        likeness.rung.size.height.to_string(),
        format!("{:.4}", likeness.ours),
        format!("{:.4}", likeness.theirs),
        rate(likeness.our_bytes),
        rate(likeness.their_bytes),
    ]
}
