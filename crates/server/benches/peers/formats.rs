//! What other forms of a segment cost than the one that is stored: transport streams, and what is encrypted.

use crate::api::Kit;
use crate::contest::{Contestant, Cores, round};
use crate::failure::{Context as _, Failure, Outcome};
use crate::footage::{Footage, Index, Length};
use crate::nginx::Nginx;
use crate::report::Report;
use crate::row::{Compare, Peer, Row, Target, Unit};
use crate::server::Server;
use crate::stats::float;
use crate::{Bench, hls, say};
use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use core::time::Duration;
use std::time::Instant;

/// The file that nginx serves.
const FILE: &str = "stream.ts";
/// What a transport stream may cost at most beside a file.
const STREAM: f64 = 4.0;
/// What an encrypted segment may cost at most beside a clear one and the cipher.
const SEALED: f64 = 1.3;
/// Bytes that the cipher is tried on in each round.
const CIPHERED: usize = 64 << 20;

/// Measures a transport stream beside nginx, and an encrypted segment beside the same in the clear.
pub(crate) fn measure(bench: &Bench, footage: &Footage, report: &mut Report) -> Outcome<()> {
    let cores = Cores::find();
    let core = cores.map(|cores| cores.server);
    let data = bench.scratch.folder("formats")?;
    // Nobody encodes meanwhile.
    let server = Server::start_as(bench, &data, core, &["serve", "--role", "api"])?;
    let mut kit = Kit::new(&server);
    let upload = kit.upload(&footage.film(Length::TenMinutes, Index::Front)?.path)?;
    kit.complete(&upload)?;
    let (clear, sealed) = (kit.asset(&upload)?, kit.asset_as(&upload, "dash_hls_1080p_aes128")?);
    let enough = Duration::from_millis(if bench.options.quick { 500 } else { 1_000 });

    let (path, bytes) = middle(&server, &format!("/play/{clear}/hls-ts/master.m3u8"))?;
    let files = bench.scratch.folder("stream")?;
    std::fs::write(files.join(FILE), &bytes).context(FILE)?;
    let nginx = Nginx::start(bench, &files, false, core)?;
    let mut streams = [
        Contestant::new("Kinora", server.pid(), server.client(), path),
        Contestant::new("nginx", nginx.worker(), nginx.client(), format!("/{FILE}")),
    ];
    let (path, whole) = middle(&server, &hls::master_path(&clear))?;
    let other = middle(&server, &hls::master_path(&sealed))?.0;
    let mut forms = [
        Contestant::new("encrypted", server.pid(), server.client(), other),
        Contestant::new("clear, and the cipher", server.pid(), server.client(), path),
    ];
    let mut ciphers = Vec::new();
    for number in 0..bench.options.rounds {
        say(&format!("forms of segments, round {}", number + 1));
        round(&mut streams, number, cores, enough)?;
        round(&mut forms, number, cores, enough)?;
        ciphers.push(cipher(&whole)?);
    }
    let [ours, theirs] = streams;
    let what = format!("transport stream of {:.2} MB", float(bytes.len().try_into()?) / 1e6);
    report.row(row(&what, ours, theirs, STREAM));
    let [ours, mut theirs] = forms;
    theirs.costs.iter_mut().zip(&ciphers).for_each(|(cost, cipher)| *cost += cipher);
    let what = format!("segment of {:.2} MB, encrypted by AES-128", float(whole.len().try_into()?) / 1e6);
    report.row(row(&what, ours, theirs, SEALED));
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

/// What the cipher takes here for such a segment at its best, in a library that is not ours: seconds for a megabyte.
fn cipher(segment: &[u8]) -> Outcome<f64> {
    let refused = |_unspecified| Failure::new("the cipher cannot be tried");
    let key = UnboundCipherKey::new(&AES_128, &[1; 16]).map_err(refused)?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(refused)?;
    let (mut spent, mut bytes) = (Duration::ZERO, 0);
    while bytes < CIPHERED {
        // Memory that was used a moment ago, as a server has it.
        let mut segment = segment.to_vec();
        let begin = Instant::now();
        let vector = EncryptionContext::Iv128(FixedLength::from([2; 16]));
        key.less_safe_encrypt(&mut segment, vector).map_err(refused)?;
        spent += begin.elapsed();
        bytes += std::hint::black_box(segment).len();
    }
    Ok(spent.as_secs_f64() / (float(u64::try_from(bytes)?) / 1e6))
}
