//! Jobs: durable units of work under a lease.

use crate::id::{FileId, JobId, LeaseToken, TrackId};
use crate::time::Timestamp;

/// What is to be done. The name is stored; a payload is one id, so that a job always acts on the
/// state it finds and can be run twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// Look into a completed file that we do not read ourselves.
    ProbeFile(FileId),
    /// Copy an interleaved audio track into an object of its own.
    CopyAudio(TrackId),
}

/// A job under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedJob {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub work: Work,
    /// Which attempt this is, from 1; counted when it was claimed.
    pub attempt: u32,
    /// Fences every write of this holder.
    pub token: LeaseToken,
    /// The lease ends here unless it is extended.
    pub until: Timestamp,
}

/// How long a lease holds without a heartbeat, in milliseconds.
pub const LEASE_MS: i64 = 30_000;
/// Attempts before a job is parked.
pub const MAX_ATTEMPTS: u32 = 5;

/// How an attempt ended, when it did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Try again, not before this moment.
    RetryAt(Timestamp),
    /// Park it: it needs a person.
    Park,
}

/// What becomes of a job whose attempt failed: back-off doubles from one second, then it is parked.
pub fn after_failure(attempt: u32, now: Timestamp) -> AfterFailure {
    if attempt >= MAX_ATTEMPTS {
        return AfterFailure::Park;
    }
    AfterFailure::RetryAt(now.plus_millis(1_000_i64 << attempt.saturating_sub(1).min(16)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_and_then_the_job_is_parked() {
        let now = Timestamp::from_millis(0);
        let waits: Vec<_> = (1..=MAX_ATTEMPTS).map(|attempt| after_failure(attempt, now)).collect();
        let at = |millis| AfterFailure::RetryAt(Timestamp::from_millis(millis));
        assert_eq!(waits, [at(1_000), at(2_000), at(4_000), at(8_000), AfterFailure::Park]);
    }
}
