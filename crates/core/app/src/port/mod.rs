//! What the use cases need from the world. `infra/*` implements these traits; tests may bring their own.

pub mod answers;
pub mod blob;
pub mod clock;
pub mod depot;
pub mod encode;
pub mod intakes;
pub mod jobs;
pub mod kept;
pub mod outputs;
pub mod picture;
pub mod playback;
pub mod probe;
pub mod store;

pub use answers::{AnswerId, Answers, StoredAnswer};
pub use blob::{BlobError, Blobs, Object, Piece, RangeWriter, Space};
pub use clock::{Clock, Random};
pub use depot::{Depot, DepotError, Fault, Parcel};
pub use encode::{
    Done, Effort, EncodeError, EncodeWork, Encoder, KeyFrames, Order as EncodeOrder, PictureWork, SoundWork,
    TextCoding, TextOrder, Watch, Window,
};
pub use intakes::Intakes;
pub use jobs::Jobs;
pub use kept::{KeptPicture, KeptPictures};
pub use outputs::{Amount, Outputs, StoredChunk};
pub use picture::{Painter, PictureOrder, Still, Take};
pub use playback::Playback;
pub use probe::{Examination, Examined, ProbeError, Prober, SoundFacts, TrackExamined};
pub use store::{
    AssetFilter, AssetSort, Assets, FileFilter, FileSort, Files, KeySort, Keys, Objects, Order, Organizations, Secrets,
    Store, StoreError, Tracks, Tx,
};
