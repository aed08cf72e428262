//! What a segment costs the server's processor.

use crate::api::Kit;
use crate::contest::{Contestant, Cores, round};
use crate::failure::{Context as _, Failure, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::nginx::Nginx;
use crate::report::{Detail, Report};
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::{float, median};
use crate::{Bench, hls, say};
use core::time::Duration;

/// Segments looked through for one of the right size.
const CANDIDATES: usize = 40;

/// A segment that is asked for.
struct Segment {
    kind: &'static str,
    path: String,
    bytes: Vec<u8>,
    /// The file that nginx serves.
    file: &'static str,
    /// Our processor time at most, as a multiple of nginx's.
    limit: f64,
}

/// Measures a video and an audio segment, in turns with nginx.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let cores = Cores::find();
    let core = cores.map(|cores| cores.server);
    let data = bench.scratch.folder("serving")?;
    let server = Server::start(bench, &data, core)?;
    let film = footage.film(Length::TenMinutes, Index::Front)?;
    let asset = Kit::new(&server).publish(&film.path)?;
    let segments = segments(&server, &asset)?;

    let files = bench.scratch.folder("files")?;
    for segment in &segments {
        std::fs::write(files.join(segment.file), &segment.bytes).context(segment.file)?;
    }
    let nginx = Nginx::start(bench, &files, false, core)?;
    let keeping = Nginx::start(bench, &files, true, core)?;
    let enough = Duration::from_millis(if bench.options.quick { 500 } else { 1_000 });
    let mut lines = Vec::new();
    for segment in segments {
        let file = format!("/{}", segment.file);
        let mut contestants = [
            Contestant::new("Kinora", server.pid(), server.client(), segment.path.clone()),
            Contestant::new("nginx", nginx.worker(), nginx.client(), file.clone()),
            Contestant::new("nginx, open_file_cache", keeping.worker(), keeping.client(), file),
        ];
        for contestant in &mut contestants {
            if contestant.client.get(&contestant.path)? != segment.bytes {
                return Err(Failure::new("the same segment is not the same bytes everywhere"));
            }
        }
        for number in 0..bench.options.rounds {
            say(&format!("serving {}, round {}", segment.kind, number + 1));
            round(&mut contestants, number, cores, enough)?;
        }
        lines.extend(contestants.iter().map(|contestant| line(&segment, contestant)));
        for row in rows(&segment, contestants) {
            report.row(row);
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

/// A video segment of 2 to 3 MB and an audio segment of about 66 kB.
fn segments(server: &Server<'_>, asset: &str) -> Outcome<[Segment; 2]> {
    let (video, audio) = hls::walk(&mut server.client(), asset)?;
    let audio = audio.context("the sound has no playlist of its own")?;
    let (path, bytes) = nearest(server, &video.segments, 2_500_000)?;
    if !(2_000_000..=3_000_000).contains(&bytes.len()) {
        return Err(Failure::new(format!("no video segment has 2 to 3 MB; the nearest has {} bytes", bytes.len())));
    }
    let video = Segment { kind: "video", path, bytes, file: "video.m4s", limit: 1.15 };
    let (path, bytes) = nearest(server, &audio.segments, 66_000)?;
    Ok([video, Segment { kind: "audio", path, bytes, file: "audio.m4s", limit: 1.0 }])
}

/// The path and bytes of the segment whose size is nearest to `wanted`.
fn nearest(server: &Server<'_>, segments: &[String], wanted: usize) -> Outcome<(String, Vec<u8>)> {
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

impl Segment {
    fn size(&self) -> f64 {
        float(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }

    fn name(&self) -> String {
        let size = self.size();
        let size = if size < 1e6 { format!("{:.0} kB", size / 1e3) } else { format!("{:.2} MB", size / 1e6) };
        format!("{} segment of {size}", self.kind)
    }
}

fn line(segment: &Segment, contestant: &Contestant) -> Vec<String> {
    let cost = median(&contestant.costs);
    vec![
        segment.name(),
        contestant.name.to_owned(),
        Unit::SecondsPerMegabyte.show(cost),
        format!("{:.0} µs", cost * segment.size()),
        format!("{:.0}", median(&contestant.rates)),
    ]
}

fn rows(segment: &Segment, contestants: [Contestant; 3]) -> [Row; 2] {
    let [ours, nginx, keeping] = contestants;
    let row = |peer: Contestant, targets| Row {
        what: format!("{}, processor time", segment.name()),
        unit: Unit::SecondsPerMegabyte,
        ours: ours.costs.clone(),
        peer: Some(Peer { name: peer.name, samples: peer.costs, compare: Compare::Share }),
        targets,
    };
    [row(nginx, vec![Target::RatioAtMost(segment.limit)]), row(keeping, Vec::new())]
}
