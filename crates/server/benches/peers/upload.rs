//! Throughput of part URLs, and how often a byte is written.

use crate::api::Kit;
use crate::bare::Bare;
use crate::failure::{Context as _, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::http::Client;
use crate::process::{command, run};
use crate::report::Report;
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::float;
use crate::{Bench, kernel, say};
use core::time::Duration;
use std::fs::File;
use std::time::Instant;

/// Bytes uploaded in a round.
const SIZE: u64 = 500_000_000;

/// What was measured.
#[derive(Default)]
struct Samples {
    /// Bytes a second.
    ours: Vec<f64>,
    bare: Vec<f64>,
    /// Bytes written per byte uploaded.
    written: Vec<f64>,
}

/// Measures uploads, part by part in turns with the bare receiver.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let data = bench.scratch.folder("upload")?;
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    let bytes = noise(64 * 1024 * 1024);
    let mut samples = Samples::default();
    for number in 0..bench.options.rounds {
        say(&format!("upload, round {}", number + 1));
        round(bench, &server, &mut kit, &bytes, number, &mut samples)?;
    }
    report.row(Row {
        what: format!("upload through part URLs, {} MB, one connection", SIZE / 1_000_000),
        unit: Unit::BytesPerSecond,
        ours: samples.ours,
        peer: Some(Peer { name: "receive, write, fdatasync", samples: samples.bare, compare: Compare::Share }),
        targets: vec![Target::RatioAtLeast(0.8)],
    });
    report.row(Row {
        what: "bytes written per byte uploaded".to_owned(),
        unit: Unit::Times,
        ours: samples.written,
        peer: None,
        targets: vec![Target::AtMost(1.0)],
    });
    report.row(Row {
        what: "the same for a film of 10 min until it has been probed and its sound copied out".to_owned(),
        unit: Unit::Times,
        ours: vec![whole(&server, &mut kit, footage)?],
        peer: None,
        targets: Vec::new(),
    });
    server.stop()
}

/// One upload to each. A part's time runs from before it is sent until its `ETag` is there; both write into space
/// that was taken beforehand.
fn round(
    bench: &Bench,
    server: &Server<'_>,
    kit: &mut Kit,
    bytes: &[u8],
    number: usize,
    samples: &mut Samples,
) -> Outcome<()> {
    let path = bench.scratch.folder("bare")?.join("upload");
    run(command("fallocate").arg("-l").arg(SIZE.to_string()).arg(&path))?;
    let bare = Bare::start(File::options().write(true).open(&path).context(path.display())?)?;
    let mut client = Client::new(bare.address);
    let before = kernel::written(server.pid())?;
    let mut upload = kit.start("bench.mp4", SIZE)?;
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for (index, (offset, part)) in parts(bytes, upload.part_size)?.into_iter().enumerate() {
        let mut peer = || -> Outcome<Duration> {
            let begin = Instant::now();
            client.send("PUT", &format!("/{offset}"), "", part)?.succeeded("a bare part")?;
            Ok(begin.elapsed())
        };
        // Nobody is always first.
        let peer_first = (index + number) % 2 == 1;
        if peer_first {
            theirs += peer()?;
        }
        let begin = Instant::now();
        kit.put(&mut upload, part)?;
        ours += begin.elapsed();
        if !peer_first {
            theirs += peer()?;
        }
    }
    samples.ours.push(float(SIZE) / ours.as_secs_f64());
    samples.bare.push(float(SIZE) / theirs.as_secs_f64());
    samples.written.push(float(kernel::written(server.pid())? - before) / float(SIZE));
    kit.cancel(&upload)?;
    drop(client);
    bare.join()?;
    bench.scratch.folder("bare").map(drop)
}

/// Bytes written per byte of a film, with everything that comes of it.
fn whole(server: &Server<'_>, kit: &mut Kit, footage: &Footage) -> Outcome<f64> {
    let film = footage.film(Length::TenMinutes, Index::End)?;
    let size = std::fs::metadata(&film.path).context(film.path.display())?.len();
    let before = kernel::written(server.pid())?;
    kit.publish(&film.path)?;
    Ok(float(kernel::written(server.pid())? - before) / float(size))
}

/// Offsets and bytes of the parts of an upload; each of other bytes.
fn parts(bytes: &[u8], size: usize) -> Outcome<Vec<(u64, &[u8])>> {
    let mut parts = Vec::new();
    let mut offset = 0;
    while offset < SIZE {
        let length = size.min(usize::try_from(SIZE - offset)?);
        let begin = parts.len() * 4096;
        parts.push((offset, bytes.get(begin..begin + length).context("parts are larger than expected")?));
        offset += u64::try_from(length)?;
    }
    Ok(parts)
}

/// Bytes that nothing on their way can make smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
