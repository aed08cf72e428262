//! Time and randomness that a test holds in its hands.

use core::time::Duration;
use kinora_app::port::{Clock, Random};
use kinora_domain::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU16, AtomicU64, Ordering};

/// A clock that stands still until it is moved.
pub(crate) struct MovableClock(AtomicI64);

impl MovableClock {
    /// A clock at noon of the last of January 2026, UTC.
    pub(crate) fn at_noon() -> Self {
        Self(AtomicI64::new(1_769_860_800_000))
    }

    /// Moves it forward.
    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The same bytes in every run (SplitMix64), never the same twice in one. They begin with a count, so that ids that are made in
/// the same millisecond, in which a test lives, are in the order in which they were made: whatever else asks for bytes.
pub(crate) struct SeededRandom(AtomicU64, AtomicU16);

impl SeededRandom {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed), AtomicU16::new(0))
    }

    fn word(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            piece.copy_from_slice(&self.word().to_be_bytes()[..piece.len()]);
        }
        if let Some(first) = bytes.first_chunk_mut() {
            *first = self.1.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        }
    }
}
