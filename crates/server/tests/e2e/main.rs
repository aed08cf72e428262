//! The real program from end to end: a server process with a folder of its own, spoken to over TCP.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::panic, reason = "helpers of tests")]

mod access;
mod again;
mod azure;
mod bad_uploads;
mod boxes;
mod captions;
mod changing_size;
mod containers;
mod crash;
mod delivery;
mod direct;
mod doctor;
mod export;
mod films;
mod full_disk;
mod harness;
mod hostile;
mod indexed;
mod jobs;
mod json;
mod lying_headers;
mod observability;
mod outputs;
mod pictures;
mod playback;
mod program;
mod ranges;
mod remote;
mod sandbox;
mod secure;
mod teletext;
mod text_in_fragments;
mod upload_end;
mod upload_parts;
mod upload_start;
mod viewers;
mod walk;
