//! The queue.

mod cancel;
mod claims;
mod desk;
mod joins;
mod leases;
mod operators;
mod order;
mod time;

pub(crate) use cancel::*;
pub(crate) use claims::*;
pub(crate) use joins::*;
pub(crate) use leases::*;
pub(crate) use operators::*;
pub(crate) use order::*;
pub(crate) use time::*;
