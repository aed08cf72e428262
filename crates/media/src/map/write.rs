//! Putting a map together.

use super::block::Columns;
use super::decode::Blocks;
use super::{MapError, Sample, SegmentMap, TrackHeader, VERSION};
use crate::bits::len_u64;

/// One line of the segment table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) block: u32,
    pub(super) samples: u32,
    pub(super) start: i64,
    pub(super) duration: u64,
    pub(super) decode_time: u64,
    pub(super) payload: u64,
}

/// Bytes of a [`Line`].
pub(super) const LINE_LEN: usize = 40;

/// Bytes in front of the header.
pub(super) const PREFIX_LEN: usize = 24;

/// What a map begins with.
pub(super) const MAGIC: [u8; 4] = *b"KMAP";

/// Collects segments in order.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) lines: Vec<Line>,
    blocks: Vec<u8>,
    /// As [`SegmentMap::decode_lead`].
    decode_lead: u32,
}

impl Writer {
    /// Adds a segment. Its duration is the caller's to fill in.
    pub(super) fn push(&mut self, columns: &Columns, start: i64, decode_time: u64) -> Result<(), MapError> {
        let too_large = MapError::Damaged { what: "it is larger than a map can be" };
        let block = u32::try_from(self.blocks.len()).map_err(|_overflow| too_large)?;
        columns.encode(&mut self.blocks);
        let samples = columns.samples();
        self.lead(samples.iter().map(Sample::decode_lead).max().unwrap_or(0));
        let payload = samples.iter().map(|sample| u64::from(sample.size)).sum();
        let samples = u32::try_from(samples.len()).map_err(|_overflow| too_large)?;
        self.lines.push(Line { block, samples, start, duration: 0, decode_time, payload });
        Ok(())
    }

    /// Adds a segment whose samples are encoded already.
    pub(super) fn copy(&mut self, block: &[u8], line: Line) -> Result<(), MapError> {
        let at = u32::try_from(self.blocks.len());
        let at = at.map_err(|_overflow| MapError::Damaged { what: "it is larger than a map can be" })?;
        self.blocks.extend_from_slice(block);
        self.lines.push(Line { block: at, ..line });
        Ok(())
    }

    /// Takes the lead of segments that are copied.
    pub(super) fn lead(&mut self, ticks: u32) {
        self.decode_lead = self.decode_lead.max(ticks);
    }

    /// The finished map.
    pub(super) fn finish(&self, header: &TrackHeader) -> Result<SegmentMap, MapError> {
        let mut encoded = Vec::new();
        header.encode(&mut encoded);
        let table_len = self.lines.len().saturating_mul(LINE_LEN);
        let mut bytes = Vec::with_capacity(PREFIX_LEN + encoded.len() + table_len + self.blocks.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        for len in [encoded.len(), self.lines.len()] {
            bytes.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
        }
        bytes.extend_from_slice(&len_u64(self.blocks.len()).to_be_bytes());
        bytes.extend_from_slice(&encoded);
        for line in &self.lines {
            bytes.extend_from_slice(&line.block.to_be_bytes());
            bytes.extend_from_slice(&line.samples.to_be_bytes());
            bytes.extend_from_slice(&line.start.to_be_bytes());
            for value in [line.duration, line.decode_time, line.payload] {
                bytes.extend_from_slice(&value.to_be_bytes());
            }
        }
        bytes.extend_from_slice(&self.blocks);
        SegmentMap::read(bytes, Blocks::Trusted { decode_lead: self.decode_lead })
    }
}
