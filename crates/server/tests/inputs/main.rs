//! Every kind of input, through the real server and the real ffmpeg, and what comes out of it.
//!
//! `INPUTS=words` in the environment tries only the inputs whose names contain one of the words.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::panic, reason = "helpers of tests")]

mod check;
mod file;
mod fixture;
#[path = "../e2e/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the harness is shared, and needed in parts here")]
mod harness;
mod reading;
mod recipe;
mod run;
mod table;
