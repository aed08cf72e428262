//! Assets: playable things.

pub(super) mod add_output;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod delete_many;
pub(super) mod delete_output;
mod endpoint;
pub(super) mod get;
pub(super) mod list;
mod model;
mod output;
pub(super) mod update;
