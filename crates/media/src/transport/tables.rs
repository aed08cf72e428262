//! Tables: which program there is, and which streams are in it (ISO/IEC 13818-1, 2.4.4).

use super::packets::Counter;
use super::plan::Plan;
use crate::mpegts::crc32;

/// The number of the only stream and of the only program in it.
const NUMBER: u16 = 1;

/// Where everything is.
const ASSOCIATION: u16 = 0;
const MAP: u16 = 0x1000;
pub(super) const PICTURE: u16 = 0x100;
pub(super) const SOUND: u16 = 0x101;

/// How many packets the tables of a segment take.
pub(super) const PACKETS: usize = 2;

/// Bits of a PID or a length that must be set.
const PID_BITS: u16 = 0xe000;
const LEN_BITS: u16 = 0xf000;

/// Writes both tables in front of a segment: one packet each, so that their counters are those of the segments. The
/// packets of `clock` have the clock.
pub(super) fn write(out: &mut Vec<u8>, plan: &Plan, clock: u16) {
    let number = u8::try_from(plan.number & 0xf).unwrap_or(0);
    let association = [NUMBER.to_be_bytes(), (PID_BITS | MAP).to_be_bytes()];
    Counter::new(ASSOCIATION, number).table(out, &section(0, association.as_flattened()));
    let mut map = [(PID_BITS | clock).to_be_bytes(), LEN_BITS.to_be_bytes()].concat();
    if let Some(picture) = plan.picture.as_ref().map(|lane| &lane.coding) {
        stream(&mut map, picture.stream_type(), PICTURE, &[]);
    }
    if let Some(sound) = plan.sound.as_ref().map(|lane| &lane.coding) {
        stream(&mut map, sound.stream_type(), SOUND, &sound.descriptors());
    }
    Counter::new(MAP, number).table(out, &section(2, &map));
}

fn stream(map: &mut Vec<u8>, kind: u8, pid: u16, descriptors: &[u8]) {
    map.push(kind);
    map.extend_from_slice(&(PID_BITS | pid).to_be_bytes());
    map.extend_from_slice(&(LEN_BITS | len(descriptors)).to_be_bytes());
    map.extend_from_slice(descriptors);
}

/// The only section of a table, which never changes, with its check.
fn section(table: u8, body: &[u8]) -> Vec<u8> {
    // Five bytes are between the length and the body, and four behind it.
    let [high, low] = (0xb000 | len(body).saturating_add(9)).to_be_bytes();
    let [id_high, id_low] = NUMBER.to_be_bytes();
    let mut bytes = [&[table, high, low, id_high, id_low, 0xc1, 0, 0], body].concat();
    bytes.extend_from_slice(&crc32(&bytes).to_be_bytes());
    bytes
}

fn len(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).unwrap_or(0)
}
