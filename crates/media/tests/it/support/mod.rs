//! What the tests share: a builder of films, a packager of whole files, other readers, and ffmpeg.

pub(crate) mod boxes;
pub(crate) mod decrypt;
pub(crate) mod film;
pub(crate) mod indexed;
pub(crate) mod package;
pub(crate) mod reader;
pub(crate) mod smooth;
pub(crate) mod tool;
pub(crate) mod transport;
pub(crate) mod tree;
