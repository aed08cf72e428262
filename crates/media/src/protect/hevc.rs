//! What of HEVC is protected: slice segments behind their headers, as of H.264 (see [`super::avc`]).

use std::collections::BTreeMap;

use super::error::Fault;
use super::hevc_sets::{Picture, RefSet, Sequence};
use super::ranges::Ranges;
use super::rbsp::{Rbsp, bits_below};
use super::units::units;
use crate::bits::{Bits as _, Cursor};
use crate::index::{BitsExt as _, Golomb as _};

/// Types of units (Rec. ITU-T H.265, table 7-1).
mod unit {
    /// The last of the slice segments that are not reserved; between them and those of key pictures are reserved ones.
    pub(super) const LAST_SLICE: u8 = 9;
    pub(super) const FIRST_KEY: u8 = 16;
    pub(super) const KEY_WITH_LEADING: u8 = 19;
    pub(super) const KEY_ALONE: u8 = 20;
    pub(super) const LAST_KEY: u8 = 21;
    pub(super) const LAST_RESERVED_KEY: u8 = 23;
    pub(super) const SEQUENCE: u8 = 33;
    pub(super) const PICTURE: u8 = 34;
}

/// `general_profile_idc` of the profiles of screen content.
const SCREEN_CONTENT: [u8; 2] = [9, 11];

/// Walks through the samples of a track.
#[derive(Debug)]
pub(super) struct Walk {
    length_size: usize,
    sets: Sets,
}

/// The parameter sets that were seen last.
#[derive(Debug, Default)]
struct Sets {
    sequences: BTreeMap<u32, Sequence>,
    pictures: BTreeMap<u32, Picture>,
}

fn kind_of(bytes: &[u8]) -> u8 {
    bytes.first().map_or(u8::MAX, |header| header >> 1 & 0x3f)
}

/// The layer of a unit (`nuh_layer_id`); 0 is what every decoder takes.
fn layer_of(bytes: &[u8]) -> u8 {
    bytes.first_chunk::<2>().map_or(0, |[first, second]| (first & 1) << 5 | second >> 3)
}

impl Walk {
    /// A walk that begins with what an `hvcC` says. `None` for the profiles of screen content as well, whose slice headers
    /// have more: browsers take none of them.
    pub(super) fn new(config: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(config);
        cursor.skip(1)?;
        if SCREEN_CONTENT.contains(&(cursor.u8()? & 0x1f)) {
            return None;
        }
        cursor.skip(19)?;
        let length_size = usize::from(cursor.u8()? & 3) + 1;
        let mut sets = Sets::default();
        for _ in 0..cursor.u8()? {
            cursor.skip(1)?;
            for _ in 0..cursor.u16()? {
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
            match kind_of(bytes) {
                0..=unit::LAST_SLICE | unit::FIRST_KEY..=unit::LAST_KEY => {
                    if layer_of(bytes) > 0 {
                        return Err(Fault::Unprotectable("it has further views or layers"));
                    }
                    let header =
                        self.sets.slice_header(bytes).ok_or(Fault::Damaged("a slice header cannot be read"))?;
                    ranges.protect(place.start.saturating_add(header)..place.end)?;
                }
                unit::SEQUENCE | unit::PICTURE => self.sets.read(bytes),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Sets {
    /// Keeps a parameter set. One that cannot be read is missed when a slice names it.
    fn read(&mut self, bytes: &[u8]) {
        match (kind_of(bytes), layer_of(bytes)) {
            (unit::SEQUENCE, 0) => self.sequences.extend(Sequence::parse(bytes)),
            (unit::PICTURE, 0) => self.pictures.extend(Picture::parse(bytes)),
            _ => {}
        }
    }

    /// Bytes of the unit up to the end of its slice segment header, with the bits that align what follows (7.3.6.1).
    fn slice_header(&self, bytes: &[u8]) -> Option<usize> {
        let kind = kind_of(bytes);
        let mut bits = Rbsp::new(bytes);
        bits.skip_bits(16)?;
        let is_first = bits.flag()?;
        if (unit::FIRST_KEY..=unit::LAST_RESERVED_KEY).contains(&kind) {
            bits.flag()?;
        }
        let picture = self.pictures.get(&bits.ue()?)?;
        let sequence = self.sequences.get(&picture.sequence)?;
        let mut is_dependent = false;
        if !is_first {
            is_dependent = picture.has_dependent && bits.flag()?;
            bits.skip_bits(bits_below(sequence.blocks))?;
        }
        if !is_dependent {
            own_header(&mut bits, kind, sequence, picture)?;
        }
        if picture.has_entry_points {
            let count = bits.ue()?;
            if count > 0 {
                let len = bits.ue()?.checked_add(1).filter(|len| *len <= 32)?;
                // As many as there really are bits for.
                for _ in 0..count {
                    bits.skip_bits(len)?;
                }
            }
        }
        if picture.has_extension {
            for _ in 0..bits.ue()? {
                bits.skip_bits(8)?;
            }
        }
        // A one, and zeros up to the next byte.
        bits.flag()?;
        while !bits.is_aligned() {
            bits.flag()?;
        }
        Some(bits.begun())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SliceKind {
    B,
    P,
    I,
}

impl SliceKind {
    fn of(code: u32) -> Option<Self> {
        [Self::B, Self::P, Self::I].get(usize::try_from(code).ok()?).copied()
    }
}

/// What only a slice segment has that does not depend on the one before it.
fn own_header(bits: &mut Rbsp<'_>, unit_kind: u8, sequence: &Sequence, picture: &Picture) -> Option<()> {
    bits.skip_bits(picture.extra_bits)?;
    let kind = SliceKind::of(bits.ue()?)?;
    if picture.has_output_flag {
        bits.flag()?;
    }
    if sequence.separate {
        bits.skip_bits(2)?;
    }
    let mut referred = 0;
    let mut has_temporal_mvp = false;
    if !matches!(unit_kind, unit::KEY_WITH_LEADING | unit::KEY_ALONE) {
        bits.skip_bits(sequence.order_bits)?;
        referred = references(bits, sequence)?;
        has_temporal_mvp = sequence.has_temporal_mvp && bits.flag()?;
    }
    let mut is_filtered = false;
    if sequence.has_adaptive_offset {
        is_filtered = bits.flag()?;
        if sequence.has_color {
            is_filtered |= bits.flag()?;
        }
    }
    if kind != SliceKind::I {
        predicted(bits, kind, sequence, picture, Referred { count: referred, has_temporal_mvp })?;
    }
    bits.se()?;
    if picture.has_color_offsets {
        bits.se()?;
        bits.se()?;
    }
    if picture.has_color_offset_lists {
        bits.flag()?;
    }
    let mut is_deblocked = !picture.no_deblocking;
    if picture.overrides_deblocking && bits.flag()? {
        is_deblocked = !bits.flag()?;
        if is_deblocked {
            bits.se()?;
            bits.se()?;
        }
    }
    if picture.filters_across_slices && (is_filtered || is_deblocked) {
        bits.flag()?;
    }
    Some(())
}

/// Reads which pictures are kept. Gives how many the current one may refer to (`NumPicTotalCurr`).
fn references(bits: &mut Rbsp<'_>, sequence: &Sequence) -> Option<u32> {
    let sets = sequence.ref_sets.as_slice();
    let count = u32::try_from(sets.len()).ok()?;
    let mut referred = if bits.flag()? {
        let at = bits.take(bits_below(count))?;
        sets.get(usize::try_from(at).ok()?)?.referred()
    } else {
        RefSet::read(bits, sets, true)?.referred()
    };
    if let Some(long) = &sequence.long_term {
        let known = u32::try_from(long.len()).ok()?;
        let by_number = if known > 0 { bits.ue()? } else { 0 };
        let by_order = bits.ue()?;
        // As many as there really are bits for: each has at least one.
        for _ in 0..by_number {
            let at = bits.take(bits_below(known))?;
            referred = referred.checked_add(u32::from(*long.get(usize::try_from(at).ok()?)?))?;
            skip_order_cycle(bits)?;
        }
        for _ in 0..by_order {
            bits.skip_bits(sequence.order_bits)?;
            referred = referred.checked_add(u32::from(bits.flag()?))?;
            skip_order_cycle(bits)?;
        }
    }
    Some(referred)
}

fn skip_order_cycle(bits: &mut Rbsp<'_>) -> Option<()> {
    if bits.flag()? {
        bits.ue()?;
    }
    Some(())
}

/// What a picture may refer to.
#[derive(Debug, Clone, Copy)]
struct Referred {
    count: u32,
    has_temporal_mvp: bool,
}

/// What only slices have that refer to other pictures.
fn predicted(
    bits: &mut Rbsp<'_>,
    kind: SliceKind,
    sequence: &Sequence,
    picture: &Picture,
    referred: Referred,
) -> Option<()> {
    let is_both = kind == SliceKind::B;
    let (mut first, mut second) = picture.references;
    if bits.flag()? {
        first = bits.ue()?.checked_add(1)?;
        if is_both {
            second = bits.ue()?.checked_add(1)?;
        }
    }
    if first > 16 || second > 16 {
        return None;
    }
    let both = [first, second];
    let lists = both.get(..if is_both { 2 } else { 1 })?;
    if picture.modifies_lists && referred.count > 1 {
        for list in lists {
            if bits.flag()? {
                bits.skip_bits(list.checked_mul(bits_below(referred.count))?)?;
            }
        }
    }
    if is_both {
        bits.flag()?;
    }
    if picture.has_cabac_init {
        bits.flag()?;
    }
    if referred.has_temporal_mvp {
        let from_first = !is_both || bits.flag()?;
        if if from_first { first } else { second } > 1 {
            bits.ue()?;
        }
    }
    if if is_both { picture.weights_both } else { picture.weighted } {
        weights(bits, lists, sequence.has_color)?;
    }
    bits.ue()?;
    Some(())
}

/// `pred_weight_table` (7.3.6.3).
fn weights(bits: &mut Rbsp<'_>, lists: &[u32], has_color: bool) -> Option<()> {
    bits.ue()?;
    if has_color {
        bits.se()?;
    }
    for references in lists {
        let flags = bits.take(*references)?;
        let color_flags = if has_color { bits.take(*references)? } else { 0 };
        for _ in 0..flags.count_ones() {
            bits.se()?;
            bits.se()?;
        }
        for _ in 0..color_flags.count_ones() {
            for _ in 0..4 {
                bits.se()?;
            }
        }
    }
    Some(())
}
