//! Processing: from what was uploaded to renditions that players switch between.
//!
//! | file | duty |
//! |---|---|
//! | `request` | what an asset's preset asks for, as an output with its first jobs |
//! | `plan` | the look at the whole picture, the ladder, the chunks and their jobs |
//! | `chunk` | one chunk in all rungs |
//! | `first` | the quick rung of a picture that players do not take |
//! | `sound` | sound in one piece |
//! | `captions` | captions that lie within uploads, taken out of them |
//! | `index` | uploads without an index, read and published while they are read |
//! | `grow` | publishing what an encoder writes while it writes |
//! | `part` | pieces of renditions as stored objects, and putting them together |
//! | `seal` | from the pieces to a track |
//! | `settle` | what that means for output and asset |
//! | `remove` | the end of it all with its asset |
//! | `progress` | how far it is |

pub(crate) mod captions;
pub(crate) mod chunk;
pub(crate) mod first;
mod grow;
pub(crate) mod index;
pub(crate) mod order;
pub(crate) mod part;
pub(crate) mod plan;
mod progress;
pub(crate) mod remove;
pub(crate) mod request;
pub(crate) mod seal;
pub(crate) mod settle;
pub(crate) mod sound;

pub use progress::{OutputView, outputs_of};
