//! How the tiles of a frame lie (AV1 specification, 5.9.15 and 5.11.1).

use core::ops::Range;

use super::references::Size;
use crate::bits::BitCursor;
use crate::index::{Av1Sequence, BitsExt as _};

/// The most pixels across a tile, and in it; the most tiles across and down.
const MOST_WIDTH: u32 = 4096;
const MOST_AREA: u32 = 4096 * 2304;
const MOST_TILES: u32 = 64;

/// The tiles of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tiles {
    count: u32,
    /// Bits of the number of a tile.
    number_bits: u32,
    /// Bytes of the size of a tile.
    size_bytes: usize,
}

impl Tiles {
    /// Reads `tile_info`.
    pub(super) fn read(bits: &mut BitCursor<'_>, sequence: &Av1Sequence, size: Size) -> Option<Self> {
        let side_log2 = if sequence.large_blocks { 7 } else { 6 };
        // Blocks are counted in pairs of units of four pixels.
        let blocks = |pixels: u32| pixels.div_ceil(8).checked_mul(8).map(|pixels| pixels.div_ceil(1 << side_log2));
        let (across, down) = (blocks(size.width)?, blocks(size.height)?);
        let most_across = MOST_WIDTH >> side_log2;
        let most_area = MOST_AREA >> (2 * side_log2);
        let area = across.checked_mul(down)?;
        let least_columns = log2_of(most_across, across);
        let least = least_columns.max(log2_of(most_area, area));
        let (columns, rows);
        if bits.flag()? {
            let columns_log2 = increments(bits, least_columns, log2_of(1, across.min(MOST_TILES)))?;
            columns = Split { log2: columns_log2, count: uniform(across, columns_log2)? };
            let least_rows = least.saturating_sub(columns_log2);
            let rows_log2 = increments(bits, least_rows, log2_of(1, down.min(MOST_TILES)))?;
            rows = Split { log2: rows_log2, count: uniform(down, rows_log2)? };
        } else {
            let (split, widest) = Split::read(bits, across, most_across)?;
            columns = split;
            let area = if least > 0 { area >> (least + 1) } else { area };
            rows = Split::read(bits, down, area.checked_div(widest)?.max(1))?.0;
        }
        let number_bits = columns.log2 + rows.log2;
        let mut size_bytes = 0;
        if number_bits > 0 {
            bits.skip_bits(number_bits)?;
            size_bytes = usize::try_from(bits.take(2)? + 1).ok()?;
        }
        Some(Self { count: columns.count.checked_mul(rows.count)?, number_bits, size_bytes })
    }

    /// Where the tiles of a group lie in it, and whether they are the last of the frame.
    pub(super) fn of_group(&self, group: &[u8]) -> Option<(Vec<Range<usize>>, bool)> {
        let mut bits = BitCursor::new(group);
        let last = self.count.checked_sub(1)?;
        let (mut first_here, mut last_here) = (0, last);
        if self.count > 1 && bits.flag()? {
            first_here = bits.take(self.number_bits)?;
            last_here = bits.take(self.number_bits)?;
        }
        if first_here > last_here || last_here > last {
            return None;
        }
        let mut at = bits.begun();
        let mut places = Vec::new();
        for _ in first_here..last_here {
            let bytes = group.get(at..at.checked_add(self.size_bytes)?)?;
            let len = bytes.iter().rev().fold(0usize, |len, byte| len << 8 | usize::from(*byte)).checked_add(1)?;
            at = at.checked_add(self.size_bytes)?;
            let end = at.checked_add(len).filter(|end| *end <= group.len())?;
            places.push(at..end);
            at = end;
        }
        if at >= group.len() {
            return None;
        }
        places.push(at..group.len());
        Some((places, last_here == last))
    }
}

/// How one direction is split.
#[derive(Debug, Clone, Copy)]
struct Split {
    log2: u32,
    count: u32,
}

impl Split {
    /// Reads parts of `blocks` blocks, each of at most `most`. Gives the largest too.
    fn read(bits: &mut BitCursor<'_>, blocks: u32, most: u32) -> Option<(Self, u32)> {
        let (mut at, mut count, mut largest) = (0u32, 0u32, 0u32);
        while at < blocks {
            let part = below(bits, blocks.saturating_sub(at).min(most))? + 1;
            largest = largest.max(part);
            at = at.checked_add(part)?;
            count += 1;
        }
        (count <= MOST_TILES).then_some((Self { log2: log2_of(1, count), count }, largest))
    }
}

/// How often `part` must be doubled to reach `whole`.
fn log2_of(part: u32, whole: u32) -> u32 {
    (0..31).find(|log2| u64::from(part) << log2 >= u64::from(whole)).unwrap_or(31)
}

/// A number from `least` to `most`, as so many ones more than the least.
fn increments(bits: &mut BitCursor<'_>, least: u32, most: u32) -> Option<u32> {
    let mut value = least;
    while value < most && bits.flag()? {
        value += 1;
    }
    Some(value)
}

/// How many parts there are of equal size, but the last.
fn uniform(blocks: u32, log2: u32) -> Option<u32> {
    let part = blocks.div_ceil(1 << log2);
    Some(blocks.div_ceil(Some(part).filter(|part| *part > 0)?))
}

/// A number below `count` in as few bits as tell all of them apart (`ns(n)`, 4.10.7).
pub(super) fn below(bits: &mut BitCursor<'_>, count: u32) -> Option<u32> {
    let len = u32::BITS - Some(count).filter(|count| *count > 0)?.leading_zeros();
    let short = (1u64 << len).checked_sub(u64::from(count))?;
    let value = bits.take(len - 1)?;
    if u64::from(value) < short {
        return Some(value);
    }
    let longer = u64::from(value) * 2 + u64::from(bits.take(1)?);
    u32::try_from(longer.checked_sub(short)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_below_a_count_take_few_bits() {
        // Of five: 0, 1 and 2 in two bits, 3 and 4 in three.
        let mut bits = BitCursor::new(&[0b0001_1011, 0b0111_0000]);
        let values: Vec<_> = (0..5).map(|_| below(&mut bits, 5)).collect();
        assert_eq!(values, [0, 1, 2, 3, 4].map(Some));
        assert_eq!(below(&mut BitCursor::new(&[]), 1), Some(0));
        assert_eq!(below(&mut BitCursor::new(&[0xff]), 0), None);
    }

    #[test]
    fn tiles_lie_behind_their_sizes() {
        let tiles = Tiles { count: 3, number_bits: 2, size_bytes: 2 };
        let group = [0x00, 1, 0, 0xaa, 0xaa, 0, 0, 0xbb, 0xcc, 0xcc];
        assert_eq!(tiles.of_group(&group), Some((vec![3..5, 7..8, 8..10], true)));
        // The second alone.
        assert_eq!(tiles.of_group(&[0b1010_1000, 0xbb]), Some((core::iter::once(1..2).collect(), false)));
        assert_eq!(tiles.of_group(&[0b1100_1000, 0xbb]), None, "from the third to the second");
        for len in 0..8 {
            assert_eq!(tiles.of_group(&group[..len]), None, "{len}");
        }
        let one = Tiles { count: 1, number_bits: 0, size_bytes: 0 };
        assert_eq!(one.of_group(&group[..4]), Some((core::iter::once(0..4).collect(), true)));
        assert_eq!(one.of_group(&[]), None);
    }
}
