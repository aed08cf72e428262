//! Fresh ids and tokens from the clock and the random source.

use crate::app::App;
use crate::port::Random;
use kinora_domain::Timestamp;
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

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(nibble.into(), 16));
        }
        text
    })
}
