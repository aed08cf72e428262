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
use std::fs::File;
use std::time::Instant;

/// Bytes uploaded in a round.
const SIZE: u64 = 500_000_000;

/// Measures uploads, in turns with the bare receiver.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let data = bench.scratch.folder("upload")?;
    let server = Server::start(bench, &data, None)?;
    let mut kit = Kit::new(&server);
    let bytes = noise(64 * 1024 * 1024);
    let (mut ours, mut written, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        say(&format!("upload, round {}", round + 1));
        if round % 2 == 1 {
            bare.push(peer(bench, &bytes)?);
        }
        let before = kernel::written(server.pid())?;
        ours.push(upload(&mut kit, &bytes)?);
        written.push(float(kernel::written(server.pid())? - before) / float(SIZE));
        if round % 2 == 0 {
            bare.push(peer(bench, &bytes)?);
        }
    }
    report.row(Row {
        what: format!("upload through part URLs, {} MB, one connection", SIZE / 1_000_000),
        unit: Unit::BytesPerSecond,
        ours,
        peer: Some(Peer { name: "receive, write, fdatasync", samples: bare, compare: Compare::Share }),
        targets: vec![Target::RatioAtLeast(0.8)],
    });
    report.row(Row {
        what: "bytes written per byte uploaded".to_owned(),
        unit: Unit::Times,
        ours: written,
        peer: None,
        targets: vec![Target::AtMost(1.0)],
    });
    let film = footage.film(Length::TenMinutes, Index::End)?;
    let before = kernel::written(server.pid())?;
    kit.publish(&film.path)?;
    let size = std::fs::metadata(&film.path).context(film.path.display())?.len();
    report.row(Row {
        what: "the same for a film of 10 min until it has been probed and its sound copied out".to_owned(),
        unit: Unit::Times,
        ours: vec![float(kernel::written(server.pid())? - before) / float(size)],
        peer: None,
        targets: Vec::new(),
    });
    server.stop()
}

/// Bytes a second, from before the first part to the last part's `ETag`.
fn upload(kit: &mut Kit, bytes: &[u8]) -> Outcome<f64> {
    let mut upload = kit.start(SIZE)?;
    let parts = parts(bytes, upload.part_size)?;
    let begin = Instant::now();
    for (_, part) in &parts {
        kit.put(&mut upload, part)?;
    }
    let time = begin.elapsed();
    kit.cancel(&upload)?;
    Ok(float(SIZE) / time.as_secs_f64())
}

/// The same from the bare receiver, into a file whose space is taken beforehand, too.
fn peer(bench: &Bench, bytes: &[u8]) -> Outcome<f64> {
    let path = bench.scratch.folder("bare")?.join("upload");
    run(command("fallocate").arg("-l").arg(SIZE.to_string()).arg(&path))?;
    let file = File::options().write(true).open(&path).context(path.display())?;
    let bare = Bare::start(file)?;
    let mut client = Client::new(bare.address);
    let parts = parts(bytes, 50_000_000)?;
    let begin = Instant::now();
    for (offset, part) in &parts {
        client.send("PUT", &format!("/{offset}"), "", part)?.succeeded("a bare part")?;
    }
    let time = begin.elapsed();
    drop(client);
    bare.join()?;
    bench.scratch.folder("bare")?;
    Ok(float(SIZE) / time.as_secs_f64())
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
