//! Many connections at once, each asking for one thing after the other.

use crate::failure::{Context as _, Failure, Outcome};
use crate::kernel;
use crate::stats::float;
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Bytes taken at once.
const BUFFER: usize = 128 << 10;
/// A head is not longer.
const HEAD: usize = 4 << 10;

/// What all of them together got.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// Bytes a second.
    pub(crate) rate: f64,
    /// Processor seconds of the server for a megabyte.
    pub(crate) cost: f64,
    /// Requests that were not answered, or not with success.
    pub(crate) failed: f64,
    /// Bytes of memory that the server has to itself, after a sixth of the time and at its end.
    pub(crate) memory: (f64, f64),
}

/// Has viewers ask for the segments of their films, round and round, each from a place of its own.
pub(crate) fn crowd(
    address: SocketAddr,
    pid: u32,
    viewers: Vec<(Arc<[String]>, usize)>,
    span: Duration,
) -> Outcome<Crowd> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime")?;
    runtime.block_on(async {
        let (begun, before) = (Instant::now(), kernel::cpu(pid)?);
        let end = begun + span;
        let mut tasks = JoinSet::new();
        for (film, first) in viewers {
            tasks.spawn(watch(address, film, first, end));
        }
        sleep_until(begun + span / 6).await;
        let early = kernel::anonymous(pid)?;
        // A moment before the first of them go.
        sleep_until(end.checked_sub(Duration::from_millis(100)).unwrap_or(end)).await;
        let late = kernel::anonymous(pid)?;
        let (mut bytes, mut failed) = (0_u64, 0_u64);
        while let Some(watched) = tasks.join_next().await {
            let (taken, fault) = watched.map_err(|_panic| Failure::new("a viewer panicked"))?;
            bytes += taken;
            if let Some(fault) = fault {
                crate::say(&format!("a viewer went: {fault}"));
                failed += 1;
            }
        }
        let spent = kernel::cpu(pid)?.saturating_sub(before);
        Ok(Crowd {
            rate: float(bytes) / begun.elapsed().as_secs_f64(),
            cost: spent.as_secs_f64() / (float(bytes) / 1e6),
            failed: float(failed),
            memory: (float(early), float(late)),
        })
    })
}

/// The bytes that one of them got until the end, and why he went before.
async fn watch(address: SocketAddr, film: Arc<[String]>, first: usize, end: Instant) -> (u64, Option<io::Error>) {
    let mut bytes = 0;
    let fault = ask(address, film.iter().cycle().skip(first), end, &mut bytes).await;
    (bytes, fault.err())
}

async fn ask(
    address: SocketAddr,
    paths: impl Iterator<Item = &String>,
    end: Instant,
    taken: &mut u64,
) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; BUFFER];
    for path in paths {
        if Instant::now() >= end {
            break;
        }
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").as_bytes()).await?;
        let (mut filled, mut left) = (0, None);
        while left.is_none() {
            let room = buffer.get_mut(filled..HEAD).filter(|room| !room.is_empty());
            let read = stream.read(room.ok_or_else(|| io::Error::other("the head is too long"))?).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            left = behind_head(buffer.get(..filled).unwrap_or_default())?;
        }
        let mut left = left.unwrap_or_default();
        *taken += u64::try_from(filled).unwrap_or_default();
        while left > 0 {
            let most = left.min(BUFFER);
            let read = stream.read(buffer.get_mut(..most).unwrap_or_default()).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= read;
            *taken += u64::try_from(read).unwrap_or_default();
        }
    }
    Ok(())
}

/// How many bytes are still to come of an answer that succeeds; `None` while its head is not whole.
fn behind_head(bytes: &[u8]) -> io::Result<Option<usize>> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(head) = answer.parse(bytes).map_err(io::Error::other)? else { return Ok(None) };
    if answer.code != Some(200) {
        return Err(io::Error::other(format!("answered with {:?}", answer.code)));
    }
    let length = answer.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|field| std::str::from_utf8(field.value).ok()?.parse::<usize>().ok());
    let length = length.ok_or_else(|| io::Error::other("no length"))?;
    Ok(Some((head + length).saturating_sub(bytes.len())))
}
