//! Assets: playable things.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod delete_many;
pub(super) mod get;
pub(super) mod list;
mod model;
pub(super) mod update;
