//! The dialect against its contract, which is kept as data in `tests/contracts`.

mod answers;
mod data;
mod document;
pub(crate) mod openapi;
pub(crate) mod schema;
mod sorts;
