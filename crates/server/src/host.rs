//! The clock and the randomness of this machine.

use kinora_app::port::{Clock, Random};
use kinora_domain::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// The wall clock.
pub(crate) struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that the clock comes from")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The kernel's random source.
pub(crate) struct KernelRandom;

impl Random for KernelRandom {
    #[expect(clippy::expect_used, reason = "without randomness every secret would be guessable: better no server")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the kernel gives random bytes");
    }
}
