//! Waiting for what other processes do.

use crate::failure::{Failure, Outcome};
use core::time::Duration;
use std::time::Instant;

/// Asks every millisecond until `attempt` has an answer.
pub(crate) fn until<T>(what: &str, longest: Duration, attempt: impl FnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    until_every(what, Duration::from_millis(1), longest, attempt)
}

/// Asks as often as `every` says until `attempt` has an answer.
pub(crate) fn until_every<T>(
    what: &str,
    every: Duration,
    longest: Duration,
    mut attempt: impl FnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let begin = Instant::now();
    loop {
        if let Some(answer) = attempt()? {
            return Ok(answer);
        }
        if begin.elapsed() > longest {
            return Err(Failure::new(format!("waited {} s until {what}", longest.as_secs())));
        }
        pause(every);
    }
}

/// Does nothing for a while.
#[expect(
    clippy::disallowed_methods,
    reason = "other processes are watched here, and they tell nothing when they are done"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
