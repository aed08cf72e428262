//! A server elsewhere, or here, through its API: what `kinora upload` and `kinora assets` do.

mod api;
mod bars;
mod error;
pub(crate) mod model;
mod resume;
mod upload;
mod watch;

pub(crate) use api::Api;
pub(crate) use error::RemoteError;
pub(crate) use upload::upload;
pub(crate) use watch::{Watched, watch};
