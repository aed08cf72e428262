//! Reading of MP4 and MOV files (ISO/IEC 14496-12 and the QuickTime file format).
//!
//! [`Locator`] finds the `moov` box; [`parse`] reads it. Both are pure: the caller reads the file.

mod boxes;
mod edits;
mod entry;
pub mod fragments;
mod header;
mod language;
mod locate;
mod movie;
mod names;
mod parse;
mod sampling;
mod tables;
mod text;
mod track;

pub(crate) use boxes::Atom;
pub(crate) use entry::{AUDIO_LEN, VISUAL_LEN};
pub(crate) use language::{
    from_elng as language_of_tag, from_mdhd as language_of_code, to_letters as language_letters,
    to_mdhd as language_code,
};
pub(crate) use movie::TrackTables;
pub(crate) use names::chosen as chosen_name;
pub(crate) use parse::parse_fragmented;
pub(crate) use text::{TextEntry, TextRead, TextSample, TextTables};

pub use locate::{Locator, MAX_MOOV_LEN, Step};
pub use movie::{MAX_TRACKS, Movie, Track};
pub use parse::parse;
pub use tables::{MAX_SAMPLES, MAX_SAMPLES_OF_ALL_TRACKS};
