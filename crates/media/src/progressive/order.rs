//! The order in which a decoder shows the key frames of a film that has nothing else.

use crate::map::{SegmentMap, visual_boxes};
use crate::protect::avc::{Ordered, Walk};

/// By how much a picture may be told to come behind the one before it: others are tried where bits fall so that the unit
/// would become longer.
const STEPS: u32 = 64;

/// Puts the key frames of a film of key frames in the order in which they stand there.
///
/// Most key frames of H.264 begin an order anew. In films whose groups are open they do not: they tell the lowest bits of a
/// number, and a decoder that misses all that lay between takes one that is lower for one that comes before, shows it there or
/// leaves it out (Rec. ITU-T H.264, 8.2.1.1). These bits are changed; nothing else, and no length.
#[derive(Debug)]
pub struct KeyOrder {
    walk: Walk,
    /// What the picture before tells.
    last: Option<u32>,
}

impl KeyOrder {
    /// That of a film that begins. `None` for codecs whose key frames all begin an order anew.
    pub fn new(map: &SegmentMap) -> Option<Self> {
        let header = map.header();
        if header.codec_name != "h264" {
            return None;
        }
        let (_, config) = visual_boxes(&header.sample_entry).find(|(name, _)| name == b"avcC")?;
        Some(Self { walk: Walk::new(config)?, last: None })
    }

    /// The next key frame of the film. What cannot be read stays as it is.
    pub fn put(&mut self, sample: &mut [u8]) {
        let Some(slices) = self.walk.orders(sample) else { return };
        let Some(first) = slices.first() else { return };
        let bits = u32::try_from(first.low.len()).unwrap_or(0);
        let Some(modulus) = 1_u32.checked_shl(bits).filter(|modulus| *modulus >= 16) else { return };
        // The second field of a frame comes a little behind the first, or before it.
        let apart = |slice: &Ordered| slice.value.wrapping_sub(first.value) & (modulus - 1);
        let later = slices.iter().map(apart).filter(|apart| *apart < modulus / 2).max().unwrap_or(0);
        let after = match self.last.filter(|_last| !first.is_key) {
            None => Some(first.value),
            Some(last) => (2..STEPS.min(modulus / 2)).map(|step| last.wrapping_add(step)).find(|start| {
                let changes: Option<Vec<_>> = slices
                    .iter()
                    .map(|slice| {
                        let unit = sample.get(slice.unit.clone())?;
                        changed(unit, &slice.low, start.wrapping_add(apart(slice)) & (modulus - 1))
                    })
                    .collect();
                let Some(changes) = changes else { return false };
                for (slice, change) in slices.iter().zip(changes) {
                    let unit = sample.get_mut(slice.unit.clone()).unwrap_or_default();
                    for (byte, changed) in unit.iter_mut().zip(change) {
                        *byte = changed;
                    }
                }
                true
            }),
        };
        self.last = after.map(|start| start.wrapping_add(later) & (modulus - 1)).or(self.last);
    }
}

/// The beginning of a unit, as far as it changes, with another number at these places. `None` where bytes would have to be
/// put in or left out for it to hold no start code (7.4.1).
fn changed(unit: &[u8], low: &[(usize, u32)], value: u32) -> Option<Vec<u8>> {
    let end = low.last()?.0.saturating_add(4).min(unit.len());
    let mut begin = unit.get(..end)?.to_vec();
    for ((byte, behind), bit) in low.iter().rev().zip(0..) {
        let byte = begin.get_mut(*byte)?;
        let mask = 1_u8.checked_shl(*behind)?;
        *byte = if value >> bit & 1 == 1 { *byte | mask } else { *byte & !mask };
    }
    let (mut zeros, mut zeros_before) = (0, 0);
    for (new, old) in begin.iter().zip(unit) {
        let put_in = |zeros: u32, byte: u8| zeros >= 2 && byte == 3;
        if put_in(zeros, *new) != put_in(zeros_before, *old) || (zeros >= 2 && *new < 3) {
            return None;
        }
        let count = |zeros: u32, byte: u8| if byte == 0 { zeros + 1 } else { 0 };
        (zeros, zeros_before) = (count(zeros, *new), count(zeros_before, *old));
    }
    Some(begin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_changed_where_no_start_code_comes_of_it() {
        let low = [(1, 1), (1, 0), (2, 7), (2, 6)];
        let unit = [0x41, 0b1010_1001, 0b0111_1111, 9, 9, 9, 9, 9];
        assert_eq!(changed(&unit, &low, 0b1010).unwrap(), [0x41, 0b1010_1010, 0b1011_1111, 9, 9, 9]);
        // Two bytes of zeros in front of a third, or of what would be left out.
        for (unit, value) in [
            ([0x41, 0b0000_0001, 0b0000_0000, 1, 9, 9], 0),
            ([0x41, 0b0000_0001, 0b0000_0000, 3, 9, 9], 0),
            ([0x41, 0b0000_0000, 0b0000_0000, 3, 1, 9], 4),
        ] {
            assert_eq!(changed(&unit, &low, value), None, "{unit:?}");
        }
        assert_eq!(changed(&[0x41, 0, 0, 3, 1, 9], &[(4, 0)], 0).unwrap(), [0x41, 0, 0, 3, 0, 9]);
        assert_eq!(changed(&[0x41], &low, 0), None);
    }
}
