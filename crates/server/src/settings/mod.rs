//! Settings: defaults < file < environment < flags, each from one table, into one checked value.
//!
//! A setting is added by a row in [`table`] and a field in [`Settings`]; the file, the environment
//! variable, the flag and the example file follow from the row.

mod error;
mod example;
mod load;
mod table;
mod value;

pub(crate) use example::example_file;
pub(crate) use load::{Sources, load};
pub(crate) use table::{Row, TABLE};
pub(crate) use value::{LogFormat, Settings};
