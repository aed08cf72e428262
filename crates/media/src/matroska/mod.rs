//! Indexing of Matroska and WebM (RFC 9559 over RFC 8794).
//!
//! Clusters and segments of unknown size, blocks alone and in groups, and every form of lacing are read; cues are not
//! needed. A file that was cut short gives what is there.
//!
//! Blocks carry presentation times, rounded to the scale of the file. Sound gets exact times from the lengths of its
//! frames; picture gets them where the file names a frame rate, and decode times by one rule: the n-th picture is
//! decoded at the n-th of the presentation times.

mod codec;
mod describe;
mod ebml;
mod entry;
mod flow;
mod indexer;
mod lacing;

pub use indexer::Matroska;
