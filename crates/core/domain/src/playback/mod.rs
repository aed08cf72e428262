//! Who may fetch what an asset plays, and what is encrypted of it.

mod encryption;
mod key;
mod network;
mod policy;
mod site;

pub use encryption::{ContentKeys, Encryption};
pub use key::{KeyLife, PlaybackKey, TokenAlgorithm, TokenKey};
pub use network::{MalformedNetwork, Network};
pub use policy::{AssetPolicy, TokenPolicy};
pub use site::{AllowedSite, Site};
