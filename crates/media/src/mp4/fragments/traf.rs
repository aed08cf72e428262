//! One track fragment (`traf`).

use crate::bits::Cursor;
use crate::error::Mp4Error;
use crate::map::IndexedSample;
use crate::mp4::boxes::Atom;

/// What samples are where a fragment does not say: `trex`, then `tfhd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Defaults {
    pub(super) entry: u32,
    pub(super) duration: u32,
    pub(super) size: u32,
    pub(super) flags: u32,
}

/// A flag of a sample: decoding cannot begin with it (`sample_is_non_sync_sample`).
const NON_SYNC: u32 = 0x0001_0000;

/// A `tfhd` (ISO/IEC 14496-12, 8.8.7).
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) track: u32,
    /// `None`: it follows from the `moof` and the fragments in front.
    pub(super) base: Option<u64>,
    /// Offsets count from the `moof`.
    pub(super) from_moof: bool,
    entry: Option<u32>,
    duration: Option<u32>,
    size: Option<u32>,
    flags: Option<u32>,
}

impl Header {
    pub(super) fn parse(traf: &Atom<'_>) -> Result<Self, Mp4Error> {
        let tfhd = traf.required(*b"tfhd", "has no header (tfhd)")?;
        let (_, flags, mut cursor) = tfhd.full()?;
        let mut read = || {
            let track = cursor.u32()?;
            let base = if flags & 0x1 == 0 { None } else { Some(cursor.u64()?) };
            let mut optional = |flag| if flags & flag == 0 { Some(None) } else { cursor.u32().map(Some) };
            let (entry, duration) = (optional(0x2)?, optional(0x8)?);
            let (size, sample_flags) = (optional(0x10)?, optional(0x20)?);
            let from_moof = flags & 0x02_0000 != 0;
            Some(Self { track, base, from_moof, entry, duration, size, flags: sample_flags })
        };
        read().ok_or_else(|| tfhd.malformed("is too short"))
    }

    pub(super) fn defaults(&self, track: Defaults) -> Defaults {
        Defaults {
            entry: self.entry.unwrap_or(track.entry),
            duration: self.duration.unwrap_or(track.duration),
            size: self.size.unwrap_or(track.size),
            flags: self.flags.unwrap_or(track.flags),
        }
    }
}

/// The decode time of a `tfdt`, where there is one.
pub(super) fn decode_time(traf: &Atom<'_>) -> Result<Option<i64>, Mp4Error> {
    let Some(tfdt) = traf.child(*b"tfdt")? else {
        return Ok(None);
    };
    let (version, _, mut cursor) = tfdt.full()?;
    let time = if version == 1 { cursor.u64() } else { cursor.u32().map(u64::from) };
    let time = time.ok_or_else(|| tfdt.malformed("is too short"))?;
    let time = i64::try_from(time).ok().filter(|time| *time < 1 << 56);
    time.map(Some).ok_or_else(|| tfdt.malformed("has an impossible time"))
}

/// Where the next sample lies, in bytes and in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    /// What offsets of runs count from.
    pub(super) base: u64,
    /// Where the last run ended.
    pub(super) offset: u64,
    pub(super) decode: i64,
}

/// One sample and how long it lasts.
pub(super) type Lasting = (IndexedSample, u32);

/// Reads a `trun` (8.8.8), which may hold `left` samples at most. Moves the position behind it.
pub(super) fn run(
    trun: &Atom<'_>,
    defaults: Defaults,
    position: &mut Position,
    left: u32,
    out: &mut Vec<Lasting>,
) -> Result<(), Mp4Error> {
    let (_, flags, mut cursor) = trun.full()?;
    let short = || trun.malformed("is shorter than its samples");
    let impossible = || trun.malformed("has an impossible offset");
    let count = cursor.u32().ok_or_else(short)?;
    if count > left {
        let limit = u64::from(super::runs::MAX_MOOF_SAMPLES);
        return Err(Mp4Error::LimitExceeded { what: "samples in one fragment", limit });
    }
    if flags & 0x200 == 0 && defaults.size == 0 && count > 1 {
        // They would cost the file nothing and us memory.
        return Err(trun.malformed("has samples without a size"));
    }
    if flags & 0x1 != 0 {
        let from_base = i64::from(cursor.u32().ok_or_else(short)?.cast_signed());
        position.offset = position.base.checked_add_signed(from_base).ok_or_else(impossible)?;
    }
    let mut first_flags = if flags & 0x4 == 0 { None } else { Some(cursor.u32().ok_or_else(short)?) };
    let field = |cursor: &mut Cursor<'_>, flag: u32, default: u32| {
        if flags & flag == 0 { Some(default) } else { cursor.u32() }
    };
    for _ in 0..count {
        let mut read = || {
            let duration = field(&mut cursor, 0x100, defaults.duration)?;
            let size = field(&mut cursor, 0x200, defaults.size)?;
            let own_flags = field(&mut cursor, 0x400, first_flags.take().unwrap_or(defaults.flags))?;
            // Writers put negative offsets into version 0 too.
            let composition = field(&mut cursor, 0x800, 0)?.cast_signed();
            Some((duration, size, own_flags, composition))
        };
        let (duration, size, own_flags, composition) = read().ok_or_else(short)?;
        let sync = own_flags & NON_SYNC == 0;
        let (offset, dts) = (position.offset, position.decode);
        let pts = dts.saturating_add(i64::from(composition));
        out.push((IndexedSample { offset, size, dts, pts, sync }, duration));
        position.offset = offset.checked_add(u64::from(size)).ok_or_else(impossible)?;
        position.decode = dts.saturating_add(i64::from(duration));
    }
    Ok(())
}
