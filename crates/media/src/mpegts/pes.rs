//! Packets of streams (ISO/IEC 13818-1, 2.4.3.6).

use super::packets::Packet;
use crate::bits::Cursor;
use crate::index::IndexError;

/// The longest packet of picture: more than any needs.
pub(super) const MAX_PICTURE: usize = 8 << 20;
/// The longest packet of sound, which must say its length in 16 bits, with room for what follows it.
pub(super) const MAX_SOUND: usize = 128 << 10;

/// Presentation and decode time, in 33 bits of 1/90000 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) pts: i64,
    pub(super) dts: i64,
}

/// Gathers the packets of one stream.
#[derive(Debug, Clone)]
pub(super) struct Assembler {
    limit: usize,
    pending: Option<Vec<u8>>,
    counter: Option<u8>,
}

impl Assembler {
    /// Packets of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, pending: None, counter: None }
    }

    /// Takes a packet and gives what is complete now.
    pub(super) fn feed(&mut self, packet: &Packet<'_>) -> Result<Option<Vec<u8>>, IndexError> {
        let Some(payload) = packet.payload else { return Ok(None) };
        let repeated = self.counter == Some(packet.counter) && !packet.discontinuity;
        self.counter = Some(packet.counter);
        if repeated {
            return Ok(None);
        }
        if packet.starts {
            let done = self.pending.replace(payload.to_vec());
            return Ok(match self.complete() {
                // Both at once: the second is found again when its successor begins.
                Some(second) if done.is_none() => Some(second),
                Some(second) => {
                    self.pending = Some(second);
                    done
                }
                None => done,
            });
        }
        let Some(pending) = &mut self.pending else { return Ok(None) };
        if pending.len().saturating_add(payload.len()) > self.limit {
            let limit = crate::bits::len_u64(self.limit);
            return Err(IndexError::LimitExceeded { what: "bytes in one frame", limit });
        }
        pending.extend_from_slice(payload);
        Ok(self.complete())
    }

    /// What is pending, where it says its length and has it.
    fn complete(&mut self) -> Option<Vec<u8>> {
        let pending = self.pending.as_ref()?;
        let [.., high, low] = *pending.first_chunk::<6>()?;
        let len = usize::from(u16::from_be_bytes([high, low]));
        if len > 0 && pending.len() >= len.checked_add(6)? { self.pending.take() } else { None }
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> Option<Vec<u8>> {
        self.pending.take()
    }
}

/// The times and the payload of a packet; `None` for one that is damaged or of no stream.
pub(super) fn parse(bytes: &[u8]) -> Option<(Option<Times>, &[u8])> {
    let mut cursor = Cursor::new(bytes);
    if cursor.u24()? != 1 {
        return None;
    }
    let stream = cursor.u8()?;
    // Maps, padding, keys and directories have no times.
    if matches!(stream, 0xbc | 0xbe | 0xbf | 0xf0..=0xf2 | 0xf8 | 0xff) {
        return None;
    }
    let len = usize::from(cursor.u16()?);
    let rest = cursor.rest();
    let mut cursor = Cursor::new(if len > 0 { rest.get(..len).unwrap_or(rest) } else { rest });
    if cursor.u8()? & 0xc0 != 0x80 {
        return None;
    }
    let flags = cursor.u8()? >> 6;
    let header_len = usize::from(cursor.u8()?);
    let mut header = Cursor::new(cursor.take(header_len)?);
    let times = match flags {
        2 => timestamp(&mut header).map(|pts| Times { pts, dts: pts }),
        3 => timestamp(&mut header).and_then(|pts| Some(Times { pts, dts: timestamp(&mut header)? })),
        _ => None,
    };
    Some((times, cursor.rest()))
}

fn timestamp(cursor: &mut Cursor<'_>) -> Option<i64> {
    let high = i64::from(cursor.u8()?);
    let middle = i64::from(cursor.u16()?);
    let low = i64::from(cursor.u16()?);
    Some((high >> 1 & 7) << 30 | (middle >> 1) << 15 | low >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let bytes = b"\0\0\x01\xe0\0\0\x80\xc0\x0a\x31\x00\x07\xef\x81\x11\x00\x07\xd8\x61abc";
        let (times, payload) = parse(bytes).unwrap();
        assert_eq!((times, payload), (Some(Times { pts: 128_960, dts: 126_000 }), &b"abc"[..]));
        for len in 0..19 {
            assert_eq!(parse(&bytes[..len]), None);
        }
        assert_eq!(parse(b"\0\0\x01\xbe\0\0\xff"), None);
    }
}
