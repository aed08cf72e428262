//! Objects on the local disk: the port `Blobs` of `kinora-app` over one folder.
//!
//! ```text
//! root/objects/ab/{object id}   whole objects; `ab` is the last byte of the id, which is random
//! root/scratch/                 objects in the making; emptied at the start
//! ```
//!
//! An object is made in `scratch` and moved to its place once its bytes and its space are on the
//! disk, so whatever is found under `objects` is whole. Calls that may wait for the disk run on the
//! runtime's blocking threads; reads of what the page cache holds are done on the spot.
//!
//! Linux only: `fallocate`, `preadv2(RWF_NOWAIT)` and `renameat2` are asked for, with a fall-back where
//! the file system lacks them.

mod disk;
mod fault;
mod fill;
mod gather;
mod lane;
mod layout;
mod object;
mod pool;
mod runs;
mod scattered;
mod store;
mod temp;
mod writer;

pub use layout::OpenError;
pub use scattered::{SCRATCH, Scattered, read_scattered};
pub use store::LocalBlobs;
