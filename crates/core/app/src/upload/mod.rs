//! Uploads in parts: started, written through signed links, completed or cancelled.
//!
//! The rules that keep what was acknowledged:
//! - The object's whole space is reserved when the upload starts; parts are written at their offsets.
//! - A part is acknowledged once its bytes are durable and its row is committed. Its row goes before
//!   it is written anew, so a half-written part is never taken for a stored one.
//! - One writer at a time holds a part; a newer request for it takes over from an older one, whose
//!   connection may be dead without our knowing.
//! - Completion needs every part's row and changes the state in the same transaction.

pub(crate) mod active;
mod cancel;
mod complete;
mod expire;
pub(crate) mod inspect;
pub(crate) mod link;
mod part_link;
mod start;
mod write_part;

pub use cancel::{Afterwards, cancel_upload};
pub use complete::complete_upload;
pub use expire::expire_uploads;
pub use link::PartLink;
pub use part_link::part_link;
pub use start::{NewUpload, StartedUpload, start_upload};
pub use write_part::{BodyError, write_part};
