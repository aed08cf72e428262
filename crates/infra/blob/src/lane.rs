//! Who writes where: keeps a writer that was given up from overtaking its successor.

use core::ops::Range;
use kinora_domain::ObjectId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// All lanes under way.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<ObjectId, Vec<Weak<Lane>>>>);

/// The right to write one range of an object.
///
/// The rule: **a newer writer of an overlapping range takes over.** When [`Lanes::enter`] returns, no
/// write of an older overlapping lane is under way and none will begin. An older writer that is still
/// alive (a connection that hangs while its client has come back on another) is told at its next
/// write, or at its end, that it lost the range. One that was dropped in the middle may have one batch
/// with the disk; the successor waits for it.
#[derive(Debug)]
pub(crate) struct Lane {
    object: ObjectId,
    range: Range<u64>,
    lanes: Arc<Lanes>,
    closed: AtomicBool,
    /// Held by the write that is under way.
    busy: Arc<tokio::sync::Mutex<()>>,
}

/// Proof that a write may be done now; successors wait until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    lane: Arc<Lane>,
    _busy: OwnedMutexGuard<()>,
}

impl Lanes {
    /// Takes the range over from whoever writes there.
    pub(crate) async fn enter(self: &Arc<Self>, object: ObjectId, range: Range<u64>) -> Arc<Lane> {
        let lane = Arc::new(Lane {
            object,
            range,
            lanes: Arc::clone(self),
            closed: AtomicBool::new(false),
            busy: Arc::default(),
        });
        for older in self.join(&lane) {
            // A write under way holds this; one that comes later finds the lane closed.
            drop(older.busy.lock().await);
        }
        lane
    }

    /// Adds a lane and closes those that it overlaps.
    fn join(&self, lane: &Arc<Lane>) -> Vec<Arc<Lane>> {
        let mut open = self.lock();
        let of_object = open.entry(lane.object).or_default();
        let older: Vec<_> = of_object.iter().filter_map(Weak::upgrade).collect();
        of_object.push(Arc::downgrade(lane));
        drop(open);
        let (overlapping, others): (Vec<_>, Vec<_>) = older.into_iter().partition(|older| older.overlaps(&lane.range));
        for older in &overlapping {
            older.close();
        }
        // Dropped with the table unlocked: the last reference to a lane locks it.
        drop(others);
        overlapping
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ObjectId, Vec<Weak<Lane>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn objects(&self) -> usize {
        self.lock().len()
    }
}

impl Lane {
    /// Waits for the write before and takes the turn; `None` where the lane is closed.
    pub(crate) async fn turn(self: &Arc<Self>) -> Option<Turn> {
        let busy = Arc::clone(&self.busy).lock_owned().await;
        self.is_open().then(|| Turn { lane: Arc::clone(self), _busy: busy })
    }

    /// No write begins from now on.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Acquire)
    }

    fn overlaps(&self, range: &Range<u64>) -> bool {
        !self.range.is_empty() && !range.is_empty() && self.range.start < range.end && range.start < self.range.end
    }
}

impl Turn {
    /// Whether the lane is still open; asked again when the write begins, and when it is done.
    pub(crate) fn is_open(&self) -> bool {
        self.lane.is_open()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut open = self.lanes.lock();
        if let Some(of_object) = open.get_mut(&self.object) {
            of_object.retain(|lane| lane.strong_count() > 0);
            if of_object.is_empty() {
                open.remove(&self.object);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use uuid::Uuid;

    fn object(number: u128) -> ObjectId {
        ObjectId::new(Uuid::from_u128(number))
    }

    #[tokio::test]
    async fn a_successor_waits_for_the_write_under_way_and_the_old_lane_gets_no_further_turn() {
        let lanes = Arc::new(Lanes::default());
        let old = lanes.enter(object(1), 0..10).await;
        let turn = old.turn().await.unwrap();
        let mut entering = Box::pin(lanes.enter(object(1), 9..20));
        assert!(entering.as_mut().now_or_never().is_none(), "a write is under way");
        assert!(!turn.is_open());
        drop(turn);
        let new = entering.await;
        assert!(old.turn().await.is_none());
        assert!(new.turn().await.is_some());
    }

    #[tokio::test]
    async fn a_write_under_way_counts_after_its_writer_is_gone() {
        let lanes = Arc::new(Lanes::default());
        let old = lanes.enter(object(1), 0..10).await;
        let turn = old.turn().await.unwrap();
        old.close();
        drop(old);
        let mut entering = Box::pin(lanes.enter(object(1), 0..10));
        assert!(entering.as_mut().now_or_never().is_none());
        drop(turn);
        drop(entering.await);
        assert_eq!(lanes.objects(), 0, "the table forgets");
    }

    #[tokio::test]
    async fn neighbors_and_other_objects_are_left_alone() {
        let lanes = Arc::new(Lanes::default());
        let old = lanes.enter(object(1), 10..20).await;
        let turn = old.turn().await.unwrap();
        for (id, range) in [(1, 0..10), (1, 20..30), (2, 10..20), (1, 15..15)] {
            let lane = lanes.enter(object(id), range.clone()).now_or_never();
            assert!(lane.is_some(), "{id} {range:?}");
            assert!(turn.is_open(), "{id} {range:?}");
        }
    }
}
