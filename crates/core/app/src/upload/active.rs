//! Which parts are being written in this process: one writer a part, the newest wins.

use kinora_domain::FileId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

type Key = (FileId, u64);

struct Slot {
    /// Ends the newest claimant when a newer one comes.
    newest: CancellationToken,
    /// Held by whoever writes.
    writing: Arc<tokio::sync::Mutex<()>>,
}

/// The table of parts under work.
#[derive(Default)]
pub(crate) struct ActiveParts {
    slots: Arc<Mutex<HashMap<Key, Slot>>>,
}

/// The right to write a part, until dropped.
pub(crate) struct PartSlot {
    slots: Arc<Mutex<HashMap<Key, Slot>>>,
    key: Key,
    superseded: CancellationToken,
    guard: Option<OwnedMutexGuard<()>>,
}

impl ActiveParts {
    /// Takes over a part: tells whoever writes it to stop, and waits until it has. `None` when a
    /// still newer claimant came meanwhile.
    pub(crate) async fn take(&self, file: FileId, part: u64) -> Option<PartSlot> {
        let key = (file, part);
        let mine = CancellationToken::new();
        let writing = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let slot =
                slots.entry(key).or_insert_with(|| Slot { newest: CancellationToken::new(), writing: Arc::default() });
            std::mem::replace(&mut slot.newest, mine.clone()).cancel();
            Arc::clone(&slot.writing)
        };
        let mut claim = PartSlot { slots: Arc::clone(&self.slots), key, superseded: mine.clone(), guard: None };
        tokio::select! {
            guard = writing.lock_owned() => claim.guard = Some(guard),
            () = mine.cancelled() => return None,
        }
        Some(claim)
    }
}

impl PartSlot {
    /// Resolves when a newer request wants this part.
    pub(crate) async fn superseded(&self) {
        self.superseded.cancelled().await;
    }
}

impl Drop for PartSlot {
    fn drop(&mut self) {
        drop(self.guard.take());
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // The entry goes with its last claimant: the table holds one reference, each waiter another.
        if slots.get(&self.key).is_some_and(|slot| Arc::strong_count(&slot.writing) == 1) {
            slots.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::pin::Pin;
    use core::task::{Context, Waker};
    use uuid::Uuid;

    fn is_pending(future: Pin<&mut impl Future>) -> bool {
        future.poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    #[tokio::test]
    async fn a_newer_writer_ends_the_older_one_and_waits_for_it() {
        let active = ActiveParts::default();
        let file = FileId::new(Uuid::nil());
        let first = active.take(file, 1).await.unwrap();
        let mut second = Box::pin(active.take(file, 1));
        assert!(is_pending(second.as_mut()), "the second waits");
        first.superseded().await;
        drop(first);
        let second = second.await.unwrap();
        let other = active.take(file, 2).await.unwrap();
        drop((second, other));
        assert!(active.slots.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn of_two_that_wait_the_newest_writes() {
        let active = ActiveParts::default();
        let file = FileId::new(Uuid::nil());
        let first = active.take(file, 1).await.unwrap();
        let mut second = Box::pin(active.take(file, 1));
        assert!(is_pending(second.as_mut()));
        let mut third = Box::pin(active.take(file, 1));
        assert!(is_pending(third.as_mut()));
        assert!(second.await.is_none());
        drop(first);
        assert!(third.await.is_some());
        assert!(active.slots.lock().unwrap().is_empty());
    }
}
