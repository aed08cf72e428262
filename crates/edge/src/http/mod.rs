//! What every edge shares.

pub mod accept;
pub mod body;
pub mod conditional;
pub mod cors;
pub mod creation;
pub mod credentials;
pub mod disposition;
pub mod egress;
pub mod failure;
pub mod limit;
pub mod observe;
pub mod openapi;
pub mod problem;
pub mod query;
pub mod range;
pub mod refusal;
pub mod repeat;
pub mod state;
