//! Fresh ids and tokens from the clock and the random source.

use crate::app::App;
use crate::port::Random;
use kinora_domain::Timestamp;
use std::sync::{Mutex, PoisonError};
use uuid::{Builder, Uuid};

/// A UUIDv7 (RFC 9562 clause 5.7): sorts by the millisecond of its making, 74 random bits.
pub(crate) fn uuid(app: &App) -> Uuid {
    uuid_at(app.clock.now(), &*app.random)
}

/// The same without an app.
pub(crate) fn uuid_at(now: Timestamp, source: &dyn Random) -> Uuid {
    let mut random = [0_u8; 10];
    source.fill(&mut random);
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// `bytes` random bytes in lower-case hex.
pub(crate) fn hex_token<const BYTES: usize>(app: &App) -> String {
    let mut random = [0_u8; BYTES];
    app.random.fill(&mut random);
    hex(&random)
}

/// Random bytes that were fetched ahead, for what is no secret: the source costs a call each time.
pub(crate) struct Stock(Mutex<(Box<[u8; STOCK]>, usize)>);

/// Bytes fetched at once.
const STOCK: usize = 1_024;

impl Stock {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((Box::new([0; STOCK]), STOCK)))
    }

    /// Eight of them, which nobody else gets.
    pub(crate) fn take(&self, source: &dyn Random) -> [u8; 8] {
        let mut stock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, used) = &mut *stock;
        if *used == STOCK {
            source.fill(&mut bytes[..]);
            *used = 0;
        }
        let (taken, _) = bytes.get(*used..).and_then(|left| left.split_first_chunk()).unwrap_or((&[0; 8], &[]));
        *used = used.saturating_add(taken.len());
        *taken
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) });
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Counts in place of being random.
    struct Counter(AtomicU64);

    impl Random for Counter {
        fn fill(&self, bytes: &mut [u8]) {
            for eight in bytes.chunks_mut(8) {
                eight.copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes()[..eight.len()]);
            }
        }
    }

    #[test]
    fn what_is_fetched_ahead_is_given_out_once() {
        let (stock, source) = (Stock::new(), Counter(AtomicU64::new(1)));
        let taken: HashSet<[u8; 8]> = (0..1_000).map(|_| stock.take(&source)).collect();
        assert_eq!(taken.len(), 1_000);
        assert!(!taken.contains(&[0; 8]));
        assert_eq!(source.0.load(Ordering::Relaxed), 1_025, "eight calls of 128");
    }
}
