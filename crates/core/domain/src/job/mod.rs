//! Jobs: durable units of work under a lease.
//!
//! A job waits for its children, for its moment or for a worker; a claim gives it to one worker under
//! a lease, fenced by a random token; when its work is done its row is gone. What fails for good is
//! parked with its last words, for a person to look at and to replay.

mod failure;
mod lease;
mod new;
mod view;
mod work;

pub use failure::{AfterFailure, MAX_WORDS, after_failure, bounded_words};
pub use lease::{Beat, LEASE_MS, LeasedJob, MAX_ATTEMPTS, MAX_BURIALS};
pub use new::{Due, NewJob};
pub use view::{JobFilter, JobState, JobView, LeaseView};
pub use work::{Lane, Priority, Work, WorkKind};
