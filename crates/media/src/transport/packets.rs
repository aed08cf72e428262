//! Packets of 188 bytes, and the fields in front of what they carry (ISO/IEC 13818-1, 2.4.3.2 and 2.4.3.4).

use super::clock::reference;
use crate::mpegts::{PACKET, SYNC};

/// Bytes of a packet behind its header.
pub(super) const ROOM: usize = 184;

/// Bytes of an adaptation field with nothing but the clock.
pub(super) const CLOCK_LEN: usize = 8;

/// Fills what a packet has too much.
const STUFFING: [u8; ROOM] = [0xff; ROOM];

/// What a packet carries: the middle bits of its last header byte.
const PAYLOAD: u8 = 0x10;
const ADAPTATION: u8 = 0x20;

/// The clock in the first packet of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// When the unit is decoded.
    pub(super) time: i64,
    /// Whether decoding can begin with it.
    pub(super) random_access: bool,
}

/// The packets of one PID: a number of four bits counts those that carry something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counter {
    pid: u16,
    next: u8,
}

impl Counter {
    /// The packets of a PID, of which the next has that number.
    pub(super) fn new(pid: u16, next: u8) -> Self {
        Self { pid, next: next & 0xf }
    }

    fn header(&mut self, starts: bool, carries: u8) -> [u8; 4] {
        // A packet without payload repeats the number of the one before it.
        let counted = carries & PAYLOAD != 0;
        let number = if counted { self.next } else { self.next.wrapping_sub(1) & 0xf };
        self.next = self.next.wrapping_add(u8::from(counted)) & 0xf;
        let [high, low] = (self.pid | if starts { 0x4000 } else { 0 }).to_be_bytes();
        [SYNC, high, low, carries | number]
    }

    /// Writes a packet with nothing but the clock, when something is decoded at `time` next.
    pub(super) fn clock(&mut self, out: &mut Vec<u8>, time: i64) {
        out.extend_from_slice(&self.header(false, ADAPTATION));
        adaptation(out, ROOM, Some(Told { time, random_access: false }));
    }

    /// Writes a packet with a section of a table. What does not fit into it is left out: tables here are short.
    pub(super) fn table(&mut self, out: &mut Vec<u8>, section: &[u8]) {
        let end = out.len().saturating_add(PACKET);
        out.extend_from_slice(&self.header(true, PAYLOAD));
        // The section begins at once.
        out.push(0);
        out.extend_from_slice(section);
        out.resize(end, 0xff);
    }
}

/// How many packets a unit of `len` bytes needs at least.
pub(super) fn needed(len: usize, tells_clock: bool) -> usize {
    let first = if tells_clock { ROOM - CLOCK_LEN } else { ROOM };
    len.saturating_sub(first).div_ceil(ROOM).saturating_add(1)
}

/// Writes the bytes of one unit into packets.
#[derive(Debug)]
pub(super) struct Packets<'a> {
    out: &'a mut Vec<u8>,
    counter: &'a mut Counter,
    /// Of the first packet, until it is written.
    told: Option<Told>,
    starts: bool,
    /// Bytes that have no packet yet, and how many packets come for them.
    left: usize,
    coming: usize,
    /// Bytes that the current packet still takes.
    room: usize,
}

impl<'a> Packets<'a> {
    /// A unit of `len` bytes in so many packets, which are as many as it [needs](needed) or more, but no more than
    /// bytes.
    pub(super) fn new(
        out: &'a mut Vec<u8>,
        counter: &'a mut Counter,
        (len, packets): (usize, usize),
        told: Option<Told>,
    ) -> Self {
        Self { out, counter, told, starts: true, left: len, coming: packets, room: 0 }
    }

    /// Writes the next bytes.
    pub(super) fn put(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.room == 0 {
                self.begin();
            }
            // Nothing more was announced.
            if self.room == 0 {
                return;
            }
            let (now, rest) = bytes.split_at_checked(self.room).unwrap_or((bytes, &[]));
            self.out.extend_from_slice(now);
            self.room = self.room.saturating_sub(now.len());
            bytes = rest;
        }
    }

    /// Begins a packet, with as much as it takes while every packet behind it has a byte at least.
    fn begin(&mut self) {
        let told = self.told.take();
        let most = if told.is_some() { ROOM - CLOCK_LEN } else { ROOM };
        self.coming = self.coming.saturating_sub(1);
        self.room = self.left.saturating_sub(self.coming).min(most);
        if self.room == 0 {
            return;
        }
        self.left = self.left.saturating_sub(self.room);
        let field = ROOM.saturating_sub(self.room);
        let carries = if field > 0 { PAYLOAD | ADAPTATION } else { PAYLOAD };
        self.out.extend_from_slice(&self.counter.header(self.starts, carries));
        self.starts = false;
        adaptation(self.out, field, told);
    }
}

/// Writes an adaptation field that takes so many bytes in all: none, its length alone, or its length, its flags and
/// what they tell of, and bytes that fill it.
fn adaptation(out: &mut Vec<u8>, len: usize, told: Option<Told>) {
    let Some(behind) = len.checked_sub(1) else { return };
    out.push(u8::try_from(behind).unwrap_or(u8::MAX));
    let Some(behind) = behind.checked_sub(1) else { return };
    let stuffing = match told {
        None => {
            out.push(0);
            behind
        }
        Some(Told { time, random_access }) => {
            out.push(0x10 | if random_access { 0x40 } else { 0 });
            out.extend_from_slice(&reference(time));
            behind.saturating_sub(6)
        }
    };
    out.extend_from_slice(STUFFING.get(..stuffing).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets of a unit whose bytes count up from zero, as (adaptation field with its length, payload).
    fn spread(len: usize, more: usize, told: Option<Told>) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut out = Vec::new();
        let mut counter = Counter::new(0x101, 14);
        let count = needed(len, told.is_some()) + more;
        let bytes: Vec<u8> = (0..len).map(|at| u8::try_from(at % 256).unwrap()).collect();
        let mut packets = Packets::new(&mut out, &mut counter, (len, count), told);
        for piece in bytes.chunks(100) {
            packets.put(piece);
        }
        packets.put(b"more than announced");
        assert_eq!(out.len(), count * PACKET);
        let found: Vec<_> = out
            .chunks(PACKET)
            .enumerate()
            .map(|(number, packet)| {
                let starts = if number == 0 { 0x41 } else { 0x01 };
                let expected = [0x47, starts, 0x01, u8::try_from((14 + number) % 16).unwrap()];
                let has_field = packet[3] & 0x20 != 0;
                assert_eq!([packet[0], packet[1], packet[2], packet[3] & 0xcf], expected);
                assert_eq!(packet[3] & 0x10, 0x10);
                let field = if has_field { usize::from(packet[4]) + 1 } else { 0 };
                (packet[4..4 + field].to_vec(), packet[4 + field..].to_vec())
            })
            .collect();
        let payload: Vec<u8> = found.iter().flat_map(|(_, payload)| payload.clone()).collect();
        assert_eq!(payload, bytes);
        found
    }

    #[test]
    fn what_a_packet_has_too_much_is_filled() {
        for (len, fields) in [
            (184usize, vec![0usize]),
            (183, vec![1]),
            (182, vec![2]),
            (181, vec![3]),
            (1, vec![183]),
            (185, vec![0, 183]),
            (367, vec![0, 1]),
            (368, vec![0, 0]),
        ] {
            let found = spread(len, 0, None);
            assert_eq!(found.iter().map(|(field, _)| field.len()).collect::<Vec<_>>(), fields, "{len}");
            for (field, _) in found {
                // A length of zero has no flags behind it.
                let expected: Vec<u8> = match field.len() {
                    0 => Vec::new(),
                    1 => vec![0],
                    len => [vec![u8::try_from(len - 1).unwrap(), 0], vec![0xff; len - 2]].concat(),
                };
                assert_eq!(field, expected);
            }
        }
    }

    #[test]
    fn the_first_packet_tells_the_clock() {
        let told = |random_access| Some(Told { time: 18_003, random_access });
        for (len, random_access, first, flags) in [(176, true, 8, 0x50), (10, false, 174, 0x10), (400, true, 8, 0x50)] {
            let found = spread(len, 0, told(random_access));
            let (field, _) = &found[0];
            assert_eq!(field.len(), first, "{len}");
            assert_eq!(field[..8], [u8::try_from(first - 1).unwrap(), flags, 0, 0, 0, 1, 0xfe, 0]);
            assert!(field[8..].iter().all(|byte| *byte == 0xff));
        }
    }

    #[test]
    fn packets_that_are_more_than_needed_have_a_byte_each() {
        for (len, more, told) in [(16, 15, None), (17, 15, None), (200, 15, None), (400, 1, None), (3_000, 9, None)] {
            let found = spread(len, more, told);
            assert_eq!(found.len(), needed(len, false) + more);
            assert!(found.iter().all(|(_, payload)| !payload.is_empty()));
        }
        assert_eq!(spread(16, 15, Some(Told { time: 0, random_access: true }))[0].0.len(), 183);
    }

    #[test]
    fn the_clock_alone_is_not_counted() {
        let mut out = Vec::new();
        let mut counter = Counter::new(0x100, 0);
        counter.clock(&mut out, 18_003);
        assert_eq!(out.len(), PACKET);
        assert_eq!(out[..12], [0x47, 0x01, 0x00, 0x2f, 183, 0x10, 0, 0, 0, 1, 0xfe, 0]);
        assert!(out[12..].iter().all(|byte| *byte == 0xff));
        assert_eq!(counter, Counter::new(0x100, 0));
    }

    #[test]
    fn a_table_fills_its_packet() {
        let mut out = Vec::new();
        let mut counter = Counter::new(0, 15);
        counter.table(&mut out, b"abc");
        assert_eq!(out[..8], *b"\x47\x40\0\x1f\0abc");
        assert_eq!(out[8..], [0xff; 180]);
        assert_eq!(counter, Counter::new(0, 0));
    }
}
