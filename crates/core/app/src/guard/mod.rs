//! Who may fetch what plays: policies, allowed sites, playback tokens, signed links, and the keys of what is encrypted.
//!
//! [`admit`] is asked before anything of an asset is given out, whatever it is: one rule for manifests, segments, files,
//! pictures and keys.

mod admit;
pub(crate) mod content;
mod escape;
mod facts;
mod keys;
mod link;
mod policy;
pub(crate) mod proof;
mod sites;
mod token;
pub(crate) mod vault;
pub(crate) mod web_token;

pub use admit::{Asked, Pass, Viewer, admit};
pub(crate) use facts::Guards;
pub use keys::{
    NewPlaybackKey, add_public_key, create_playback_key, playback_keys, remove_playback_key, retire_playback_key,
};
pub use link::{Opened, SignedLink, sign_link};
pub use policy::{set_asset_policy, set_token_policy, token_policy};
pub use sites::{allow_site, allowed_sites, forbid_site, framing};
pub use token::{Grant, grant_by_secret, mint_token};
pub use vault::MasterKey;
pub use web_token::grant_by_web_token;
