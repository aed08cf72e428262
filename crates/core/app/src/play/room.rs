//! Memory for segments that are made whole before they are sent: bounded for all viewers together, since those who read
//! slowly hold what was made for them.

use crate::error::Error;
use bytes::Bytes;
use core::time::Duration;
use kinora_domain::{Kind, Problem};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bytes of all of it. A segment of six seconds at 8 Mbit/s takes six MB, and as much again while it is made.
const BYTES: u64 = 256 << 20;
/// Bytes of a place.
const PLACE: u64 = 64 << 10;
/// Who waits for longer is told to come again: a player does so by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// The memory.
pub(crate) struct Room {
    places: Arc<Semaphore>,
    all: u32,
}

/// Some of it, until it is dropped.
pub(crate) struct Held(OwnedSemaphorePermit);

/// Bytes in memory that was taken for them.
struct Kept {
    bytes: Vec<u8>,
    _held: Held,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Room {
    pub(crate) fn new() -> Self {
        Self::of(BYTES)
    }

    fn of(bytes: u64) -> Self {
        let all = u32::try_from(bytes / PLACE).unwrap_or(u32::MAX).max(1);
        Self { places: Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(1))), all }
    }

    /// Takes memory for so many bytes, once there is some; who came first is served first. What needs more than there is
    /// takes all.
    ///
    /// # Errors
    /// `Unavailable`: others hold it for too long.
    pub(crate) async fn take(&self, bytes: u64) -> Result<Held, Error> {
        let places = Arc::clone(&self.places).acquire_many_owned(self.places_of(bytes));
        // The semaphore is never closed: what is not there in time is late.
        if let Ok(Ok(places)) = timeout(PATIENCE, places).await {
            return Ok(Held(places));
        }
        let message = "The server prepares as many segments as it has memory for; try again in a moment.";
        Err(Problem::new(Kind::Unavailable, "busy", message).into())
    }

    fn places_of(&self, bytes: u64) -> u32 {
        u32::try_from(bytes.div_ceil(PLACE)).unwrap_or(u32::MAX).min(self.all)
    }
}

impl Held {
    /// The bytes with what they need of it; the rest is free at once.
    pub(crate) fn keep(mut self, bytes: Vec<u8>) -> Bytes {
        let needed = (bytes.len() as u64).div_ceil(PLACE);
        let spare = self.0.num_permits().saturating_sub(usize::try_from(needed).unwrap_or(usize::MAX));
        drop(self.0.split(spare));
        Bytes::from_owner(Kept { bytes, _held: self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test(start_paused = true)]
    async fn what_is_held_is_free_when_the_last_of_it_is_gone() {
        let room = Room::of(10 * PLACE);
        let segment = room.take(8 * PLACE).await.ok().unwrap().keep(vec![0; 3 * 65_536]);
        let part = segment.slice(5..6);
        drop(segment);
        let more = room.take(7 * PLACE).now_or_never().unwrap().ok().unwrap();
        let mut next = Box::pin(room.take(PLACE));
        assert!((&mut next).now_or_never().is_none(), "nothing is left");
        drop(part);
        assert!(next.await.is_ok());
        drop(more);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_too_long_is_told() {
        let room = Room::of(10 * PLACE);
        let held = room.take(10 * PLACE).await.ok().unwrap();
        let error = room.take(1).await.err().unwrap();
        assert_eq!(error.problem().kind, Kind::Unavailable);
        drop(held);
        assert!(room.take(1_000 * PLACE).now_or_never().unwrap().is_ok(), "what is larger than all takes all");
    }
}
