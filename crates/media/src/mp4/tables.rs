//! The sample tables of a track as borrowed slices, their counts checked against the bytes really there.

use super::boxes::Atom;
use crate::bits::to_usize;
use crate::error::{FourCc, Mp4Error};

/// The most samples a track may have: a day of sound at 48 kHz, or of picture at 90 frames a second.
pub const MAX_SAMPLES: u32 = 8 << 20;

/// The most samples all tracks of a file may have together.
pub const MAX_SAMPLES_OF_ALL_TRACKS: u64 = 24 << 20;

/// Sizes of samples (`stsz`, `stz2`).
#[derive(Debug, Clone, Copy)]
pub(super) enum Sizes<'a> {
    Uniform(u32),
    Words(&'a [[u8; 4]]),
    Halves(&'a [[u8; 2]]),
    Bytes(&'a [u8]),
    Nibbles(&'a [u8]),
}

impl Sizes<'_> {
    pub(super) fn get(&self, sample: u32) -> Option<u32> {
        let at = to_usize(sample);
        match self {
            Self::Uniform(size) => Some(*size),
            Self::Words(words) => words.get(at).map(|word| u32::from_be_bytes(*word)),
            Self::Halves(halves) => halves.get(at).map(|half| u32::from(u16::from_be_bytes(*half))),
            Self::Bytes(bytes) => bytes.get(at).map(|byte| u32::from(*byte)),
            Self::Nibbles(bytes) => bytes.get(at / 2).map(|byte| {
                let nibble = if at.is_multiple_of(2) { byte >> 4 } else { byte & 0xf };
                u32::from(nibble)
            }),
        }
    }
}

/// Offsets of chunks (`stco`, `co64`).
#[derive(Debug, Clone, Copy)]
pub(super) enum Chunks<'a> {
    Short(&'a [[u8; 4]]),
    Long(&'a [[u8; 8]]),
}

impl Chunks<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Short(chunks) => chunks.len(),
            Self::Long(chunks) => chunks.len(),
        }
    }

    pub(super) fn get(&self, chunk: usize) -> Option<u64> {
        match self {
            Self::Short(chunks) => chunks.get(chunk).map(|offset| u64::from(u32::from_be_bytes(*offset))),
            Self::Long(chunks) => chunks.get(chunk).map(|offset| u64::from_be_bytes(*offset)),
        }
    }
}

/// The tables of one track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SampleTables<'a> {
    pub(super) track: u32,
    /// Where the `stbl` begins, for errors.
    pub(super) offset: u64,
    pub(super) count: u32,
    pub(super) sizes: Sizes<'a>,
    /// (count, delta)
    pub(super) times: &'a [[u8; 8]],
    /// (count, offset); empty where all are zero.
    pub(super) compositions: &'a [[u8; 8]],
    /// Numbers of sync samples from 1; `None` where all are.
    pub(super) syncs: Option<&'a [[u8; 4]]>,
    /// (first chunk, samples per chunk, sample entry)
    pub(super) layout: &'a [[u8; 12]],
    pub(super) chunks: Chunks<'a>,
    /// Which entry of the `stsd`, from 1, all samples use.
    pub(super) entry: u32,
}

/// The entries of a table box: `count`, then that many records.
fn records<'a, const N: usize>(atom: &Atom<'a>) -> Result<&'a [[u8; N]], Mp4Error> {
    let (_, _, mut cursor) = atom.full()?;
    let count = cursor.u32().ok_or_else(|| atom.malformed("is too short"))?;
    let (records, _) = cursor.rest().as_chunks::<N>();
    records.get(..to_usize(count)).ok_or_else(|| atom.malformed("counts more entries than it holds"))
}

fn sizes<'a>(stbl: &Atom<'a>) -> Result<(u32, Sizes<'a>), Mp4Error> {
    let short = |atom: &Atom<'_>| atom.malformed("is too short");
    let lies = |atom: &Atom<'_>| atom.malformed("counts more samples than it holds sizes");
    if let Some(atom) = stbl.child(*b"stsz")? {
        let (_, _, mut cursor) = atom.full()?;
        let uniform = cursor.u32().ok_or_else(|| short(&atom))?;
        let count = cursor.u32().ok_or_else(|| short(&atom))?;
        if uniform != 0 {
            return Ok((count, Sizes::Uniform(uniform)));
        }
        let words = cursor.rest().as_chunks().0.get(..to_usize(count)).ok_or_else(|| lies(&atom))?;
        return Ok((count, Sizes::Words(words)));
    }
    let atom = stbl.required(*b"stz2", "has no sizes of samples (stsz)")?;
    let (_, _, mut cursor) = atom.full()?;
    let field = cursor.u32().ok_or_else(|| short(&atom))? & 0xff;
    let count = cursor.u32().ok_or_else(|| short(&atom))?;
    let len = to_usize(count);
    let sizes = match field {
        16 => cursor.rest().as_chunks().0.get(..len).map(Sizes::Halves),
        8 => cursor.rest().get(..len).map(Sizes::Bytes),
        4 => cursor.rest().get(..len.div_ceil(2)).map(Sizes::Nibbles),
        _ => return Err(atom.malformed("has sizes of an unknown width")),
    };
    Ok((count, sizes.ok_or_else(|| lies(&atom))?))
}

impl<'a> SampleTables<'a> {
    /// Reads the tables of an `stbl`. Nothing is allocated and nothing but counts is checked: that is
    /// [`SampleTables::survey`](super::sampling).
    pub(super) fn parse(stbl: &Atom<'a>, track: u32) -> Result<Self, Mp4Error> {
        let (count, sizes) = sizes(stbl)?;
        if count > MAX_SAMPLES {
            return Err(Mp4Error::LimitExceeded { what: "samples in one track", limit: u64::from(MAX_SAMPLES) });
        }
        let table = |name: [u8; 4]| stbl.child(name);
        let times = table(*b"stts")?.map(|atom| records(&atom)).transpose()?.unwrap_or_default();
        let compositions = table(*b"ctts")?.map(|atom| records(&atom)).transpose()?.unwrap_or_default();
        let syncs = table(*b"stss")?.map(|atom| records(&atom)).transpose()?;
        let layout = table(*b"stsc")?.map(|atom| records(&atom)).transpose()?.unwrap_or_default();
        let chunks = if let Some(atom) = table(*b"stco")? {
            Chunks::Short(records(&atom)?)
        } else if let Some(atom) = table(*b"co64")? {
            Chunks::Long(records(&atom)?)
        } else {
            Chunks::Short(&[])
        };
        let mut tables =
            Self { track, offset: stbl.offset, count, sizes, times, compositions, syncs, layout, chunks, entry: 1 };
        tables.entry = tables.used_entry()?;
        Ok(tables)
    }

    pub(super) fn malformed(&self, name: [u8; 4], why: &'static str) -> Mp4Error {
        Mp4Error::Malformed { name: FourCc(name), offset: self.offset, why }
    }

    /// The one sample entry that chunks use. Entries of the layout that begin behind the last chunk do not count.
    fn used_entry(&self) -> Result<u32, Mp4Error> {
        let mut used = None;
        let mut last_first = 0;
        for &[a, b, c, d, _, _, _, _, e, f, g, h] in self.layout {
            let first = u32::from_be_bytes([a, b, c, d]);
            let entry = u32::from_be_bytes([e, f, g, h]);
            if first <= last_first || (last_first == 0 && first != 1) {
                return Err(self.malformed(*b"stsc", "names its chunks out of order"));
            }
            last_first = first;
            if to_usize(first) > self.chunks.len() {
                break;
            }
            if used.is_some_and(|used| used != entry) {
                return Err(Mp4Error::SeveralSampleEntries { track: self.track });
            }
            used = Some(entry);
        }
        Ok(used.unwrap_or(1))
    }
}
