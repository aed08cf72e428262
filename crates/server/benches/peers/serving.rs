//! What a segment costs the server's processor.

use crate::api::Kit;
use crate::failure::{Context as _, Failure, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::http::Client;
use crate::nginx::Nginx;
use crate::process::{command, run};
use crate::report::{Detail, Report};
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::{float, median};
use crate::{Bench, hls, kernel, say};
use core::time::Duration;
use std::time::Instant;

/// Bytes fetched between two looks at the clock.
const BATCH: u64 = 64_000_000;

/// Segments looked through for one of the right size.
const CANDIDATES: usize = 40;

/// Cores of server and client, where each can have one.
#[derive(Debug, Clone, Copy)]
struct Cores {
    server: usize,
    client: usize,
}

/// Who is measured.
struct Contestant {
    pid: u32,
    client: Client,
    path: String,
    /// Processor seconds a megabyte, and requests a second.
    costs: Vec<f64>,
    rates: Vec<f64>,
}

/// Measures a video and an audio segment, in turns with nginx.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let cores = cores();
    let core = cores.map(|cores| cores.server);
    let data = bench.scratch.folder("serving")?;
    let server = Server::start(bench, &data, core)?;
    let film = footage.film(Length::TenMinutes, Index::Front)?;
    let asset = Kit::new(&server).publish(&film.path)?;
    let (video, audio) = hls::walk(&mut server.client(), &asset)?;
    let audio = audio.context("the sound has no playlist of its own")?;
    let video = choose(&server, &video.segments, 2_500_000)?;
    let audio = choose(&server, &audio.segments, 66_000)?;
    if !(2_000_000..=3_000_000).contains(&video.1.len()) {
        return Err(Failure::new(format!("no video segment has 2 to 3 MB; the nearest has {} bytes", video.1.len())));
    }

    let files = bench.scratch.folder("files")?;
    std::fs::write(files.join("video.m4s"), &video.1).context("video.m4s")?;
    std::fs::write(files.join("audio.m4s"), &audio.1).context("audio.m4s")?;
    let nginx = Nginx::start(bench, &files, false, core)?;
    let keeping = Nginx::start(bench, &files, true, core)?;

    let mut lines = Vec::new();
    for ((path, bytes), file, kind, limit) in [(video, "/video.m4s", "video", 2.2), (audio, "/audio.m4s", "audio", 1.0)]
    {
        let mut contestants = [
            Contestant::new(server.pid(), server.client(), path),
            Contestant::new(nginx.worker(), nginx.client(), file.to_owned()),
            Contestant::new(keeping.worker(), keeping.client(), file.to_owned()),
        ];
        for contestant in &mut contestants {
            if contestant.client.get(&contestant.path)? != bytes {
                return Err(Failure::new("the same segment is not the same bytes everywhere"));
            }
        }
        for round in 0..bench.options.rounds {
            say(&format!("serving {kind}, round {}", round + 1));
            for turn in 0..contestants.len() {
                let count = contestants.len();
                let contestant = contestants.get_mut((round + turn) % count).context("nobody's turn")?;
                contestant.round(bench, cores, bytes.len())?;
            }
        }
        let size = if bytes.len() < 1_000_000 {
            format!("{:.0} kB", float(u64::try_from(bytes.len())?) / 1e3)
        } else {
            format!("{:.2} MB", float(u64::try_from(bytes.len())?) / 1e6)
        };
        for (contestant, name) in contestants.iter().zip(["Kinora", "nginx", "nginx, open_file_cache"]) {
            let (cost, rate) = (median(&contestant.costs), median(&contestant.rates));
            let per_request = cost * float(u64::try_from(bytes.len())?) / 1e6;
            let per_request = format!("{:.0} µs", per_request * 1e6);
            let what = format!("{kind} segment of {size}");
            lines.push(vec![
                what,
                name.to_owned(),
                Unit::SecondsPerMegabyte.show(cost),
                per_request,
                format!("{rate:.0}"),
            ]);
        }
        let [ours, nginx, keeping] = contestants;
        for (peer, name, target) in [
            (nginx, "nginx, sendfile", Some(Target::RatioAtMost(limit))),
            (keeping, "nginx, sendfile, open_file_cache", None),
        ] {
            report.row(Row {
                what: format!("{kind} segment of {size}, processor time"),
                unit: Unit::SecondsPerMegabyte,
                ours: ours.costs.clone(),
                peer: Some(Peer { name, samples: peer.costs, compare: Compare::Share }),
                targets: target.into_iter().collect(),
            });
        }
    }
    let columns = ["segment", "server", "processor time", "a request", "requests a second"].map(str::to_owned).to_vec();
    report.detail(Detail { title: "Segments on one keep-alive connection (medians)".to_owned(), columns, lines });
    report.note(match cores {
        Some(Cores { server, client }) => {
            format!("Segments: servers run on core {server} only, the client on core {client}; nginx has one worker.")
        }
        None => "Segments: servers and client share the cores; nginx has one worker.".to_owned(),
    });
    server.stop()
}

impl Contestant {
    const fn new(pid: u32, client: Client, path: String) -> Self {
        Self { pid, client, path, costs: Vec::new(), rates: Vec::new() }
    }

    /// Fetches the segment until the server has worked long enough for its clock.
    fn round(&mut self, bench: &Bench, cores: Option<Cores>, size: usize) -> Outcome<()> {
        let enough = Duration::from_millis(if bench.options.quick { 500 } else { 1_000 });
        let pid = self.pid;
        let client = &mut self.client;
        let request = client.request("GET", &self.path, "", 0);
        let requests = BATCH / u64::try_from(size)?;
        let thread = move || {
            if let Some(cores) = cores {
                let thread = kernel::this_thread()?;
                run(command("taskset").arg("-pc").arg(cores.client.to_string()).arg(thread))?;
            }
            let mut buffer = vec![0; 256 * 1024];
            for _warming in 0..requests {
                client.drain(&request, &mut buffer)?;
            }
            let (mut bytes, mut count) = (0, 0);
            let (begin, before) = (Instant::now(), kernel::cpu(pid)?);
            loop {
                for _request in 0..requests {
                    bytes += client.drain(&request, &mut buffer)?;
                }
                count += requests;
                let cpu = kernel::cpu(pid)?.saturating_sub(before);
                if cpu >= enough {
                    let cost = cpu.as_secs_f64() / (float(bytes) / 1e6);
                    return Ok((cost, float(count) / begin.elapsed().as_secs_f64()));
                }
            }
        };
        // A thread of its own: what it is pinned to ends with it.
        let measured: Outcome<_> = std::thread::scope(|scope| {
            scope.spawn(thread).join().map_err(|_panic| Failure::new("the client panicked"))?
        });
        let (cost, rate) = measured?;
        self.costs.push(cost);
        self.rates.push(rate);
        Ok(())
    }
}

/// Two cores, where there are two and threads can be pinned.
fn cores() -> Option<Cores> {
    let enough = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let allowed = run(command("taskset").args(["-c", "0,1", "true"])).is_ok();
    (enough && allowed).then_some(Cores { server: 0, client: 1 })
}

/// The path and bytes of the segment whose size is nearest to `wanted`.
fn choose(server: &Server<'_>, segments: &[String], wanted: usize) -> Outcome<(String, Vec<u8>)> {
    let mut client = server.client();
    let mut best: Option<(String, Vec<u8>)> = None;
    for path in segments.iter().take(CANDIDATES) {
        let bytes = client.get(path)?;
        let nearer = best.as_ref().is_none_or(|best| bytes.len().abs_diff(wanted) < best.1.len().abs_diff(wanted));
        if nearer {
            best = Some((path.clone(), bytes));
        }
    }
    best.context("the media playlist is empty")
}
