//! Connections on which nobody asks for anything.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// All of them, those first that have been idle for longest.
#[derive(Default)]
pub(super) struct Idle {
    all: Mutex<All>,
    /// There is one more.
    added: Notify,
}

#[derive(Default)]
struct All {
    next: u64,
    waiting: BTreeMap<u64, CancellationToken>,
}

/// One of them, until dropped.
pub(super) struct Seat<'a> {
    idle: &'a Idle,
    number: u64,
    /// Cancelled when its place is needed.
    pub(super) end: CancellationToken,
}

impl Idle {
    /// Takes note of one that is idle from now on.
    pub(super) fn sit(&self) -> Seat<'_> {
        let end = CancellationToken::new();
        let mut all = self.lock();
        let number = all.next;
        all.next = number.saturating_add(1);
        all.waiting.insert(number, end.clone());
        drop(all);
        self.added.notify_one();
        Seat { idle: self, number, end }
    }

    /// Ends the one that has been idle for longest; waits until there is one.
    pub(super) async fn make_room(&self) {
        loop {
            let longest = self.lock().waiting.pop_first();
            if let Some((_, end)) = longest {
                return end.cancel();
            }
            self.added.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.idle.lock().waiting.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn the_one_that_is_idle_for_longest_makes_room_and_then_the_next() {
        let idle = Idle::default();
        let seats = [idle.sit(), idle.sit(), idle.sit()];
        drop(idle.sit());
        let ended = || seats.each_ref().map(|seat| seat.end.is_cancelled());
        idle.make_room().await;
        assert_eq!(ended(), [true, false, false]);
        idle.make_room().await;
        idle.make_room().await;
        assert_eq!(ended(), [true; 3]);
        let mut next = core::pin::pin!(idle.make_room());
        assert!(next.as_mut().now_or_never().is_none(), "nobody is idle");
        let late = idle.sit();
        next.await;
        assert!(late.end.is_cancelled());
    }
}
