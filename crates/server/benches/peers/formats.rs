//! What other forms of a segment cost than the one that is stored: transport streams, and what is encrypted.

use crate::api::Kit;
use crate::contest::{Contestant, Cores, round};
use crate::failure::{Context as _, Failure, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::nginx::Nginx;
use crate::process::{command, run};
use crate::report::Report;
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::float;
use crate::{Bench, hls, say};
use core::time::Duration;

/// The file that nginx serves.
const FILE: &str = "stream.ts";
/// What a transport stream may cost at most beside a file.
const STREAM: f64 = 4.0;
/// What an encrypted segment may cost at most beside a clear one and the cipher.
const SEALED: f64 = 1.3;

/// Measures a transport stream beside nginx, and an encrypted segment beside the same in the clear.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let cores = Cores::find();
    let core = cores.map(|cores| cores.server);
    let film = &footage.film(Length::TenMinutes, Index::Front)?.path;
    let started = |name| {
        let data = bench.scratch.folder(name)?;
        // Nobody encodes meanwhile.
        let server = Server::start_as(bench, &data, core, &["serve", "--role", "api"])?;
        let mut kit = Kit::new(&server);
        let upload = kit.upload(film)?;
        kit.complete(&upload)?;
        Outcome::Ok((server, kit, upload))
    };
    // What is held against each other is the time of processes: each has its own.
    let (server, mut kit, upload) = started("formats")?;
    let (plain, mut plain_kit, plain_upload) = started("formats-clear")?;
    let (streamed, sealed) = (kit.asset(&upload)?, kit.asset_as(&upload, "dash_hls_1080p_aes128")?);
    let clear = plain_kit.asset(&plain_upload)?;
    let enough = Duration::from_millis(if bench.options.quick { 500 } else { 1_000 });

    let (path, bytes) = middle(&server, &format!("/play/{streamed}/hls-ts/master.m3u8"))?;
    let files = bench.scratch.folder("stream")?;
    std::fs::write(files.join(FILE), &bytes).context(FILE)?;
    let nginx = Nginx::start(bench, &files, false, core)?;
    let mut streams = [
        Contestant::new("Kinora", server.pid(), server.client(), path),
        Contestant::new("nginx", nginx.worker(), nginx.client(), format!("/{FILE}")),
    ];
    let (path, whole) = middle(&plain, &hls::master_path(&clear))?;
    let other = middle(&server, &hls::master_path(&sealed))?.0;
    let mut forms = [
        Contestant::new("encrypted", server.pid(), server.client(), other),
        Contestant::new("clear, and openssl's cipher", plain.pid(), plain.client(), path),
    ];
    let mut ciphers = Vec::new();
    for number in 0..bench.options.rounds {
        say(&format!("forms of segments, round {}", number + 1));
        round(&mut streams, number, cores, enough)?;
        round(&mut forms, number, cores, enough)?;
        ciphers.push(cipher()?);
    }
    let [ours, theirs] = streams;
    let what = format!("transport stream of {:.2} MB", float(bytes.len().try_into()?) / 1e6);
    report.row(row(&what, ours, theirs, STREAM));
    let [ours, mut theirs] = forms;
    theirs.costs.iter_mut().zip(&ciphers).for_each(|(cost, cipher)| *cost += cipher);
    let what = format!("segment of {:.2} MB, encrypted by AES-128", float(whole.len().try_into()?) / 1e6);
    report.row(row(&what, ours, theirs, SEALED));
    plain.stop()?;
    server.stop()
}

fn row(what: &str, ours: Contestant, peer: Contestant, limit: f64) -> Row {
    Row {
        what: format!("{what}, processor time"),
        unit: Unit::SecondsPerMegabyte,
        ours: ours.costs,
        peer: Some(Peer { name: peer.name, samples: peer.costs, compare: Compare::Share }),
        targets: vec![Target::RatioAtMost(limit)],
    }
}

/// A segment from the middle of the first variant of a multivariant playlist, and its bytes.
fn middle(server: &Server<'_>, master: &str) -> Outcome<(String, Vec<u8>)> {
    let mut client = server.client();
    let playlist = hls::master(master, &client.get(master)?)?.video;
    let mut segments = hls::segments(&playlist, &client.get(&playlist)?)?;
    if segments.is_empty() {
        return Err(Failure::new("the media playlist is empty"));
    }
    let path = segments.swap_remove(segments.len() / 2);
    let bytes = client.get(&path)?;
    Ok((path, bytes))
}

/// What the cipher takes here at its best: seconds for a megabyte, as openssl measures itself.
fn cipher() -> Outcome<f64> {
    let words = ["speed", "-mr", "-seconds", "1", "-bytes", "65536", "-evp", "aes-128-cbc"];
    let told = run(command("openssl").args(words))?;
    let rate = told.lines().find_map(|line| line.strip_prefix("+F:")?.rsplit(':').next()?.parse::<f64>().ok());
    Ok(1e6 / rate.context("openssl does not say how fast it is")?)
}
