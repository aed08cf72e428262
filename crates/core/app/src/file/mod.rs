//! Files: seen one by one, listed, looked into.

pub(crate) mod container;
mod detect;
pub(crate) mod examined;
mod get;
pub(crate) mod indexing;
mod list;
pub(crate) mod movie;

pub use detect::detect_tracks;
pub use get::{FileView, get_file};
pub use list::list_files;
