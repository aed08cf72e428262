//! Microsoft Smooth Streaming ([MS-SSTR]): the client manifest, and the fragments that it names.
//!
//! Only what is there whole is delivered so. There are no initialization segments: the manifest says of each rendition
//! what its decoder must know ([`Setup`]), and players make of it what they need. All times are in units of 100
//! nanoseconds. A fragment is asked for by its [`Address`], which has the bit rate and the start that the manifest tells;
//! [`rendition`] and [`segment_at`] find what is meant.
//!
//! A stream that begins late is told as it is. Players that take the sum of its fragments for the length of the film end
//! it as much too early.
//!
//! Neither an edit list nor a matrix reaches a player. So frames of sound that begin before the timeline does are left
//! out, and pictures that are to be turned are not named.

mod address;
mod fragment;
mod setup;
mod time;

pub use address::{Address, MalformedAddress, Stream};
pub use fragment::fragment;
pub use setup::Setup;
pub use time::segment_at;

pub use crate::manifest::smooth::{manifest, rendition};

pub(crate) use time::ticks;
