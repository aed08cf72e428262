//! Indexing of Flash video (Adobe Flash Video File Format 10.1) with the codecs of Enhanced RTMP.
//!
//! A file has at most one picture and one sound, which are tracks in that order. What the header says of them, and
//! `onMetaData`, are hints. Times are in milliseconds: sound gets exact times from the lengths of its frames, picture
//! where a frame rate is known. Where the times of all tags begin anew, they go on behind those before.

mod describe;
mod indexer;
mod metadata;
mod tag;

pub use indexer::Flv;
