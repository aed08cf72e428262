//! From bytes to packets.

use crate::bits::Cursor;

/// Bytes of a packet that are specified.
pub(crate) const PACKET: usize = 188;
/// What each begins with.
pub(crate) const SYNC: u8 = 0x47;
/// Bytes from one packet to the next: alone, behind a time stamp of four bytes, before a check of sixteen.
const STRIDES: [usize; 3] = [188, 192, 204];
/// How many packets in a row prove a stride.
const PROOF: usize = 4;

/// One packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    pub(super) pid: u16,
    /// Whether a section or a packet of a stream begins in it.
    pub(super) starts: bool,
    /// Whether times or counts begin anew.
    pub(super) discontinuity: bool,
    pub(super) counter: u8,
    /// What it carries, unless that is scrambled.
    pub(super) payload: Option<&'a [u8]>,
}

impl<'a> Packet<'a> {
    /// Reads the specified bytes of a packet; `None` where they are damaged.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        if cursor.u8()? != SYNC {
            return None;
        }
        let second = cursor.u16()?;
        let fourth = cursor.u8()?;
        if second & 0x8000 != 0 {
            return None;
        }
        let mut discontinuity = false;
        if fourth & 0x20 != 0 {
            let len = cursor.u8()?;
            let mut adaptation = Cursor::new(cursor.take(usize::from(len))?);
            discontinuity = adaptation.u8().is_some_and(|flags| flags & 0x80 != 0);
        }
        Some(Self {
            pid: second & 0x1fff,
            starts: second & 0x4000 != 0,
            discontinuity,
            counter: fourth & 0xf,
            payload: (fourth & 0xd0 == 0x10).then_some(cursor.rest()),
        })
    }
}

/// Finds packets in bytes that come in any pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Packets {
    pending: Vec<u8>,
    at: usize,
    stride: Option<usize>,
    /// Bytes that belong to no packet, in a row.
    lost: u64,
    ended: bool,
}

impl Packets {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.pending.drain(..self.at.min(self.pending.len()));
        self.at = 0;
        self.pending.extend_from_slice(bytes);
    }

    /// Nothing follows: fewer packets prove a stride.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// How many bytes in a row belong to no packet.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }

    fn is_sync(&self, at: usize) -> Option<bool> {
        self.pending.get(at).map(|byte| *byte == SYNC)
    }

    /// The stride of packets that begin at the position. `Err` where more bytes are needed to say.
    fn prove(&self) -> Result<Option<usize>, ()> {
        let mut open = false;
        for stride in STRIDES {
            let mut syncs = (0..PROOF).map(|packet| self.is_sync(self.at + packet * stride));
            let wrong = syncs.clone().any(|sync| sync == Some(false));
            let all = syncs.all(|sync| sync == Some(true) || (self.ended && sync.is_none()));
            if all && !wrong && self.is_sync(self.at) == Some(true) {
                return Ok(Some(stride));
            }
            open |= !wrong;
        }
        if open && !self.ended { Err(()) } else { Ok(None) }
    }

    /// The next packet; `None` where more bytes are needed.
    pub(super) fn next(&mut self) -> Option<&[u8]> {
        loop {
            self.is_sync(self.at)?;
            if self.stride.is_none_or(|_| self.is_sync(self.at) == Some(false)) {
                self.stride = self.prove().ok()?;
            }
            let Some(stride) = self.stride else {
                self.at += 1;
                self.lost = self.lost.saturating_add(1);
                continue;
            };
            self.pending.get(self.at..self.at.checked_add(PACKET)?)?;
            let start = self.at;
            self.at += stride;
            self.lost = 0;
            return self.pending.get(start..start.checked_add(PACKET)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(before: usize, stride: usize, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; before];
        for number in 0..count {
            let start = bytes.len();
            bytes.resize(start + stride, u8::try_from(number).unwrap());
            bytes[start] = SYNC;
        }
        bytes
    }

    #[test]
    fn packets_of_every_size_are_found_in_any_pieces() {
        for (before, stride) in [(0, 188), (4, 192), (0, 204), (77, 188)] {
            let bytes = stream(before, stride, 9);
            for piece in [1, 100, 5_000] {
                let mut packets = Packets::default();
                let mut found = Vec::new();
                for piece in bytes.chunks(piece) {
                    packets.feed(piece);
                    while let Some(packet) = packets.next() {
                        found.push(packet[187]);
                    }
                }
                packets.end();
                while let Some(packet) = packets.next() {
                    found.push(packet[187]);
                }
                assert_eq!(found, [0, 1, 2, 3, 4, 5, 6, 7, 8], "{stride} in pieces of {piece}");
                assert_eq!(packets.lost(), 0);
            }
        }
    }

    #[test]
    fn packets_are_found_again_behind_damage() {
        let bytes = [stream(0, 188, 5), vec![1; 300], stream(0, 188, 6)].concat();
        let mut packets = Packets::default();
        packets.feed(&bytes);
        packets.end();
        let mut count = 0;
        while packets.next().is_some() {
            count += 1;
        }
        assert_eq!(count, 11);
    }
}
