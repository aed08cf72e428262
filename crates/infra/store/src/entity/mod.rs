//! The tables as SeaORM sees them: one file each, a row as it is stored. What the columns of each
//! state must hold is in `migration`; what rows mean is in `repository`.

#![expect(unreachable_pub, reason = "the derive macro makes public types, whose columns must be no less so")]

pub(crate) mod allowed_sites;
pub(crate) mod answers;
pub(crate) mod api_keys;
pub(crate) mod asset_source_tracks;
pub(crate) mod asset_sources;
pub(crate) mod assets;
pub(crate) mod chunks;
pub(crate) mod content_keys;
pub(crate) mod file_tracks;
pub(crate) mod files;
pub(crate) mod intake_blocks;
pub(crate) mod intake_stretches;
pub(crate) mod intakes;
pub(crate) mod jobs;
pub(crate) mod key_grants;
pub(crate) mod objects;
pub(crate) mod organizations;
pub(crate) mod outputs;
pub(crate) mod pictures;
pub(crate) mod playback_keys;
pub(crate) mod projects;
pub(crate) mod rendition_parts;
pub(crate) mod renditions;
pub(crate) mod secrets;
pub(crate) mod tracks;
pub(crate) mod upload_parts;
