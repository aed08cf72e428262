//! The use cases of Kinora, one file each, and the ports that they need.
//!
//! An edge translates a request into a call here, and the answer back; a worker does the same for a
//! job. A use case takes the [`App`] (the world behind ports), the `Caller`, and typed input; it
//! checks permission, loads, decides with `kinora-domain`, and commits once.
//!
//! | folder | holds |
//! |---|---|
//! | [`access`] | keys and organizations: who acts, for whom |
//! | [`idempotency`] | requests that come again |
//! | [`upload`] | from the first part to a completed file |
//! | [`video`] | videos as one thing: announced, uploaded in blocks, completed |
//! | [`mod@file`] | completed and uploading files: see, look inside |
//! | [`guard`] | who may fetch what plays: tokens, sites, links, keys |
//! | [`asset`] | playable things: create from files, see, list, delete |
//! | [`mod@export`] | everything that a player needs, laid down in another object store |
//! | [`picture`] | what stands for a film: posters, thumbnails, storyboards, previews |
//! | [`play`] | what viewers fetch: documents, segments, the original |
//! | [`process`] | renditions: planned, encoded in chunks, published |
//! | [`work`] | jobs, and the sweeping of what nobody refers to |
//! | [`port`] | what all of it needs from the world |

pub mod access;
mod app;
pub mod asset;
mod error;
pub mod export;
pub mod file;
mod fresh;
pub mod guard;
pub mod idempotency;
mod metadata;
pub mod picture;
pub mod play;
pub mod port;
pub mod preset;
pub mod process;
mod signer;
pub mod upload;
pub mod video;
pub mod work;

pub use app::{App, Ports};
pub use error::{Error, causes};
pub use guard::MasterKey;
