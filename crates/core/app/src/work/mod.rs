//! Jobs: claimed under a lease, done, and completed in one fenced transaction; and sweeping.

pub(crate) mod copy_audio;
mod ending;
mod expire_output;
mod heart;
mod manage;
mod perform;
mod probe_file;
mod run;
mod sweep;
mod waiting;

pub(crate) use ending::Finished;
pub use manage::{
    Cancellation, cancel_job, list_jobs, other_holders, release_holder, replay_job, replay_parked_jobs, show_job,
};
pub(crate) use probe_file::probe_file;
pub use run::{Outcome, Ran, run_next_job};
pub(crate) use sweep::sweep_objects;
pub use sweep::sweep_orphans;
pub(crate) use waiting::WorkWaiting;
pub use waiting::{pause_after, wait_for_work};
