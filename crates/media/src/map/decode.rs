//! Reading a map: everything is checked once.

use super::write::{LINE_LEN, Line, MAGIC, PREFIX_LEN};
use super::{MapError, SegmentMap, SegmentSamples, TrackHeader, VERSION, block};
use crate::bits::{Cursor, to_usize};
use crate::mp4::MAX_SAMPLES;
use crate::timing::{Timescale, rescale_len};

/// Times beyond which a map is not believed.
const MAX_TICKS: u64 = 1 << 60;

const fn damaged(what: &'static str) -> MapError {
    MapError::Damaged { what }
}

impl Line {
    pub(super) fn read(line: [u8; LINE_LEN]) -> Option<Self> {
        let mut cursor = Cursor::new(&line);
        Some(Self {
            block: cursor.u32()?,
            samples: cursor.u32()?,
            start: cursor.u64()?.cast_signed(),
            duration: cursor.u64()?,
            decode_time: cursor.u64()?,
            payload: cursor.u64()?,
        })
    }
}

impl SegmentMap {
    /// Takes the bytes of a map and checks all of them: nothing that is asked of the map later can fail on them.
    ///
    /// # Errors
    /// Bytes that are not a map, of another version, or damaged.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, MapError> {
        Self::read(bytes, Blocks::Checked)
    }

    pub(super) fn read(bytes: Vec<u8>, mode: Blocks) -> Result<Self, MapError> {
        let mut cursor = Cursor::new(&bytes);
        if cursor.array() != Some(MAGIC) {
            return Err(MapError::NotAMap);
        }
        match cursor.u32() {
            Some(VERSION) => {}
            Some(found) => return Err(MapError::Version { found }),
            None => return Err(MapError::NotAMap),
        }
        let short = damaged("it is cut short");
        let header_len = to_usize(cursor.u32().ok_or(short)?);
        let segments = cursor.u32().ok_or(short)?;
        let blocks_len = cursor.u64().and_then(|len| usize::try_from(len).ok()).ok_or(short)?;
        let header = cursor.take(header_len).ok_or(short)?;
        let header = TrackHeader::decode(header).ok_or(damaged("its header cannot be read"))?;
        let table_len = to_usize(segments).checked_mul(LINE_LEN).ok_or(short)?;
        let table = cursor.take(table_len).ok_or(short)?;
        let blocks = cursor.take(blocks_len).ok_or(short)?;
        if !cursor.is_empty() {
            return Err(damaged("bytes follow it"));
        }
        let (peak_bitrate, decode_lead) = check(&header, table, blocks, mode)?;
        let table_start = PREFIX_LEN + header_len;
        let table = table_start..table_start + table_len;
        let blocks = table.end..table.end + blocks_len;
        Ok(Self { bytes, header, table, blocks, peak_bitrate, decode_lead })
    }
}

/// Whether the blocks were written a moment ago, or come from anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    Trusted {
        /// As [`SegmentMap::decode_lead`], which is found out of all samples.
        decode_lead: u32,
    },
    Checked,
}

/// Checks every segment against its block and its neighbor. Returns the peak bit rate and the lead of decode times.
fn check(header: &TrackHeader, table: &[u8], blocks: &[u8], mode: Blocks) -> Result<(u64, u32), MapError> {
    let (table, _) = table.as_chunks::<LINE_LEN>();
    let mut next = table.iter().skip(1);
    let mut scratch = SegmentSamples::default();
    let mut cursor = Cursor::new(blocks);
    let mut samples = 0u32;
    let mut peaks = Peaks::new(header);
    let (trusted, mut decode_lead) = match mode {
        Blocks::Trusted { decode_lead } => (true, decode_lead),
        Blocks::Checked => (false, 0),
    };
    for line in table {
        let bad_line = damaged("its table contradicts itself");
        let line = Line::read(*line).ok_or(bad_line)?;
        let following = next.next().and_then(|next| Line::read(*next));
        samples = samples.checked_add(line.samples).filter(|total| *total <= MAX_SAMPLES).ok_or(bad_line)?;
        let here = blocks.len() - cursor.rest().len();
        let sane = line.samples > 0
            && (trusted || to_usize(line.block) == here)
            && line.start.unsigned_abs() <= MAX_TICKS
            && line.duration <= MAX_TICKS
            && line.decode_time <= MAX_TICKS;
        if !sane {
            return Err(bad_line);
        }
        let start_after = line.start.checked_add_unsigned(line.duration);
        if following.is_some_and(|following| Some(following.start) != start_after) {
            return Err(bad_line);
        }
        peaks.add(line.payload, line.duration);
        if trusted {
            continue;
        }
        block::decode(&mut cursor, line.samples, &mut scratch).ok_or(damaged("a segment cannot be read"))?;
        let (mut payload, mut ticks) = (0u64, 0u64);
        for sample in &scratch.samples {
            payload += u64::from(sample.size);
            ticks += u64::from(sample.duration);
            decode_lead = decode_lead.max(sample.decode_lead());
        }
        let decoded = line.decode_time + ticks;
        if payload != line.payload || following.is_some_and(|following| following.decode_time != decoded) {
            return Err(bad_line);
        }
    }
    if samples == 0 || (!trusted && !cursor.is_empty()) {
        return Err(damaged("its table and its segments differ in length"));
    }
    Ok((peaks.highest(), decode_lead))
}

/// The highest bit rate of segments that are long enough to mean something.
struct Peaks {
    scale: Timescale,
    shortest: u64,
    long: u64,
    any: u64,
}

impl Peaks {
    fn new(header: &TrackHeader) -> Self {
        // RFC 8216, 4.3.4.2 leaves out segments shorter than half the target.
        let shortest = rescale_len(u64::from(header.target_ms) / 2, Timescale::MILLIS, header.timescale);
        Self { scale: header.timescale, shortest, long: 0, any: 0 }
    }

    fn add(&mut self, payload: u64, duration: u64) {
        let Some(rate) = bits_per_second(payload, duration, self.scale) else {
            return;
        };
        self.any = self.any.max(rate);
        if duration >= self.shortest {
            self.long = self.long.max(rate);
        }
    }

    fn highest(&self) -> u64 {
        if self.long > 0 { self.long } else { self.any }
    }
}

/// Bits in a second, rounded up. `None` for no time at all.
pub(crate) fn bits_per_second(payload: u64, duration: u64, scale: Timescale) -> Option<u64> {
    let bits = u128::from(payload) * 8 * u128::from(scale.get());
    let rounded_up = bits.checked_add(u128::from(duration).checked_sub(1)?)?.checked_div(u128::from(duration))?;
    u64::try_from(rounded_up).ok()
}
