//! Putting a segment together.

use super::clock::Clock;
use super::error::TransportError;
use super::packets::{Counter, Packets, Told};
use super::pes;
use super::plan::Plan;
use super::tables;
use super::unit::{self, Content, Unit};
use crate::bits::to_usize;
use crate::mpegts::PACKET;

/// What comes next in a segment.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    /// The clock, when something is decoded at that time next.
    Clock(i64),
    Unit(&'a Unit),
}

/// Writes a segment of the bytes of its tracks.
pub(super) fn write(plan: &Plan, video: &[u8], audio: &[u8]) -> Result<Vec<u8>, TransportError> {
    let (picture, sound) = (plan.picture.as_ref(), plan.sound.as_ref());
    unit::check(picture.map(|lane| &lane.selected), video)?;
    unit::check(sound.map(|lane| &lane.selected), audio)?;
    let mut units = picture.map_or(Ok(Vec::new()), |lane| unit::of_picture(lane, video))?;
    units.extend(sound.map_or(Ok(Vec::new()), |lane| unit::of_sound(lane, picture.is_none()))?);
    // Of what is decoded at once the picture comes first, for it tells the clock.
    units.sort_by_key(|unit| unit.time);
    let steps = steps(&units, plan);

    let packets: usize = steps.iter().map(Step::packets).sum();
    let mut out = Vec::with_capacity(packets.saturating_add(tables::PACKETS).saturating_mul(PACKET));
    let mut counters = [Counter::new(tables::PICTURE, 0), Counter::new(tables::SOUND, 0)];
    let [pictures, sounds] = &mut counters;
    let clock_pid = if picture.is_some() { tables::PICTURE } else { tables::SOUND };
    tables::write(&mut out, plan, clock_pid);
    for step in steps {
        let unit = match step {
            Step::Unit(unit) => unit,
            Step::Clock(time) => {
                if picture.is_some() { &mut *pictures } else { &mut *sounds }.clock(&mut out, time);
                continue;
            }
        };
        match &unit.content {
            Content::Picture(frame, access) => {
                let Some(lane) = picture else { continue };
                let told = Some(Told { time: unit.time, random_access: frame.sync });
                let mut packets = Packets::new(&mut out, pictures, (unit.len, unit.packets), told);
                pes::picture(frame.pts, frame.dts, access.len, |header| packets.put(header));
                let sample = video.get(unit.bytes.clone()).unwrap_or_default();
                lane.coding.write(sample, *access, |bytes| packets.put(bytes));
            }
            Content::Sound { pts, frames } => {
                let Some(lane) = sound else { continue };
                let told = picture.is_none().then_some(Told { time: unit.time, random_access: true });
                let mut packets = Packets::new(&mut out, sounds, (unit.len, unit.packets), told);
                packets.put(&pes::sound(lane.coding.stream_id(), *pts, unit.len.saturating_sub(pes::SOUND_LEN)));
                let sizes = lane.selected.frames.get(frames.clone()).unwrap_or_default();
                let sizes = sizes.iter().map(|frame| to_usize(frame.size));
                lane.coding.write(audio.get(unit.bytes.clone()).unwrap_or_default(), sizes, |bytes| packets.put(bytes));
            }
        }
    }
    Ok(out)
}

/// The units in their order, with the clock in between where none of them tells it for too long.
fn steps<'a>(units: &'a [Unit], plan: &Plan) -> Vec<Step<'a>> {
    let time = |unit: Option<&Unit>| unit.map_or(0, |unit| unit.time);
    let mut clock = Clock::new(time(units.first()), time(units.last()), plan.end);
    let mut steps = Vec::with_capacity(units.len());
    for unit in units {
        let tells = plan.picture.is_none() || matches!(unit.content, Content::Picture(..));
        while let Some(time) = clock.due(unit.time, tells) {
            steps.push(Step::Clock(time));
        }
        if tells {
            clock.told(unit.time);
        }
        steps.push(Step::Unit(unit));
    }
    while let Some(time) = clock.due_at_end() {
        steps.push(Step::Clock(time));
    }
    steps
}

impl Step<'_> {
    /// Packets of the transport stream.
    fn packets(&self) -> usize {
        match self {
            Self::Clock(_) => 1,
            Self::Unit(unit) => unit.packets,
        }
    }
}
