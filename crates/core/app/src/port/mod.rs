//! What the use cases need from the world. `infra/*` implements these traits; tests may bring their own.

pub mod blob;
pub mod clock;
pub mod jobs;
pub mod probe;
pub mod store;

pub use blob::{BlobError, Blobs, Object, RangeWriter, Space};
pub use clock::{Clock, Random};
pub use jobs::Jobs;
pub use probe::{ProbeError, Prober};
pub use store::{
    AssetFilter, AssetSort, Assets, FileFilter, FileSort, Files, Keys, Objects, Order, Organizations, Secrets, Store,
    StoreError, Tracks, Tx,
};
