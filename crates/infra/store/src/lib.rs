//! The metadata store: everything that Kinora knows, except the bytes of media, in one SQL database.
//!
//! [`SqlStore`] implements the ports of `kinora_app::port::store` on SeaORM. SQLite is the database
//! today; statements stay within what PostgreSQL takes as well, and what differs (opening, the clock)
//! is kept apart in `sqlite` and `clock`.
//!
//! - `open`, `sqlite`, `migration`: from a location to a store of the newest schema.
//! - `store`, `transaction`, `tx`: who may write when, and what commits together.
//! - `entity`: one file per table. `repository`: one file per port, with the way between a row and
//!   its domain value; a row that says something impossible is an error, never a guess.
//!
//! SQL lives in this crate only.

mod clock;
mod convert;
mod entity;
mod error;
mod found;
mod integrity;
mod listing;
mod migration;
mod open;
mod repository;
mod sqlite;
mod store;
#[cfg(test)]
mod store_test;
mod transaction;
mod tx;

pub use open::{Location, OpenError};
pub use store::SqlStore;
