//! The packets of a stream that a segment has: of the picture one for each, of sound one for some frames.

use core::ops::Range;

use super::error::TransportError;
use super::packets;
use super::pes;
use super::picture::{Access, Picture};
use super::plan::Lane;
use super::select::{Frame, Selected};
use super::sound::Sound;
use crate::bits::{len_u64, to_usize};

/// The counter of a PID begins anew after so many packets.
pub(super) const ROUND: usize = 16;

/// One packet of a stream, which takes several of the transport stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// When it is decoded.
    pub(super) time: i64,
    /// Its bytes with its header.
    pub(super) len: usize,
    /// How many packets of the transport stream they are spread over.
    pub(super) packets: usize,
    /// Where its samples are in the bytes of their track.
    pub(super) bytes: Range<usize>,
    pub(super) content: Content,
}

/// What a packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Picture(Frame, Access),
    Sound {
        /// When the first frame is shown.
        pts: i64,
        /// Which of the track's frames in the segment it has.
        frames: Range<usize>,
    },
}

/// Whether the bytes of a track are as many as its samples have.
pub(super) fn check(selected: Option<&Selected>, bytes: &[u8]) -> Result<(), TransportError> {
    let needs = selected.map_or(0, Selected::bytes);
    if needs == len_u64(bytes.len()) { Ok(()) } else { Err(TransportError::Length { needs, has: bytes.len() }) }
}

/// Those of the picture.
pub(super) fn of_picture(lane: &Lane<Picture>, video: &[u8]) -> Result<Vec<Unit>, TransportError> {
    let mut units = Vec::with_capacity(lane.selected.frames.len());
    for (number, frame, bytes) in placed(&lane.selected.frames) {
        let sample = video.get(bytes.clone()).unwrap_or_default();
        let access = lane.coding.survey(sample, frame.sync).map_err(|_misfit| TransportError::Unit { number })?;
        let Some(access) = access else { continue };
        let len = pes::picture_len(frame.pts, frame.dts).saturating_add(access.len);
        let packets = packets::needed(len, true);
        units.push(Unit { time: frame.dts, len, packets, bytes, content: Content::Picture(frame, access) });
    }
    spread(&mut units);
    Ok(units)
}

/// Those of sound, which tells the clock where it is alone.
pub(super) fn of_sound(lane: &Lane<Sound>, tells_clock: bool) -> Result<Vec<Unit>, TransportError> {
    let most = Sound::most_time(!tells_clock);
    let mut units: Vec<Unit> = Vec::new();
    for (number, frame, at) in placed(&lane.selected.frames) {
        let framed = lane.coding.framed(at.len()).ok_or(TransportError::Frame { number, len: frame.size })?;
        if let Some(Unit { len, bytes, content: Content::Sound { pts, frames }, .. }) = units.last_mut() {
            let behind = len.saturating_sub(pes::SOUND_LEN);
            if lane.coding.shares((frames.len(), behind, *pts), (framed, frame.pts), most) {
                (frames.end, bytes.end) = (number.saturating_add(1), at.end);
                *len = len.saturating_add(framed);
                continue;
            }
        }
        let content = Content::Sound { pts: frame.pts, frames: number..number.saturating_add(1) };
        let len = framed.saturating_add(pes::SOUND_LEN);
        units.push(Unit { time: frame.dts, len, packets: 0, bytes: at, content });
    }
    for unit in &mut units {
        unit.packets = packets::needed(unit.len, tells_clock);
    }
    spread(&mut units);
    Ok(units)
}

/// The frames of a track with where their bytes are.
fn placed(frames: &[Frame]) -> impl Iterator<Item = (usize, Frame, Range<usize>)> {
    let mut at = 0usize;
    frames.iter().enumerate().map(move |(number, frame)| {
        let start = at;
        at = at.saturating_add(to_usize(frame.size));
        (number, *frame, start..at)
    })
}

/// Spreads the units of a stream over a few packets more, evenly, so that all are a multiple of [`ROUND`]. The shortest
/// unit has bytes enough even if it is the only one: see [`pes::SOUND_LEN`].
fn spread(units: &mut [Unit]) {
    let needed: usize = units.iter().map(|unit| unit.packets).sum();
    let more = needed.next_multiple_of(ROUND).saturating_sub(needed);
    let count = units.len();
    let share = |units: usize| more.saturating_mul(units).checked_div(count).unwrap_or(0);
    for (number, unit) in units.iter_mut().enumerate() {
        let share = share(number.saturating_add(1)).saturating_sub(share(number));
        unit.packets = unit.packets.saturating_add(share);
    }
}
