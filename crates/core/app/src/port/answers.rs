//! Answers that are given again when the same request comes again.

use super::StoreError;
use async_trait::async_trait;
use kinora_domain::{KeyId, OrganizationId, Timestamp};

/// What an answer is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnswerId {
    /// The API key that asked.
    pub key: KeyId,
    /// The organization that it acted for.
    pub organization: OrganizationId,
    /// The client's word for the request: 1 to 255 visible ASCII characters.
    pub word: String,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// What it is found by.
    pub id: AnswerId,
    /// SHA-256 of the request that it answers.
    pub fingerprint: [u8; 32],
    /// Its HTTP status.
    pub status: u16,
    /// Its body. Never with a secret in it.
    pub body: Vec<u8>,
    /// When it was given.
    pub created: Timestamp,
}

/// Answers that are given again.
#[async_trait]
pub trait Answers: Send {
    /// The answer of that id.
    async fn answer(&mut self, id: &AnswerId) -> Result<Option<StoredAnswer>, StoreError>;
    /// Stores an answer, in place of one of its id that was given before `over`. `false` when a later one is
    /// there: then nothing changes.
    async fn put_answer(&mut self, answer: &StoredAnswer, over: Timestamp) -> Result<bool, StoreError>;
    /// Forgets answers that were given before `moment`, the oldest first: about `limit` of them, those of one
    /// millisecond together. Gives how many; 0 when there are no more.
    async fn delete_answers(&mut self, moment: Timestamp, limit: u64) -> Result<u64, StoreError>;
}
