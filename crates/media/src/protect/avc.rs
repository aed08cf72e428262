//! What of H.264 is protected: slices behind their headers (ISO/IEC 23001-7, 9.5.2.2 and 10.4.2).
//!
//! A decoder that protects its pictures reads slice headers before anything is decrypted, and players of Apple take the
//! protected range from the header alone, whatever the boxes say. So the header is read to its last bit: no more of the slice stays
//! clear than the byte that it ends in.

use core::ops::Range;
use std::collections::BTreeMap;

use super::error::Fault;
use super::ranges::Ranges;
use super::rbsp::Rbsp;
use super::units::units;
use crate::bits::{Bits as _, Cursor};
use crate::index::{AvcOrder, AvcSequence, BitsExt as _, Golomb as _};

/// Types of units (Rec. ITU-T H.264, table 7-1).
mod unit {
    pub(super) const SLICE: u8 = 1;
    pub(super) const PARTITION_A: u8 = 2;
    pub(super) const PARTITION_C: u8 = 4;
    pub(super) const KEY_SLICE: u8 = 5;
    pub(super) const SEQUENCE: u8 = 7;
    pub(super) const PICTURE: u8 = 8;
    pub(super) const AUXILIARY: u8 = 19;
    pub(super) const EXTENSION: u8 = 20;
    pub(super) const DEPTH: u8 = 21;
}

/// Walks through the samples of a track.
#[derive(Debug)]
pub(crate) struct Walk {
    length_size: usize,
    sets: Sets,
}

/// The parameter sets that were seen last.
#[derive(Debug, Default)]
struct Sets {
    sequences: BTreeMap<u8, AvcSequence>,
    pictures: BTreeMap<u32, Picture>,
}

impl Walk {
    /// A walk that begins with what an `avcC` says.
    pub(crate) fn new(config: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(config);
        cursor.skip(4)?;
        let length_size = usize::from(cursor.u8()? & 3) + 1;
        let mut sets = Sets::default();
        for mask in [0x1f, 0xff] {
            for _ in 0..cursor.u8()? & mask {
                let len = cursor.u16()?;
                sets.read(cursor.take(usize::from(len))?);
            }
        }
        Some(Self { length_size, sets })
    }

    /// Finds the protected ranges of the next sample.
    pub(super) fn sample(&mut self, sample: &[u8], ranges: &mut Ranges) -> Result<(), Fault> {
        for placed in units(sample, self.length_size) {
            let (bytes, place) = placed?;
            match bytes.first().map_or(0, |header| header & 0x1f) {
                unit::SLICE | unit::KEY_SLICE => {
                    let header =
                        self.sets.slice_header(bytes).ok_or(Fault::Damaged("a slice header cannot be read"))?;
                    ranges.protect(place.start.saturating_add(header.len)..place.end)?;
                }
                unit::SEQUENCE | unit::PICTURE => self.sets.read(bytes),
                unit::PARTITION_A..=unit::PARTITION_C => return Err(Fault::Unprotectable("its slices are in parts")),
                unit::AUXILIARY => return Err(Fault::Unprotectable("it has an auxiliary picture")),
                unit::EXTENSION | unit::DEPTH => return Err(Fault::Unprotectable("it has further views or layers")),
                _ => {}
            }
        }
        Ok(())
    }

    /// The slices of the next sample that tell the lowest bits of the order of their picture. `None` where one cannot be read,
    /// or tells no such bits.
    pub(crate) fn orders(&mut self, sample: &[u8]) -> Option<Vec<Ordered>> {
        let mut all = Vec::new();
        for placed in units(sample, self.length_size) {
            let (bytes, place) = placed.ok()?;
            match bytes.first().map_or(0, |header| header & 0x1f) {
                kind @ (unit::SLICE | unit::KEY_SLICE) => {
                    let (mut bits, count) = self.sets.slice_header(bytes)?.low?;
                    let mut value = 0;
                    let mut low = Vec::with_capacity(count.into());
                    for _ in 0..count {
                        value = value << 1 | bits.take(1)?;
                        low.push(bits.place());
                    }
                    all.push(Ordered { unit: place, is_key: kind == unit::KEY_SLICE, low, value });
                }
                unit::SEQUENCE | unit::PICTURE => self.sets.read(bytes),
                unit::PARTITION_A..=unit::PARTITION_C => return None,
                _ => {}
            }
        }
        Some(all)
    }
}

/// A slice that tells the lowest bits of the order of its picture (`pic_order_cnt_lsb`).
#[derive(Debug)]
pub(crate) struct Ordered {
    /// Where its unit lies in the sample.
    pub(crate) unit: Range<usize>,
    /// Whether it is of a picture with which the order begins anew.
    pub(crate) is_key: bool,
    /// Where the bits are, highest first: the byte of the unit, and how many bits of it come behind.
    pub(crate) low: Vec<(usize, u32)>,
    /// The number that they make.
    pub(crate) value: u32,
}

/// The beginning of a slice.
struct SliceHeader<'a> {
    /// Bytes of its unit up to the end.
    len: usize,
    /// Where it tells the lowest bits of the order of its picture, and how many.
    low: Option<(Rbsp<'a>, u8)>,
}

impl Sets {
    /// Keeps a parameter set. One that cannot be read is missed when a slice names it.
    fn read(&mut self, bytes: &[u8]) {
        match bytes.first().map_or(0, |header| header & 0x1f) {
            unit::SEQUENCE => {
                self.sequences.extend(AvcSequence::parse(bytes).map(|sequence| (sequence.id, sequence)));
            }
            unit::PICTURE => self.pictures.extend(Picture::parse(bytes)),
            _ => {}
        }
    }

    /// Reads the header of a slice (7.3.3).
    fn slice_header<'a>(&self, bytes: &'a [u8]) -> Option<SliceHeader<'a>> {
        let header = *bytes.first()?;
        let (is_key, is_reference) = (header & 0x1f == unit::KEY_SLICE, header & 0x60 != 0);
        let mut bits = Rbsp::new(bytes);
        bits.skip_bits(8)?;
        let _first_macroblock = bits.ue()?;
        let kind = SliceKind::of(bits.ue()?)?;
        let picture = self.pictures.get(&bits.ue()?)?;
        let sequence = self.sequences.get(&picture.sequence)?;
        if sequence.separate {
            bits.skip_bits(2)?;
        }
        bits.skip_bits(sequence.frame_num.into())?;
        let is_field = !sequence.frames_only && bits.flag()?;
        if is_field {
            bits.flag()?;
        }
        if is_key {
            bits.ue()?;
        }
        let has_bottom = picture.has_bottom_order && !is_field;
        let mut low = None;
        match sequence.order {
            AvcOrder::Low(count) => {
                low = Some((bits.clone(), count));
                bits.skip_bits(count.into())?;
                if has_bottom {
                    bits.se()?;
                }
            }
            AvcOrder::Expected => {
                bits.se()?;
                if has_bottom {
                    bits.se()?;
                }
            }
            AvcOrder::Silent => {}
        }
        if picture.has_redundant {
            bits.ue()?;
        }
        let mut references = picture.references;
        if kind == SliceKind::B {
            bits.flag()?;
        }
        if matches!(kind, SliceKind::P | SliceKind::Sp | SliceKind::B) {
            if bits.flag()? {
                references.0 = bits.ue()?.checked_add(1)?;
                if kind == SliceKind::B {
                    references.1 = bits.ue()?.checked_add(1)?;
                }
            }
            if references.0 > 32 || references.1 > 32 {
                return None;
            }
            modification(&mut bits)?;
            if kind == SliceKind::B {
                modification(&mut bits)?;
            }
        }
        let lists: &[u32] = match kind {
            SliceKind::P | SliceKind::Sp if picture.weighted => &[references.0],
            SliceKind::B if picture.weights_both => &[references.0, references.1],
            _ => &[],
        };
        if !lists.is_empty() {
            let has_color = !sequence.separate && sequence.chroma_format != 0;
            weights(&mut bits, lists, has_color)?;
        }
        if is_reference {
            marking(&mut bits, is_key)?;
        }
        if picture.is_arithmetic && !matches!(kind, SliceKind::I | SliceKind::Si) {
            bits.ue()?;
        }
        bits.se()?;
        if matches!(kind, SliceKind::Sp | SliceKind::Si) {
            if kind == SliceKind::Sp {
                bits.flag()?;
            }
            bits.se()?;
        }
        if picture.controls_deblocking && bits.ue()? != 1 {
            bits.se()?;
            bits.se()?;
        }
        Some(SliceHeader { len: bits.begun(), low })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SliceKind {
    P,
    B,
    I,
    Sp,
    Si,
}

impl SliceKind {
    fn of(code: u32) -> Option<Self> {
        [Self::P, Self::B, Self::I, Self::Sp, Self::Si].get(usize::try_from(code).ok()?.checked_rem(5)?).copied()
    }
}

/// `ref_pic_list_modification` of one list (7.3.3.1).
fn modification(bits: &mut Rbsp<'_>) -> Option<()> {
    if !bits.flag()? {
        return Some(());
    }
    while bits.ue()? != 3 {
        bits.ue()?;
    }
    Some(())
}

/// `pred_weight_table` (7.3.3.2).
fn weights(bits: &mut Rbsp<'_>, lists: &[u32], has_color: bool) -> Option<()> {
    bits.ue()?;
    if has_color {
        bits.ue()?;
    }
    for references in lists {
        for _ in 0..*references {
            if bits.flag()? {
                bits.se()?;
                bits.se()?;
            }
            if has_color && bits.flag()? {
                for _ in 0..4 {
                    bits.se()?;
                }
            }
        }
    }
    Some(())
}

/// `dec_ref_pic_marking` (7.3.3.3).
fn marking(bits: &mut Rbsp<'_>, is_key: bool) -> Option<()> {
    if is_key {
        return bits.skip_bits(2);
    }
    if !bits.flag()? {
        return Some(());
    }
    loop {
        match bits.ue()? {
            0 => return Some(()),
            3 => {
                bits.ue()?;
                bits.ue()?;
            }
            5 => {}
            _ => {
                bits.ue()?;
            }
        }
    }
}

/// What slice headers depend on in a picture parameter set (7.3.2.2).
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the bitstream")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Picture {
    /// The sequence parameter set.
    sequence: u8,
    /// Whether entropy coding is arithmetic.
    is_arithmetic: bool,
    has_bottom_order: bool,
    /// How many pictures each list has, unless a slice says.
    references: (u32, u32),
    weighted: bool,
    /// Whether pictures that refer to both lists have explicit weights.
    weights_both: bool,
    controls_deblocking: bool,
    has_redundant: bool,
}

impl Picture {
    /// Reads a unit, with its header. Gives its number too. `None` also for pictures in slice groups, which no browser
    /// shows.
    fn parse(bytes: &[u8]) -> Option<(u32, Self)> {
        let mut bits = Rbsp::new(bytes);
        bits.skip_bits(8)?;
        let id = bits.ue().filter(|id| *id <= 255)?;
        let sequence = u8::try_from(bits.ue()?).ok()?;
        let is_arithmetic = bits.flag()?;
        let has_bottom_order = bits.flag()?;
        if bits.ue()? > 0 {
            return None;
        }
        let references = (bits.ue()?.checked_add(1)?, bits.ue()?.checked_add(1)?);
        let weighted = bits.flag()?;
        let weights_both = bits.take(2)? == 1;
        for _ in 0..3 {
            bits.se()?;
        }
        let controls_deblocking = bits.flag()?;
        bits.flag()?;
        let has_redundant = bits.flag()?;
        let picture = Self {
            sequence,
            is_arithmetic,
            has_bottom_order,
            references,
            weighted,
            weights_both,
            controls_deblocking,
            has_redundant,
        };
        Some((id, picture))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protect::Scheme;

    /// 1280x720 in frames, order by its lowest bits; arithmetic coding, deblocking controlled.
    const SEQUENCE: &[u8] =
        b"\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03\x03\x20\xf1\x83\x19\x60";
    const PICTURE: &[u8] = b"\x68\xeb\xe3\xcb\x22\xc0";

    fn config() -> Vec<u8> {
        let unit = |unit: &[u8]| [&u16::try_from(unit.len()).unwrap().to_be_bytes()[..], unit].concat();
        [&b"\x01\x64\x00\x1f\xff\xe1"[..], &unit(SEQUENCE), b"\x01", &unit(PICTURE)].concat()
    }

    fn walk(sample: &[u8]) -> Result<Vec<(u16, u32)>, Fault> {
        let mut ranges = Ranges::new(Scheme::Cbcs);
        Walk::new(&config()).unwrap().sample(sample, &mut ranges)?;
        Ok(ranges.finish(sample.len())?.iter().map(|entry| (entry.clear, entry.protected)).collect())
    }

    fn sample(units: &[&[u8]]) -> Vec<u8> {
        let unit = |unit: &&[u8]| [&u32::try_from(unit.len()).unwrap().to_be_bytes()[..], unit].concat();
        units.iter().flat_map(unit).collect()
    }

    #[test]
    fn units_that_are_no_slices_stay_clear() {
        let sample = sample(&[b"\x09\xf0", SEQUENCE, PICTURE, b"\x06\x05\x01\x80\x80", b""]);
        assert_eq!(walk(&sample), Ok(vec![(u16::try_from(sample.len()).unwrap(), 0)]));
    }

    #[test]
    fn a_slice_is_protected_behind_its_header() {
        // First macroblock 0, type 7 (I), set 0, frame number in 4 bits, key 0, order in 6 bits, marking in 2 bits, quality 0,
        // deblocking 0, 0 and 0; the rest of the last byte is slice data already.
        let header = [0x65, 0b1000_1000, 0b1000_0100, 0b0000_0011, 0b1101_0101];
        let slice = [&header[..], &[0xaa; 40]].concat();
        assert_eq!(walk(&sample(&[&slice])), Ok(vec![(9, 40)]));
        let two = sample(&[b"\x06\x05", &slice, &slice]);
        assert_eq!(walk(&two), Ok(vec![(15, 40), (9, 40)]));
    }

    #[test]
    fn what_cannot_be_protected_is_refused() {
        for (first, is_damaged) in
            [(0x02, false), (0x04, false), (0x13, false), (0x74, false), (0x75, false), (0x65, true)]
        {
            let fault = walk(&sample(&[&[first, 0xff]])).unwrap_err();
            assert_eq!(matches!(fault, Fault::Damaged(_)), is_damaged, "{first:x}: {fault:?}");
        }
        // A slice of a set that nobody sent.
        assert!(matches!(walk(&sample(&[&[0x65, 0b1000_1000, 0b0100_0000, 0, 0, 0]])), Err(Fault::Damaged(_))));
        assert!(matches!(walk(b"\0\0\0\x09\x65"), Err(Fault::Damaged(_))));
        for len in 0..config().len() {
            assert!(Walk::new(&config()[..len]).is_none(), "{len}");
        }
    }
}
