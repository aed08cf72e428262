//! What goes over the wire, as snapshots.

mod documents;
mod errors;
mod headers;
mod operations;
