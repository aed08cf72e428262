//! Documents that tell a player which segments there are.

pub mod dash;
pub mod hls;
pub mod presentation;
mod protected;
pub(crate) mod smooth;
pub mod storyboard;
mod xml;
