//! Blocks: their headers, and several frames in one (RFC 9559, 10).

use super::ebml::{Number, number};
use crate::bits::{Cursor, len_u64};

/// The most bytes of a block that are looked at for its header.
pub(super) const MAX_LACING: usize = 64 << 10;

/// What a block begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) track: u64,
    /// Ticks of the file from the time of the cluster.
    pub(super) time: i16,
    pub(super) keyframe: bool,
    /// Bytes in front of the first frame.
    pub(super) header_len: u64,
    pub(super) frames: Frames,
}

/// The sizes of the frames of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frames {
    One(u64),
    Several(Vec<u64>),
}

impl Frames {
    pub(super) fn sizes(&self) -> &[u64] {
        match self {
            Self::One(size) => core::slice::from_ref(size),
            Self::Several(sizes) => sizes,
        }
    }
}

/// Reads the beginning of a block of `len` bytes. `None` where it does not hold what it says.
pub(super) fn parse(head: &[u8], len: u64) -> Option<Block> {
    let mut cursor = Cursor::new(head);
    let (Number::Value(track), _) = number(&mut cursor)? else { return None };
    let time = cursor.u16()?.cast_signed();
    let flags = cursor.u8()?;
    let used = |cursor: &Cursor<'_>| len_u64(head.len().saturating_sub(cursor.rest().len()));
    let lacing = (flags >> 1) & 3;
    let frames = if lacing == 0 {
        Frames::One(len.checked_sub(used(&cursor))?)
    } else {
        // The last frame is what the others leave.
        let others = usize::from(cursor.u8()?);
        let mut sizes = match lacing {
            1 => xiph(&mut cursor, others)?,
            3 => ebml(&mut cursor, others)?,
            _ => {
                let all = len.checked_sub(used(&cursor))?;
                let count = len_u64(others) + 1;
                if all.checked_rem(count)? != 0 {
                    return None;
                }
                vec![all.checked_div(count)?; others]
            }
        };
        let sum = sizes.iter().try_fold(used(&cursor), |sum, size| sum.checked_add(*size))?;
        sizes.push(len.checked_sub(sum)?);
        Frames::Several(sizes)
    };
    Some(Block { track, time, keyframe: flags & 0x80 != 0, header_len: used(&cursor), frames })
}

fn xiph(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<u64>> {
    let mut sizes = Vec::with_capacity(count + 1);
    for _ in 0..count {
        let mut size = 0u64;
        loop {
            let byte = cursor.u8()?;
            size += u64::from(byte);
            if byte != 255 {
                break;
            }
        }
        sizes.push(size);
    }
    Some(sizes)
}

fn ebml(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<u64>> {
    let mut sizes: Vec<u64> = Vec::with_capacity(count + 1);
    for at in 0..count {
        let (value, len) = number(cursor)?;
        let bias = (1u64 << (7 * len - 1)) - 1;
        let all_ones = (1u64 << (7 * len)) - 1;
        let value = match value {
            Number::Value(value) => value,
            Number::Unknown if at == 0 => return None,
            Number::Unknown => all_ones,
        };
        sizes.push(match sizes.last() {
            None => value,
            Some(last) => last.checked_add(value)?.checked_sub(bias)?,
        });
    }
    Some(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(bytes: &[u8]) -> Option<Vec<u64>> {
        parse(bytes, bytes.len() as u64).map(|block| block.frames.sizes().to_vec())
    }

    #[test]
    fn frames_are_found_under_every_lacing() {
        // The examples of RFC 9559, 10.3: frames of 800, 500 and 1000 bytes.
        let with = |header: &[u8]| [header, &[0; 2_300]].concat();
        let xiph = with(&[0x81, 0, 0, 0x02, 2, 0xff, 0xff, 0xff, 0x23, 0xff, 0xf5]);
        assert_eq!(sizes(&xiph), Some(vec![800, 500, 1_000]));
        let ebml = with(&[0x81, 0, 0, 0x06, 2, 0x43, 0x20, 0x5e, 0xd3]);
        assert_eq!(sizes(&ebml), Some(vec![800, 500, 1_000]));
        let fixed = [&[0x81, 0, 0, 0x04, 2][..], &[0; 2_400]].concat();
        assert_eq!(sizes(&fixed), Some(vec![800; 3]));
        assert_eq!(sizes(&fixed[..fixed.len() - 1]), None);
        let alone = parse(&[0x40, 0x81, 0xff, 0xfe, 0x80, 1, 2, 3], 8).unwrap();
        assert_eq!((alone.track, alone.time, alone.keyframe, alone.header_len), (0x81, -2, true, 5));
        assert_eq!(alone.frames, Frames::One(3));
    }

    #[test]
    fn a_block_that_promises_more_than_it_holds_is_refused() {
        for bytes in [
            &[0x81u8][..],
            &[0x81, 0, 0],
            &[0x00, 0, 0, 0],
            &[0xff, 0, 0, 0],
            &[0x81, 0, 0, 0x02, 2, 0xff],
            &[0x81, 0, 0, 0x02, 1, 9, 0],
            &[0x81, 0, 0, 0x06, 2, 0x81, 0x80, 0],
            &[0x81, 0, 0, 0x06, 1, 0xff, 0],
        ] {
            assert_eq!(sizes(bytes), None, "{bytes:x?}");
        }
    }
}
