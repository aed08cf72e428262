//! A thousand viewers at once.

use crate::api::Kit;
use crate::contest::{Cores, pin};
use crate::crowd::{Crowd, crowd};
use crate::failure::{Context as _, Failure, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::nginx::Nginx;
use crate::report::Report;
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::median;
use crate::{Bench, hls, say};
use core::time::Duration;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// How many watch, and what.
const VIEWERS: usize = 1_000;
const FILMS: usize = 50;
/// For how long.
const WHILE: Duration = Duration::from_mins(1);
/// What a minute of it may add to the server's memory, from when all of it was asked for once.
const GROWTH: f64 = 1.05;

/// What somebody watches: segments of the picture and of the sound, in turns.
type Film = Arc<[String]>;

/// Measures viewers who take all they can, of us and of nginx with the same bytes as files.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let cores = Cores::find();
    let core = cores.map(|cores| cores.server);
    let data = bench.scratch.folder("viewers")?;
    // The film first, and whatever is to be done with it.
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    let upload = kit.upload(&footage.film(Length::TenMinutes, Index::Front)?.path)?;
    kit.complete(&upload)?;
    let assets = (0..FILMS).map(|_| kit.asset(&upload)).collect::<Outcome<Vec<_>>>()?;
    kit.settle_seldom()?;
    server.stop()?;

    let server = Server::start_as(bench, &data, core, &["serve", "--role", "api"])?;
    let films = assets.iter().map(|asset| film(&server, asset)).collect::<Outcome<Vec<_>>>()?;
    let folder = bench.scratch.folder("films")?;
    let copy = files(&server, films.first().context("there is no film")?, &folder)?;
    let nginx = Nginx::start(bench, &folder, false, core)?;
    let copies = vec![copy; FILMS];

    let span = if bench.options.quick { WHILE / 6 } else { WHILE };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..bench.options.long_rounds() {
        say(&format!("a thousand viewers, round {}", number + 1));
        let mine = || watched(server.address(), server.pid(), &films, span, cores);
        let other = || watched(nginx.address(), nginx.worker(), &copies, span, cores);
        // Who begins, begins next time last.
        let (our, their) = if number % 2 == 0 {
            (mine()?, other()?)
        } else {
            let their = other()?;
            (mine()?, their)
        };
        ours.push(our);
        theirs.push(their);
    }
    for row in rows(&ours, &theirs, span) {
        report.row(row);
    }
    server.stop()
}

/// The segments of an asset.
fn film(server: &Server<'_>, asset: &str) -> Outcome<Film> {
    let (video, audio) = hls::walk(&mut server.client(), asset)?;
    let audio = audio.context("the sound has no playlist of its own")?;
    Ok(video.segments.into_iter().zip(audio.segments).flat_map(|(video, audio)| [video, audio]).collect())
}

/// The same as files in a folder.
fn files(server: &Server<'_>, film: &Film, folder: &Path) -> Outcome<Film> {
    let mut client = server.client();
    let mut names = Vec::new();
    for (number, path) in film.iter().enumerate() {
        let name = format!("{number}.m4s");
        std::fs::write(folder.join(&name), client.get(path)?).context(&name)?;
        names.push(format!("/{name}"));
    }
    Ok(names.into())
}

fn watched(address: SocketAddr, pid: u32, films: &[Film], span: Duration, cores: Option<Cores>) -> Outcome<Crowd> {
    // Each begins somewhere else.
    let viewers = (0..VIEWERS).filter_map(|viewer| Some((Arc::clone(films.get(viewer % FILMS)?), viewer / FILMS * 9)));
    let viewers: Vec<(Film, usize)> = viewers.collect();
    std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            if let Some(cores) = cores {
                pin(cores.client)?;
            }
            crowd(address, pid, viewers, span)
        });
        client.join().map_err(|_panic| Failure::new("the crowd panicked"))?
    })
}

fn rows(ours: &[Crowd], theirs: &[Crowd], span: Duration) -> [Row; 4] {
    let who = format!("{VIEWERS} viewers of {FILMS} assets for {} s", span.as_secs());
    let of = |crowds: &[Crowd], take: fn(&Crowd) -> f64| crowds.iter().map(take).collect::<Vec<_>>();
    let beside = |what: &str, unit, take: fn(&Crowd) -> f64, compare| Row {
        what: format!("{who}: {what}"),
        unit,
        ours: of(ours, take),
        peer: Some(Peer { name: "nginx", samples: of(theirs, take), compare }),
        targets: Vec::new(),
    };
    let alone = |what: String, unit, take: fn(&Crowd) -> f64, limit| Row {
        what: format!("{who}: {what}"),
        unit,
        ours: of(ours, take),
        peer: None,
        targets: vec![Target::AtMost(limit)],
    };
    let memory = median(&of(ours, |crowd| crowd.memory.1)) / 1e6;
    [
        beside("bytes a second", Unit::BytesPerSecond, |crowd| crowd.rate, Compare::Share),
        beside("processor time", Unit::SecondsPerMegabyte, |crowd| crowd.cost, Compare::Share),
        alone("requests that failed".to_owned(), Unit::Times, |crowd| crowd.failed, 0.0),
        alone(
            format!("memory at the end ({memory:.0} MB) beside that after a sixth"),
            Unit::Times,
            |crowd| crowd.memory.1 / crowd.memory.0,
            GROWTH,
        ),
    ]
}
