//! Elements: identifiers, sizes and simple bodies (RFC 8794).

use crate::bits::Cursor;
use crate::index::rounded;

/// Identifiers, with their length markers.
pub(super) mod id {
    pub(in super::super) const EBML: u32 = 0x1a45_dfa3;
    pub(in super::super) const DOC_TYPE: u32 = 0x4282;
    pub(in super::super) const SEGMENT: u32 = 0x1853_8067;
    pub(in super::super) const SEEK_HEAD: u32 = 0x114d_9b74;
    pub(in super::super) const INFO: u32 = 0x1549_a966;
    pub(in super::super) const TRACKS: u32 = 0x1654_ae6b;
    pub(in super::super) const CLUSTER: u32 = 0x1f43_b675;
    pub(in super::super) const CUES: u32 = 0x1c53_bb6b;
    pub(in super::super) const CHAPTERS: u32 = 0x1043_a770;
    pub(in super::super) const TAGS: u32 = 0x1254_c367;
    pub(in super::super) const ATTACHMENTS: u32 = 0x1941_a469;
    pub(in super::super) const TIMESTAMP: u32 = 0xe7;
    pub(in super::super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(in super::super) const BLOCK_GROUP: u32 = 0xa0;
    pub(in super::super) const BLOCK: u32 = 0xa1;
    pub(in super::super) const REFERENCE_BLOCK: u32 = 0xfb;
}

/// A number of variable length, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// The number.
    Value(u64),
    /// All bits are set, which for a size means that it is not known.
    Unknown,
}

/// Reads a number of one to eight bytes. `None` where it is longer, or the bytes end.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Option<(Number, u32)> {
    let first = *cursor.rest().first()?;
    let len = first.leading_zeros() + 1;
    if len > 8 {
        return None;
    }
    let bytes = cursor.take(usize::try_from(len).ok()?)?;
    let raw = bytes.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let mask = (1u64 << (7 * len)) - 1;
    let value = raw & mask;
    Some((if value == mask { Number::Unknown } else { Number::Value(value) }, len))
}

/// The header of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) id: u32,
    /// Bytes of the body; `None` where they are not known.
    pub(super) size: Option<u64>,
    pub(super) len: usize,
}

impl Header {
    /// Reads a header. `Ok(None)` where the bytes end in it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>, &'static str> {
        let mut cursor = Cursor::new(bytes);
        let Some(&first) = bytes.first() else { return Ok(None) };
        let id_len = first.leading_zeros() + 1;
        if id_len > 4 {
            return Err("no element begins there");
        }
        let Some(id) = usize::try_from(id_len).ok().and_then(|len| cursor.take(len)) else { return Ok(None) };
        let id = id.iter().fold(0u32, |id, byte| id << 8 | u32::from(*byte));
        match cursor.rest().first() {
            None => return Ok(None),
            Some(0) => return Err("the size of an element is too long"),
            Some(_) => {}
        }
        let Some((size, _)) = number(&mut cursor) else { return Ok(None) };
        let size = match size {
            Number::Value(size) => Some(size),
            Number::Unknown => None,
        };
        Ok(Some(Self { id, size, len: bytes.len().saturating_sub(cursor.rest().len()) }))
    }
}

/// The elements in the body of another; damage ends them.
#[derive(Debug, Clone)]
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let header = Header::parse(self.0).ok().flatten()?;
        let rest = self.0.get(header.len..)?;
        let size = usize::try_from(header.size?).ok()?;
        let (body, rest) = rest.split_at_checked(size)?;
        self.0 = rest;
        Some((header.id, body))
    }
}

/// An unsigned number of at most eight bytes; one of more is as large as can be.
pub(super) fn unsigned(body: &[u8]) -> u64 {
    if body.len() > 8 {
        return u64::MAX;
    }
    body.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A floating-point number, not negative, rounded to nearest; `None` for one that is no number or too large.
pub(super) fn float(body: &[u8]) -> Option<u64> {
    match (<[u8; 4]>::try_from(body), <[u8; 8]>::try_from(body)) {
        (Ok(short), _) => rounded(f64::from(f32::from_be_bytes(short))),
        (_, Ok(long)) => rounded(f64::from_be_bytes(long)),
        _ => body.is_empty().then_some(0),
    }
}

/// Text without the zeros that may pad it.
pub(super) fn text(body: &[u8]) -> &[u8] {
    body.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let header = Header::parse(&[0x1a, 0x45, 0xdf, 0xa3, 0x9f]).unwrap().unwrap();
        assert_eq!((header.id, header.size, header.len), (id::EBML, Some(31), 5));
        let header = Header::parse(&[0x1f, 0x43, 0xb6, 0x75, 1, 255, 255, 255, 255, 255, 255, 255]).unwrap().unwrap();
        assert_eq!((header.id, header.size, header.len), (id::CLUSTER, None, 12));
        assert!(Header::parse(&[0x1a, 0x45, 0xdf]).unwrap().is_none());
        assert!(Header::parse(&[0xa3, 0x40]).unwrap().is_none());
        assert!(Header::parse(&[0x07]).is_err());
        assert!(Header::parse(&[0xa3, 0x00]).is_err());
    }

    #[test]
    fn floating_point_numbers_are_rounded() {
        assert_eq!(float(&f64::to_be_bytes(47_999.5)), Some(48_000));
        assert_eq!(float(&f32::to_be_bytes(44_100.0)), Some(44_100));
        assert_eq!(float(&[]), Some(0));
        assert_eq!(float(&[1, 2, 3]), None);
    }
}
