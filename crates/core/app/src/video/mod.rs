//! Videos as one thing: announced first, then uploaded as a whole or in blocks, then marked as complete, upon which they become
//! an asset of the same id and play.
//!
//! | file | duty |
//! |---|---|
//! | `announce`, `change` | what is going to come |
//! | `link` | the permission to write it, without a key |
//! | `write` | the bytes of a block, or of all of it, on their way to the disk |
//! | `order` | blocks become content |
//! | `complete`, `assemble` | the content becomes a file, and that an asset |
//! | `view`, `get`, `list` | what clients see of it |
//! | `endpoint`, `authorize` | how it is played, and by whom |
//! | `thumbnails` | pictures of it |
//! | `delete`, `expire` | its end |
//!
//! The rules that keep what was acknowledged:
//! - Each block is an object of its own, whose space is taken before its first byte. It is acknowledged once its bytes are
//!   durable and its row is committed.
//! - Ordering blocks moves no byte. Completion puts them together, once: one copy at most, and none of what came in one piece.

mod announce;
mod assemble;
mod authorize;
mod change;
mod checksum;
mod complete;
mod delete;
mod endpoint;
mod expire;
mod get;
mod input;
mod link;
mod list;
mod name;
mod order;
mod properties;
mod thumbnails;
mod turn;
mod view;
mod write;

pub use announce::{Announced, NewVideo, announce_video};
pub use authorize::authorize;
pub use change::{VideoChange, change_video};
pub use checksum::Checksum;
pub use complete::complete_video;
pub use delete::delete_video;
pub use endpoint::{Endpoint, EndpointKind, playback_endpoint};
pub(crate) use expire::expire_videos;
pub use get::get_video;
pub use input::InputKey;
pub use link::UploadLink;
pub use list::{Place, list_videos};
pub use order::order_blocks;
pub use properties::{Blocks, blocks, properties};
pub use thumbnails::{Thumbnail, ThumbnailKind, thumbnails};
pub(crate) use turn::Turns;
pub use view::{Stage, Video};
pub use write::{Condition, write_block, write_whole};
