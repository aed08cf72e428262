//! Everything that a player needs of an output, laid down in another object store: each object is what this server answers at
//! the same address, byte for byte.

mod allowed;
mod run;
mod shipment;

pub use run::{Destination, Order, export};
pub use shipment::Tally;
