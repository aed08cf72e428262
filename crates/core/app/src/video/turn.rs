//! Which videos are being completed in this process: each by one request at a time.

use kinora_domain::AssetId;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The table of videos under completion.
#[derive(Default)]
pub(crate) struct Turns(Arc<Mutex<HashSet<AssetId>>>);

/// The right to complete a video, until dropped.
pub(crate) struct Turn {
    turns: Arc<Mutex<HashSet<AssetId>>>,
    id: AssetId,
}

impl Turns {
    /// Takes the turn; `None` while somebody has it.
    pub(crate) fn take(&self, id: AssetId) -> Option<Turn> {
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        is_free.then(|| Turn { turns: Arc::clone(&self.0), id })
    }

    /// Whether somebody has it.
    pub(crate) fn is_taken(&self, id: AssetId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_turn_is_one_persons_until_it_is_over() {
        let turns = Turns::default();
        let id = AssetId::new(Uuid::nil());
        let turn = turns.take(id).unwrap();
        assert!(turns.is_taken(id) && turns.take(id).is_none());
        drop(turn);
        assert!(!turns.is_taken(id) && turns.take(id).is_some());
    }
}
