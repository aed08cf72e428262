//! Reading of MPEG-2 transport streams (ISO/IEC 13818-1).
//!
//! Frames are scattered over packets, so nothing plays in place: [`Demuxer`] gathers every frame and gives it in the
//! form that MP4 has: pictures with the lengths of their units in front, sound without headers. Packets of 188, 192
//! and 204 bytes are read; the first program counts. Times that jump or begin anew go on behind those before.

mod adts;
mod crc;
mod demux;
mod descriptors;
mod nals;
mod packets;
mod pes;
mod psi;
mod sets;
mod stream;
mod timeline;

pub(crate) use crc::crc32;
pub(crate) use packets::{PACKET, SYNC};

pub use demux::{Demuxer, RewrittenSample};
