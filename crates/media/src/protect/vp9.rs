//! What of VP9 is protected: frames behind their uncompressed headers (VP codecs in ISO BMFF, "Common Encryption").

use core::ops::Range;

use super::error::Fault;
use super::ranges::Ranges;
use crate::bits::BitCursor;
use crate::index::BitsExt as _;

/// What a reference is once it was decoded: its width and height.
type Size = (u32, u32);

/// Walks through the samples of a track.
#[derive(Debug, Default)]
pub(super) struct Walk {
    references: [Option<Size>; 8],
}

impl Walk {
    /// Finds the protected ranges of the next sample: a frame, or several with an index behind them, which stays clear.
    pub(super) fn sample(&mut self, sample: &[u8], ranges: &mut Ranges) -> Result<(), Fault> {
        let damaged = Fault::Damaged("a frame header cannot be read");
        for place in frames(sample).ok_or(Fault::Damaged("the index of its frames cannot be read"))? {
            let frame = sample.get(place.clone()).ok_or(damaged)?;
            if frame.is_empty() {
                continue;
            }
            let mut bits = BitCursor::new(frame);
            if self.header(&mut bits).ok_or(damaged)? == Content::Frame {
                ranges.protect(place.start.saturating_add(bits.begun())..place.end)?;
            }
        }
        Ok(())
    }

    /// Reads an uncompressed header (VP9 bitstream specification, 6.2).
    fn header(&mut self, bits: &mut BitCursor<'_>) -> Option<Content> {
        if bits.take(2)? != 2 {
            return None;
        }
        let profile = bits.take(1)? + 2 * bits.take(1)?;
        if profile == 3 {
            bits.flag()?;
        }
        if bits.flag()? {
            bits.skip_bits(3)?;
            return Some(Content::Nothing);
        }
        let is_key = !bits.flag()?;
        let is_shown = bits.flag()?;
        let is_resilient = bits.flag()?;
        let (refreshed, size);
        if is_key {
            sync(bits)?;
            color(bits, profile)?;
            refreshed = 0xff;
            size = frame_size(bits)?;
            render_size(bits)?;
        } else {
            let is_intra = !is_shown && bits.flag()?;
            bits.skip_bits(if is_resilient { 0 } else { 2 })?;
            if is_intra {
                sync(bits)?;
                if profile > 0 {
                    color(bits, profile)?;
                }
                refreshed = bits.take(8)?;
                size = frame_size(bits)?;
                render_size(bits)?;
            } else {
                refreshed = bits.take(8)?;
                size = self.predicted(bits)?;
            }
        }
        bits.skip_bits(if is_resilient { 0 } else { 2 })?;
        bits.skip_bits(2)?;
        loop_filter(bits)?;
        quantization(bits)?;
        segmentation(bits)?;
        tiles(bits, size.0)?;
        let _compressed_header_len = bits.take(16).filter(|len| *len > 0)?;
        for (at, reference) in self.references.iter_mut().enumerate() {
            if refreshed >> at & 1 == 1 {
                *reference = Some(size);
            }
        }
        Some(Content::Frame)
    }

    /// What only frames have that refer to others. Gives the size.
    fn predicted(&self, bits: &mut BitCursor<'_>) -> Option<Size> {
        let mut referred = [None; 3];
        for reference in &mut referred {
            *reference = self.references.get(usize::try_from(bits.take(3)?).ok()?).copied()?;
            bits.flag()?;
        }
        let mut found = None;
        for reference in referred {
            if bits.flag()? {
                found = Some(reference?);
                break;
            }
        }
        let size = match found {
            Some(size) => size,
            None => frame_size(bits)?,
        };
        render_size(bits)?;
        bits.flag()?;
        if !bits.flag()? {
            bits.skip_bits(2)?;
        }
        Some(size)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Frame,
    /// A frame that was decoded before is shown again.
    Nothing,
}

/// Where the frames of a sample lie (annex B).
fn frames(sample: &[u8]) -> Option<Vec<Range<usize>>> {
    let last = *sample.last().unwrap_or(&0);
    let (count, bytes) = (usize::from(last & 7) + 1, usize::from(last >> 3 & 3) + 1);
    let index_len = 2 + count * bytes;
    let index = sample.len().checked_sub(index_len).and_then(|at| sample.get(at..));
    let Some([first, sizes @ .., _]) = index.filter(|_| last >> 5 == 0b110) else {
        return Some(core::iter::once(0..sample.len()).collect());
    };
    if *first != last {
        return Some(core::iter::once(0..sample.len()).collect());
    }
    let media = sample.len().checked_sub(index_len)?;
    let mut at = 0usize;
    sizes
        .chunks(bytes)
        .map(|size| {
            let len = size.iter().rev().fold(0usize, |len, byte| len << 8 | usize::from(*byte));
            let start = at;
            at = start.checked_add(len).filter(|end| *end <= media)?;
            Some(start..at)
        })
        .collect()
}

fn sync(bits: &mut BitCursor<'_>) -> Option<()> {
    bits.take(24).filter(|code| *code == 0x49_8342).map(|_code| ())
}

/// `color_config` (6.2.2).
fn color(bits: &mut BitCursor<'_>, profile: u32) -> Option<()> {
    let has_subsampling = profile % 2 == 1;
    bits.skip_bits(u32::from(profile >= 2))?;
    let is_rgb = bits.take(3)? == 7;
    match (is_rgb, has_subsampling) {
        (true, false) => Some(()),
        (true, true) | (false, false) => bits.skip_bits(1),
        (false, true) => bits.skip_bits(4),
    }
}

fn frame_size(bits: &mut BitCursor<'_>) -> Option<Size> {
    Some((bits.take(16)? + 1, bits.take(16)? + 1))
}

fn render_size(bits: &mut BitCursor<'_>) -> Option<()> {
    let is_different = bits.flag()?;
    bits.skip_bits(if is_different { 32 } else { 0 })
}

/// `loop_filter_params` (6.2.8).
fn loop_filter(bits: &mut BitCursor<'_>) -> Option<()> {
    bits.skip_bits(9)?;
    if bits.flag()? && bits.flag()? {
        for _ in 0..6 {
            if bits.flag()? {
                bits.skip_bits(7)?;
            }
        }
    }
    Some(())
}

/// `quantization_params` (6.2.9).
fn quantization(bits: &mut BitCursor<'_>) -> Option<()> {
    bits.skip_bits(8)?;
    for _ in 0..3 {
        if bits.flag()? {
            bits.skip_bits(5)?;
        }
    }
    Some(())
}

/// `segmentation_params` (6.2.11).
fn segmentation(bits: &mut BitCursor<'_>) -> Option<()> {
    if !bits.flag()? {
        return Some(());
    }
    let probabilities = |bits: &mut BitCursor<'_>, count| {
        for _ in 0..count {
            if bits.flag()? {
                bits.skip_bits(8)?;
            }
        }
        Some(())
    };
    if bits.flag()? {
        probabilities(bits, 7)?;
        if bits.flag()? {
            probabilities(bits, 3)?;
        }
    }
    if bits.flag()? {
        bits.flag()?;
        for _ in 0..8 {
            // Quantizer and loop filter with a sign, a reference, and nothing more than that it is on.
            for len in [9, 7, 2, 0] {
                if bits.flag()? {
                    bits.skip_bits(len)?;
                }
            }
        }
    }
    Some(())
}

/// `tile_info` (6.2.13).
fn tiles(bits: &mut BitCursor<'_>, width: u32) -> Option<()> {
    let blocks = width.div_ceil(64);
    let least = (0..=10).find(|log2| 64u32 << log2 >= blocks)?;
    let most = (1..=16).find(|log2| blocks >> log2 < 4)? - 1;
    for _ in least..most {
        if !bits.flag()? {
            break;
        }
    }
    if bits.flag()? {
        bits.flag()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_by_their_index() {
        let index = [0xc9, 3, 0, 2, 0, 0xc9];
        let whole = [&[0u8; 5][..], &index].concat();
        assert_eq!(frames(&whole), Some(vec![0..3, 3..5]));
        assert_eq!(frames(&whole[1..]), None, "frames that are longer than the sample");
        assert_eq!(
            frames(&whole[..10]).map(|frames| frames.len()),
            Some(1),
            "a byte that looks like the end of an index"
        );
        assert_eq!(frames(&[0xc9]).map(|frames| frames.len()), Some(1));
        assert_eq!(frames(&[]), Some(core::iter::once(0..0).collect()));
    }
}
