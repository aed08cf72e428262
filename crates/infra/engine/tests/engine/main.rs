//! Real programs under the real supervisor.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "tests make their films and parents themselves")]

mod bombs;
mod doctor;
mod encode;
mod films;
mod forced;
mod hostile;
mod picture;
mod probe;
mod sandbox;
mod supervisor;
