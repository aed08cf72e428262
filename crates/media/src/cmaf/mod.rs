//! CMAF (ISO/IEC 23000-19) initialization and media segments, rendered from a map.

mod file;
mod init;
mod media;
pub(crate) mod moof;
pub(crate) mod track;
pub(crate) mod write;

pub(crate) use init::write_init;
pub(crate) use media::write_head;
pub(crate) use write::boxed;

pub use file::{Front, IndexedFile};
pub use init::init_segment;
pub use media::{MediaSegment, first_sample_end, media_segment};
