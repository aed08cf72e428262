//! What the boxes of a fragment say of each protected sample: `senc`, `saiz` and `saio`.

use super::Scheme;
use super::ranges::Subsample;
use crate::cmaf::write::{full, put16, put32, put64};

/// Collects what is said of the samples of a segment.
pub(super) struct Information {
    scheme: Scheme,
    /// The index of the first sample in the track.
    first: u64,
    /// For each sample its ranges; nothing where it is protected as a whole.
    samples: Vec<Option<Vec<Subsample>>>,
}

/// `senc` has ranges.
const HAS_RANGES: u32 = 2;

impl Information {
    pub(super) fn new(scheme: Scheme, first: u64) -> Self {
        Self { scheme, first, samples: Vec::new() }
    }

    pub(super) fn push(&mut self, ranges: Option<Vec<Subsample>>) {
        self.samples.push(ranges);
    }

    /// Writes the boxes. `moof` is where their `moof` begins.
    ///
    /// `senc` (ISO/IEC 23001-7, 7.2) holds everything, and `saiz` and `saio` (ISO/IEC 14496-12, 8.7.8) say where: for readers
    /// who look for it in the general way. They are left out where there is nothing to find, which is sound under `cbcs`, and
    /// where a sample has more than the 255 bytes that `saiz` can tell, which is one of more than 40 slices or tiles; `senc` has
    /// no such limit.
    pub(super) fn write(&self, out: &mut Vec<u8>, moof: usize) {
        let has_ranges = self.samples.iter().any(Option::is_some);
        let mut sizes = Vec::with_capacity(self.samples.len());
        let mut begins = out.len();
        full(out, *b"senc", 0, if has_ranges { HAS_RANGES } else { 0 }, |out| {
            put32(out, u32::try_from(self.samples.len()).unwrap_or(u32::MAX));
            begins = out.len();
            for (index, ranges) in (self.first..).zip(&self.samples) {
                let before = out.len();
                if self.scheme == Scheme::Cenc {
                    put64(out, index);
                }
                if has_ranges {
                    let ranges = ranges.as_deref().unwrap_or_default();
                    put16(out, u16::try_from(ranges.len()).unwrap_or(u16::MAX));
                    for range in ranges {
                        put16(out, range.clear);
                        put32(out, range.protected);
                    }
                }
                sizes.push(u8::try_from(out.len() - before));
            }
        });
        let sizes: Result<Vec<u8>, _> = sizes.into_iter().collect();
        let Ok(sizes) = sizes else { return };
        let Some(first) = sizes.first().filter(|_| sizes.iter().any(|size| *size > 0)) else { return };
        full(out, *b"saiz", 0, 0, |out| {
            let same = sizes.iter().all(|size| size == first);
            out.push(if same { *first } else { 0 });
            put32(out, u32::try_from(sizes.len()).unwrap_or(u32::MAX));
            if !same {
                out.extend_from_slice(&sizes);
            }
        });
        full(out, *b"saio", 0, 0, |out| {
            put32(out, 1);
            put32(out, u32::try_from(begins.saturating_sub(moof)).unwrap_or(u32::MAX));
        });
    }
}
