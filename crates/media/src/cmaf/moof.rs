//! What every fragment has around its track fragment.

use super::write::{boxed, full, put32, put64};
use crate::map::Sample;

/// Flags of a sample that decoding can begin with, and of any other (ISO/IEC 14496-12, 8.8.3.1).
pub(crate) const SYNC: u32 = 0x0200_0000;
const NON_SYNC: u32 = 0x0101_0000;

/// Adds the `moof` of a fragment and the header of the `mdat` behind it, which holds so many bytes.
///
/// `traf` writes the boxes of the `traf` and returns where the data offset of its run is to be filled in.
pub(crate) fn moof(out: &mut Vec<u8>, number: u32, payload_len: u64, traf: impl FnOnce(&mut Vec<u8>) -> usize) {
    let begin = out.len();
    let (mdat_header_len, mdat_size) = match u32::try_from(payload_len.saturating_add(8)) {
        Ok(size) => (8, Some(size)),
        Err(_) => (16, None),
    };
    let mut data_offset = None;
    boxed(out, *b"moof", |out| {
        full(out, *b"mfhd", 0, 0, |out| put32(out, number));
        boxed(out, *b"traf", |out| {
            data_offset = Some(traf(out));
        });
    });
    let len = u32::try_from(out.len() - begin).unwrap_or(u32::MAX);
    if let Some(field) = data_offset.and_then(|at| out.get_mut(at..)).and_then(|rest| rest.first_chunk_mut::<4>()) {
        *field = len.saturating_add(mdat_header_len).to_be_bytes();
    }
    put32(out, mdat_size.unwrap_or(1));
    out.extend_from_slice(b"mdat");
    if mdat_size.is_none() {
        put64(out, payload_len.saturating_add(16));
    }
}

/// What the samples of a fragment say of whether decoding can begin with them.
pub(crate) enum Flags {
    /// All the same.
    Same(u32),
    /// The first is a sync sample, the others are not.
    FirstSync,
    /// Each something of its own.
    Each,
}

impl Flags {
    pub(crate) fn of(samples: &[Sample]) -> Self {
        match samples.split_first() {
            Some((first, rest)) if rest.iter().all(|sample| sample.sync == first.sync) => Self::Same(flags_of(first)),
            Some((first, rest)) if first.sync && rest.iter().all(|sample| !sample.sync) => Self::FirstSync,
            _ => Self::Each,
        }
    }

    /// What the `tfhd` says of samples of which the run says nothing.
    pub(crate) fn default(&self) -> u32 {
        match self {
            Self::Same(flags) => *flags,
            Self::FirstSync | Self::Each => NON_SYNC,
        }
    }

    /// Which fields they take in the run.
    pub(crate) fn fields(&self) -> u32 {
        match self {
            Self::Same(_) => 0,
            Self::FirstSync => 0x4,
            Self::Each => 0x400,
        }
    }
}

pub(crate) fn flags_of(sample: &Sample) -> u32 {
    if sample.sync { SYNC } else { NON_SYNC }
}
