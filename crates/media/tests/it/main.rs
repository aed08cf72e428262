//! The packager as a whole: films built in code and by ffmpeg, packaged and read back by other programs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::trivially_copy_pass_by_ref,
    reason = "a test that fails panics, its films are small, and box names read best as byte strings"
)]

mod support;

mod builder;
mod captions;
mod chunks;
mod dialects;
mod ffmpeg;
mod flv;
mod fragments;
mod golden;
mod hostile;
mod indexed_file;
mod manifests;
mod matroska;
mod mpegts;
mod packed;
mod progressive;
mod property;
mod protect;
mod smooth;
mod text_tracks;
mod timeline;
mod transport;
