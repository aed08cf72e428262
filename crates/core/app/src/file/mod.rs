//! Files: seen one by one, listed, looked into, changed, deleted.

pub(crate) mod captions;
pub(crate) mod container;
mod delete;
mod delete_many;
mod detect;
pub(crate) mod examined;
mod get;
mod gone;
pub(crate) mod indexing;
mod list;
pub(crate) mod movie;
pub(crate) mod name;
mod preview;
pub mod types;
mod update;

pub use delete::delete_file;
pub use delete_many::{MOST_DELETED, delete_files};
pub use detect::detect_tracks;
pub use get::{FileView, get_file};
pub(crate) use gone::unless_gone;
pub use list::{LabeledFile, list_files};
pub use preview::{Preview, PreviewLink, preview, preview_link};
pub use update::{FileChange, update_file};
