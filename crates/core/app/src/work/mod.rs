//! Jobs: claimed under a lease, done, and completed in one fenced transaction; and sweeping.

mod copy_audio;
mod probe_file;
mod run;
mod sweep;

pub(crate) use probe_file::probe_file;
pub use run::{Ran, run_next_job, wait_for_work};
pub(crate) use sweep::sweep_objects;
pub use sweep::sweep_orphans;
