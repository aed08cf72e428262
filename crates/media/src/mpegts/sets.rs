//! Decoder configurations from parameter sets (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1).

use crate::index::{AvcSequence, HevcSequence};

/// The most parameter sets of a kind that a configuration holds.
const MAX_SETS: usize = 16;

/// Distinct parameter sets of one kind, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Sets(Vec<Vec<u8>>);

impl Sets {
    pub(super) fn add(&mut self, unit: &[u8]) {
        let fits = u16::try_from(unit.len()).is_ok();
        if fits && self.0.len() < MAX_SETS && !self.0.iter().any(|set| set == unit) {
            self.0.push(unit.to_vec());
        }
    }

    pub(super) fn first(&self) -> Option<&[u8]> {
        self.0.first().map(Vec::as_slice)
    }

    fn write(&self, out: &mut Vec<u8>) {
        for set in &self.0 {
            out.extend_from_slice(&u16::try_from(set.len()).unwrap_or(0).to_be_bytes());
            out.extend_from_slice(set);
        }
    }

    fn count(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(0)
    }
}

/// The body of an `avcC`.
pub(super) fn avc(sequence: &AvcSequence, sequences: &Sets, pictures: &Sets) -> Vec<u8> {
    let mut body = vec![1, sequence.profile, sequence.constraints, sequence.level, 0xff, 0xe0 | sequences.count()];
    sequences.write(&mut body);
    body.push(pictures.count());
    pictures.write(&mut body);
    if !matches!(sequence.profile, 66 | 77 | 88) {
        let depth = |bits: u8| 0xf8 | bits.saturating_sub(8);
        body.extend([0xfc | sequence.chroma_format, depth(sequence.luma_depth), depth(sequence.chroma_depth), 0]);
    }
    body
}

/// The body of an `hvcC`. Sets are video, sequence and picture parameter sets.
pub(super) fn hevc(sequence: &HevcSequence, sets: [&Sets; 3]) -> Vec<u8> {
    let depth = |bits: u8| 0xf8 | bits.saturating_sub(8);
    let mut body = vec![1];
    body.extend_from_slice(&sequence.profile);
    body.extend([0xf0, 0, 0xfc, 0xfc | sequence.chroma_format]);
    body.extend([depth(sequence.luma_depth), depth(sequence.chroma_depth), 0, 0]);
    body.push((sequence.layers & 7) << 3 | u8::from(sequence.nested) << 2 | 3);
    body.push(3);
    for (kind, sets) in (32u8..).zip(sets) {
        body.extend([0x80 | kind, 0, sets.count()]);
        sets.write(&mut body);
    }
    body
}
