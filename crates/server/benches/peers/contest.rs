//! Servers that answer the same request in turns, on the same cores.

use crate::failure::{Failure, Outcome};
use crate::http::Client;
use crate::kernel;
use crate::process::{command, run};
use crate::stats::float;
use core::time::Duration;
use std::time::Instant;

/// Bytes that a server sends before it is the next one's turn: short, so that whatever else the machine does
/// meets them all alike.
const TURN: u64 = 32_000_000;

/// Bytes that the client takes at once.
const BUFFER: usize = 256 * 1024;

/// Cores of server and client, where each can have one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    pub(crate) server: usize,
    pub(crate) client: usize,
}

/// A server, its connection, and what was measured of it.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) client: Client,
    /// The process that serves.
    pid: u32,
    /// Processor seconds a megabyte, by round.
    pub(crate) costs: Vec<f64>,
    /// Requests a second, by round.
    pub(crate) rates: Vec<f64>,
}

/// What a contestant has done in a round.
struct Done {
    request: Vec<u8>,
    /// Its processor time before the round.
    before: Duration,
    bytes: u64,
    count: u64,
    time: Duration,
}

impl Cores {
    /// Two cores, where there are two and processes can be pinned.
    pub(crate) fn find() -> Option<Self> {
        let enough = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let allowed = run(command("taskset").args(["-c", "0,1", "true"])).is_ok();
        (enough && allowed).then_some(Self { server: 0, client: 1 })
    }
}

impl Contestant {
    pub(crate) const fn new(name: &'static str, pid: u32, client: Client, path: String) -> Self {
        Self { name, path, client, pid, costs: Vec::new(), rates: Vec::new() }
    }

    fn begin(&self) -> Outcome<Done> {
        let request = self.client.request("GET", &self.path, "", 0);
        Ok(Done { request, before: kernel::cpu(self.pid)?, bytes: 0, count: 0, time: Duration::ZERO })
    }

    fn turn(&mut self, done: &mut Done, buffer: &mut [u8]) -> Outcome<()> {
        let begin = Instant::now();
        let mut bytes = 0;
        while bytes < TURN {
            bytes += self.client.drain(&done.request, buffer)?;
            done.count += 1;
        }
        done.bytes += bytes;
        done.time += begin.elapsed();
        Ok(())
    }

    fn worked(&self, done: &Done) -> Outcome<Duration> {
        Ok(kernel::cpu(self.pid)?.saturating_sub(done.before))
    }
}

/// One round: turn by turn until every server has worked for `enough` processor time. `round` says who begins.
pub(crate) fn round(
    contestants: &mut [Contestant],
    round: usize,
    cores: Option<Cores>,
    enough: Duration,
) -> Outcome<()> {
    // A thread of its own: what it is pinned to ends with it.
    std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            if let Some(cores) = cores {
                pin(cores.client)?;
            }
            take_turns(contestants, round, enough)
        });
        client.join().map_err(|_panic| Failure::new("the client panicked"))?
    })
}

fn take_turns(contestants: &mut [Contestant], round: usize, enough: Duration) -> Outcome<()> {
    let mut buffer = vec![0; BUFFER];
    for contestant in &mut *contestants {
        let mut warming = contestant.begin()?;
        contestant.turn(&mut warming, &mut buffer)?;
    }
    let mut all = contestants.iter().map(Contestant::begin).collect::<Outcome<Vec<_>>>()?;
    loop {
        let mut pairs: Vec<_> = contestants.iter_mut().zip(&mut all).collect();
        let first = round % pairs.len().max(1);
        pairs.rotate_left(first);
        let mut tired = true;
        for (contestant, done) in pairs {
            contestant.turn(done, &mut buffer)?;
            tired &= contestant.worked(done)? >= enough;
        }
        if tired {
            break;
        }
    }
    for (contestant, done) in contestants.iter_mut().zip(&all) {
        let cost = contestant.worked(done)?.as_secs_f64() / (float(done.bytes) / 1e6);
        contestant.costs.push(cost);
        contestant.rates.push(float(done.count) / done.time.as_secs_f64());
    }
    Ok(())
}

/// Binds the calling thread to a core.
pub(crate) fn pin(core: usize) -> Outcome<()> {
    let thread = kernel::this_thread()?;
    run(command("taskset").arg("-pc").arg(core.to_string()).arg(thread)).map(drop)
}
