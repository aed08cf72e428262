//! The dialect against its contract, which is kept as data in `tests/contracts`.

mod answers;
mod data;
mod document;
pub(crate) mod openapi;
mod schema;
mod sorts;
