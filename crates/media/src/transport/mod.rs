//! Writing of MPEG-2 transport streams (ISO/IEC 13818-1): segments of HLS for players that take no fragmented MP4
//! (RFC 8216, 3.2).
//!
//! A [`Plan`] is made of the maps of a picture, of a sound, or of both, without their media. It tells which bytes of
//! each are to be read, and makes the segment of them. The same maps and bytes give the same segment, from any process.
//!
//! - A segment has the samples that the map of the picture has there, and the frames of sound that begin while it is
//!   shown, wherever the sound's own map is cut. What begins before the first segment or behind the last belongs to it.
//! - Times count from [`START`]. Pictures are decoded as much earlier as their order needs
//!   ([`SegmentMap::decode_lead`](crate::SegmentMap::decode_lead)). Sound keeps the priming that its encoder put in
//!   front; nothing in a stream says how much to skip.
//! - Packets of a picture and of sound are in the order in which they are decoded, and the clock runs ahead of that by
//!   a constant.
//! - Counters run on from segment to segment, though none knows the other: see the [`Plan`].

mod bandwidth;
mod clock;
mod error;
mod mux;
mod packets;
mod pes;
mod picture;
mod plan;
mod select;
mod sound;
mod tables;
mod unit;

pub use bandwidth::{Bandwidth, bandwidth};
pub use clock::START;
pub use error::TransportError;
pub use plan::Plan;

use crate::facts::TrackKind;
use crate::map::TrackHeader;
use picture::Picture;
use sound::Sound;

/// Whether a track can be put into a transport stream: H.264 and HEVC whose units have their length in one, two or four
/// bytes in front; AAC that can be told in ADTS headers, which is LC and HE; MP3, AC-3 and E-AC-3.
///
/// Whether players show the picture as it is meant is another question: a stream does not tell a rotation or the shape
/// of pixels, unless parameter sets do.
pub fn takes(header: &TrackHeader) -> bool {
    match header.kind {
        TrackKind::Video => Picture::of(header).is_some(),
        TrackKind::Audio => Sound::of(header).is_some(),
        TrackKind::Captions | TrackKind::Other => false,
    }
}
