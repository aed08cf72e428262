//! How often somebody may ask: each API key so many requests a second, each network so many keys that open
//! nothing. Counted in memory, in this process; what is not asked for any more is forgotten.

mod bucket;
mod gate;
mod tell;

pub use bucket::Rate;
pub(crate) use gate::network;
pub use gate::{Gate, enter};
pub use tell::{Told, tell};
