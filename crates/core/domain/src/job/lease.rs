//! Leases: who has a job, and until when.

use super::work::Work;
use crate::id::{JobId, LeaseToken, OrganizationId};
use crate::time::Timestamp;

/// How long a lease holds without a heartbeat, in milliseconds.
pub const LEASE_MS: i64 = 30_000;
/// Attempts before a job is given up.
pub const MAX_ATTEMPTS: u32 = 5;
/// Claims, beyond its attempts, of a job whose workers went away: to give it up properly. When these
/// workers go away as well, it is parked without.
pub const MAX_BURIALS: u32 = 5;

/// A job under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedJob {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What is to be done.
    pub work: Work,
    /// Which attempt this is, from 1; counted when it was claimed.
    pub attempt: u32,
    /// Fences every write of this holder.
    pub token: LeaseToken,
    /// The lease ends here unless it is extended.
    pub until: Timestamp,
    /// Its attempts are used up: the work is not to be tried again, but given up and the job parked.
    pub spent: bool,
    /// What was said about the attempts before.
    pub last_words: Option<String>,
}

/// What a holder learns about its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// It holds.
    Held,
    /// The job is not wanted any more: stop, and drop it.
    Canceled,
    /// Another worker has the job, or nobody: stop at once.
    Lost,
}
