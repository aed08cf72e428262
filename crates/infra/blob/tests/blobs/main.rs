//! The object store against a real file system.
#![expect(clippy::cast_possible_truncation, reason = "sizes here are small")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::single_range_in_vec_init, reason = "one range is what is streamed here")]

mod common;
mod reading;
mod store;
mod writing;
