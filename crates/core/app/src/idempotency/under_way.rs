//! Which requests are under way in this process, by their idempotency keys.

use super::once::{reused, under_way};
use crate::port::AnswerId;
use kinora_domain::Problem;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Fingerprints = HashMap<AnswerId, [u8; 32]>;

/// The table of requests under way: one entry for each that is being served now.
#[derive(Default)]
pub(crate) struct UnderWay(Arc<Mutex<Fingerprints>>);

/// A request under way, until dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    requests: Arc<Mutex<Fingerprints>>,
    id: AnswerId,
}

impl UnderWay {
    /// Enters a request.
    ///
    /// # Errors
    /// The same one is under way, or another one with its word.
    pub(super) fn enter(&self, id: &AnswerId, fingerprint: [u8; 32]) -> Result<Ticket, Problem> {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match requests.get(id) {
            Some(other) if *other == fingerprint => Err(under_way()),
            Some(_other) => Err(reused()),
            None => {
                requests.insert(id.clone(), fingerprint);
                Ok(Ticket { requests: Arc::clone(&self.0), id: id.clone() })
            }
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_domain::{KeyId, Kind, OrganizationId};
    use uuid::Uuid;

    #[test]
    fn one_word_is_one_request_at_a_time_for_each_key() {
        let requests = UnderWay::default();
        let id = |key: u128| AnswerId {
            key: KeyId::new(Uuid::from_u128(key)),
            organization: OrganizationId::new(Uuid::nil()),
            word: "a".to_owned(),
        };
        let kind = |key, fingerprint| requests.enter(&id(key), fingerprint).map(drop).map_err(|problem| problem.kind);
        let first = requests.enter(&id(1), [1; 32]).unwrap();
        assert_eq!(kind(1, [1; 32]), Err(Kind::UnderWay));
        assert_eq!(kind(1, [2; 32]), Err(Kind::KeyReused));
        assert_eq!(kind(2, [2; 32]), Ok(()));
        drop(first);
        assert_eq!(kind(1, [2; 32]), Ok(()));
        assert!(requests.0.lock().unwrap().is_empty());
    }
}
