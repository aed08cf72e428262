//! Tables: which programs there are, and which streams in one (ISO/IEC 13818-1, 2.4.4).

use super::crc::crc32;
use super::descriptors::{Described, describe};
use crate::bits::Cursor;

/// The longest section.
const MAX_SECTION: usize = 1_024;

/// Gathers the sections of one PID.
#[derive(Debug, Clone, Default)]
pub(super) struct Sections {
    pending: Option<Vec<u8>>,
}

impl Sections {
    /// Takes the payload of a packet and gives the sections that it completes, whose check is right.
    pub(super) fn feed(&mut self, payload: &[u8], starts: bool) -> Vec<Vec<u8>> {
        let mut done = Vec::new();
        let (before, from) = match payload.split_first() {
            Some((&pointer, rest)) if starts => {
                rest.split_at_checked(usize::from(pointer)).map_or((rest, None), |(before, from)| (before, Some(from)))
            }
            _ => (payload, None),
        };
        if let Some(pending) = &mut self.pending {
            pending.extend_from_slice(before);
            self.take(&mut done);
        }
        if let Some(from) = from {
            self.pending = Some(from.to_vec());
            self.take(&mut done);
        }
        done
    }

    fn take(&mut self, done: &mut Vec<Vec<u8>>) {
        while let Some(pending) = &mut self.pending {
            // Stuffing follows the last section.
            if pending.first() == Some(&0xff) {
                self.pending = None;
                return;
            }
            let Some([_, high, low]) = pending.first_chunk::<3>() else { return };
            let len = usize::from(u16::from_be_bytes([high & 0xf, *low])) + 3;
            if len > MAX_SECTION {
                self.pending = None;
                return;
            }
            if pending.len() < len {
                return;
            }
            let rest = pending.split_off(len);
            let section = core::mem::replace(pending, rest);
            if crc32(&section) == 0 {
                done.push(section);
            }
        }
    }
}

/// The body of a section of that table which counts now.
fn table(section: &[u8], id: u8) -> Option<&[u8]> {
    let (header, rest) = section.split_first_chunk::<8>()?;
    let [table, _, _, _, _, flags, _, _] = *header;
    let body = rest.get(..rest.len().checked_sub(4)?)?;
    (table == id && flags & 1 == 1).then_some(body)
}

/// The PID of the first program in a section of the association table.
pub(super) fn first_program(section: &[u8]) -> Option<u16> {
    let mut cursor = Cursor::new(table(section, 0)?);
    while let (Some(program), Some(pid)) = (cursor.u16(), cursor.u16()) {
        if program != 0 {
            return Some(pid & 0x1fff);
        }
    }
    None
}

/// The streams in a section of a program's map.
pub(super) fn streams(section: &[u8]) -> Option<Vec<(u16, Described)>> {
    let mut cursor = Cursor::new(table(section, 2)?);
    cursor.skip(2)?;
    let len = usize::from(cursor.u16()? & 0xfff);
    cursor.skip(len)?;
    let mut streams = Vec::new();
    while let Some(kind) = cursor.u8() {
        let pid = cursor.u16()? & 0x1fff;
        let len = usize::from(cursor.u16()? & 0xfff);
        streams.push((pid, describe(kind, cursor.take(len)?)));
    }
    Some(streams)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(table: u8, body: &[u8]) -> Vec<u8> {
        let len = u8::try_from(body.len() + 9).unwrap();
        let mut bytes = [&[table, 0xb0, len, 0, 1, 0xc1, 0, 0][..], body].concat();
        bytes.extend(crc32(&bytes).to_be_bytes());
        bytes
    }

    #[test]
    fn sections_are_gathered_from_packets() {
        let bytes = section(0, &[0, 0, 0xe0, 0x10, 0, 1, 0xf0, 0x00]);
        assert_eq!(first_program(&bytes), Some(0x1000));
        let mut sections = Sections::default();
        let (first, second) = bytes.split_at(7);
        assert_eq!(sections.feed(second, false), [[0u8; 0]; 0]);
        assert_eq!(sections.feed(&[&[0], first].concat(), true), [[0u8; 0]; 0]);
        let rest = [&[5][..], second, &bytes, &[0xff; 20]].concat();
        let rest = [&[u8::try_from(second.len()).unwrap()], &rest[1..]].concat();
        assert_eq!(sections.feed(&rest, true), [bytes.clone(), bytes.clone()]);
        let mut damaged = bytes;
        damaged[9] ^= 1;
        assert_eq!(sections.feed(&[&[0][..], &damaged].concat(), true), [[0u8; 0]; 0]);
    }

    #[test]
    fn streams_are_listed() {
        let body = [0xe1, 0x00, 0xf0, 0, 0x1b, 0xe1, 0x00, 0xf0, 0, 0x0f, 0xe1, 0x01, 0xf0, 6, 0x0a, 4];
        let bytes = section(2, &[&body[..], b"ger\0"].concat());
        let streams = streams(&bytes).unwrap();
        assert_eq!(streams.iter().map(|(pid, _)| *pid).collect::<Vec<_>>(), [0x100, 0x101]);
        assert_eq!(streams[1].1.language.as_deref(), Some("de"));
    }
}
