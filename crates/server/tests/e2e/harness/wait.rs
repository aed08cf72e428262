//! Waiting for what other processes do: they tell nothing when they are done.

use std::time::{Duration, Instant};

/// Longer than a lost lease (30 s) and a busy machine together take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Looks until there is something to see, and gives up with a panic that says what was waited for.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "after {} s it is still not so that {what}", PATIENCE.as_secs());
        std::thread::park_timeout(Duration::from_millis(3));
    }
}
