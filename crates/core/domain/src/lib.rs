//! The words of Kinora: ids, states and rules that hold whoever asks and wherever things are kept.
//!
//! Data only. A use case of `kinora-app` loads these values through its ports, calls their methods
//! to decide, and stores what they return. States are enums whose variants carry their data; a
//! transition takes the old state and gives the new one or a refusal.
//!
//! Left to others: time and randomness come in as arguments, storage is `kinora-store`, wire forms
//! belong to the dialects, reading media bytes is `kinora-media`. No async, SQL, HTTP or serde here.

pub mod access;
pub mod asset;
pub mod block;
pub mod chunk;
pub mod endpoint;
pub mod file;
pub mod id;
pub mod intake;
pub mod job;
pub mod labels;
pub mod ladder;
pub mod language;
pub mod limit;
pub mod output;
pub mod page;
pub mod picture;
pub mod playback;
pub mod preset;
pub mod problem;
pub mod selection;
pub mod still;
pub mod time;
pub mod track;
pub mod upload;

pub use id::{
    AssetId, ChunkId, ContentKeyId, FileId, HolderId, JobId, KeyId, LeaseToken, ObjectId, OrganizationId, OutputId,
    PlaybackKeyId, ProjectId, RenditionId, RoleId, SiteId, TrackId,
};
pub use problem::{Kind, Problem};
pub use time::Timestamp;
