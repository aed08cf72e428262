//! What slice headers of HEVC depend on in parameter sets (Rec. ITU-T H.265, 7.3.2.2 and 7.3.2.3).

use super::rbsp::Rbsp;
use crate::bits::Bits as _;
use crate::index::{BitsExt as _, Golomb as _, HevcSequence};

/// The most pictures that one may refer to.
const MOST_REFERENCES: usize = 16;

/// A sequence parameter set.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the bitstream")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sequence {
    /// Whether slices name a color plane.
    pub(super) separate: bool,
    /// Whether there is color that is coded with the brightness (`ChromaArrayType`).
    pub(super) has_color: bool,
    /// Coding tree blocks of a picture.
    pub(super) blocks: u32,
    /// Bits of the lowest part of the order of a picture.
    pub(super) order_bits: u32,
    pub(super) has_adaptive_offset: bool,
    pub(super) ref_sets: Vec<RefSet>,
    /// Of each picture that is kept long and that slices name by its number, whether the current one refers to it; nothing
    /// where none are kept long.
    pub(super) long_term: Option<Vec<bool>>,
    pub(super) has_temporal_mvp: bool,
}

impl Sequence {
    /// Reads a unit, with its header. Gives its number too.
    pub(super) fn parse(bytes: &[u8]) -> Option<(u32, Self)> {
        let mut bits = Rbsp::new(bytes);
        bits.skip_bits(16)?;
        let known = HevcSequence::read(&mut bits)?;
        let order_bits = bits.ue().filter(|more| *more <= 12)? + 4;
        let told_for = if bits.flag()? { known.layers } else { 1 };
        for _ in 0..told_for {
            for _ in 0..3 {
                bits.ue()?;
            }
        }
        let smallest = bits.ue().filter(|more| *more <= 3)? + 3;
        let block = bits.ue().filter(|more| *more <= 3)? + smallest;
        for _ in 0..4 {
            bits.ue()?;
        }
        if bits.flag()? && bits.flag()? {
            scaling(&mut bits)?;
        }
        bits.flag()?;
        let has_adaptive_offset = bits.flag()?;
        if bits.flag()? {
            bits.skip_bits(8)?;
            bits.ue()?;
            bits.ue()?;
            bits.flag()?;
        }
        let mut ref_sets = Vec::new();
        for _ in 0..bits.ue().filter(|count| *count <= 64)? {
            let set = RefSet::read(&mut bits, &ref_sets, false)?;
            ref_sets.push(set);
        }
        let mut long_term = None;
        if bits.flag()? {
            let mut referred = Vec::new();
            for _ in 0..bits.ue().filter(|count| *count <= 32)? {
                bits.skip_bits(order_bits)?;
                referred.push(bits.flag()?);
            }
            long_term = Some(referred);
        }
        let has_temporal_mvp = bits.flag()?;
        let side = 1u32 << block;
        let (width, height) = known.coded;
        let sequence = Self {
            separate: known.separate,
            has_color: !known.separate && known.chroma_format != 0,
            blocks: width.div_ceil(side).checked_mul(height.div_ceil(side))?,
            order_bits,
            has_adaptive_offset,
            ref_sets,
            long_term,
            has_temporal_mvp,
        };
        Some((known.id, sequence))
    }
}

/// `scaling_list_data` (7.3.4).
fn scaling(bits: &mut Rbsp<'_>) -> Option<()> {
    for (count, lists, has_dc) in [(16, 6, false), (64, 6, false), (64, 6, true), (64, 2, true)] {
        for _ in 0..lists {
            if !bits.flag()? {
                bits.ue()?;
                continue;
            }
            for _ in 0..count + u32::from(has_dc) {
                bits.se()?;
            }
        }
    }
    Some(())
}

/// Which pictures are kept beside the current one (`st_ref_pic_set`, 7.3.7 and 7.4.8), by how much earlier or later they
/// are shown, the nearest first; and whether the current one refers to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RefSet {
    earlier: Vec<(i32, bool)>,
    later: Vec<(i32, bool)>,
}

impl RefSet {
    /// To how many the current picture refers.
    pub(super) fn referred(&self) -> u32 {
        let referred = self.earlier.iter().chain(&self.later).filter(|(_, referred)| *referred).count();
        u32::try_from(referred).unwrap_or(u32::MAX)
    }

    /// Reads the set that follows `sets`, or that of a slice.
    pub(super) fn read(bits: &mut Rbsp<'_>, sets: &[Self], of_slice: bool) -> Option<Self> {
        if !sets.is_empty() && bits.flag()? {
            return Self::predicted(bits, sets, of_slice);
        }
        let counts = [bits.ue()?, bits.ue()?];
        let mut read = |count: u32, sign: i32| {
            let mut delta = 0i32;
            let mut pictures = Vec::new();
            if usize::try_from(count).ok()? > MOST_REFERENCES {
                return None;
            }
            for _ in 0..count {
                let step = i32::try_from(bits.ue()?).ok()?.checked_add(1)?;
                delta = delta.checked_add(step.checked_mul(sign)?)?;
                pictures.push((delta, bits.flag()?));
            }
            Some(pictures)
        };
        let [earlier, later] = counts;
        Some(Self { earlier: read(earlier, -1)?, later: read(later, 1)? })
    }

    /// Reads how the set differs from an earlier one.
    fn predicted(bits: &mut Rbsp<'_>, sets: &[Self], of_slice: bool) -> Option<Self> {
        let back = if of_slice { usize::try_from(bits.ue()?).ok()?.checked_add(1)? } else { 1 };
        let base = sets.get(sets.len().checked_sub(back)?)?;
        let is_negative = bits.flag()?;
        let step = i32::try_from(bits.ue()?).ok()?.checked_add(1)?;
        let step = if is_negative { -step } else { step };
        // Of each picture of the base, and last of the base itself: whether it is kept, and whether it is referred to.
        let mut kept = Vec::new();
        for (delta, _) in base.earlier.iter().chain(&base.later).chain(&[(0, false)]) {
            let referred = bits.flag()?;
            let is_kept = referred || bits.flag()?;
            let moved = delta.checked_add(step)?;
            if is_kept && moved != 0 {
                kept.push((moved, referred));
            }
        }
        let mut set = Self::default();
        for picture in kept {
            if picture.0 < 0 { set.earlier.push(picture) } else { set.later.push(picture) }
        }
        set.earlier.sort_by_key(|(delta, _)| core::cmp::Reverse(*delta));
        set.later.sort_by_key(|(delta, _)| *delta);
        (set.earlier.len() <= MOST_REFERENCES && set.later.len() <= MOST_REFERENCES).then_some(set)
    }
}

/// A picture parameter set.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the bitstream")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picture {
    /// The sequence parameter set.
    pub(super) sequence: u32,
    /// Whether slice segments may depend on the one before them.
    pub(super) has_dependent: bool,
    pub(super) has_output_flag: bool,
    /// Bits in slice headers that mean nothing yet.
    pub(super) extra_bits: u32,
    pub(super) has_cabac_init: bool,
    /// How many pictures each list has, unless a slice says.
    pub(super) references: (u32, u32),
    pub(super) has_color_offsets: bool,
    pub(super) has_color_offset_lists: bool,
    pub(super) weighted: bool,
    /// Whether pictures that refer to both lists have explicit weights.
    pub(super) weights_both: bool,
    /// Whether slices tell where parts of them begin.
    pub(super) has_entry_points: bool,
    pub(super) filters_across_slices: bool,
    pub(super) overrides_deblocking: bool,
    pub(super) no_deblocking: bool,
    pub(super) modifies_lists: bool,
    /// Whether slice headers may be extended.
    pub(super) has_extension: bool,
}

impl Picture {
    /// Reads a unit, with its header. Gives its number too. `None` for screen content as well.
    pub(super) fn parse(bytes: &[u8]) -> Option<(u32, Self)> {
        let mut bits = Rbsp::new(bytes);
        bits.skip_bits(16)?;
        let id = bits.ue().filter(|id| *id <= 63)?;
        let sequence = bits.ue()?;
        let has_dependent = bits.flag()?;
        let has_output_flag = bits.flag()?;
        let extra_bits = bits.take(3)?;
        bits.flag()?;
        let has_cabac_init = bits.flag()?;
        let references = (bits.ue()?.checked_add(1)?, bits.ue()?.checked_add(1)?);
        bits.se()?;
        bits.flag()?;
        let skips_transforms = bits.flag()?;
        if bits.flag()? {
            bits.ue()?;
        }
        bits.se()?;
        bits.se()?;
        let has_color_offsets = bits.flag()?;
        let (weighted, weights_both) = (bits.flag()?, bits.flag()?);
        bits.flag()?;
        let (has_tiles, has_rows) = (bits.flag()?, bits.flag()?);
        if has_tiles {
            tiles(&mut bits)?;
        }
        let filters_across_slices = bits.flag()?;
        let (mut overrides_deblocking, mut no_deblocking) = (false, false);
        if bits.flag()? {
            overrides_deblocking = bits.flag()?;
            no_deblocking = bits.flag()?;
            if !no_deblocking {
                bits.se()?;
                bits.se()?;
            }
        }
        if bits.flag()? {
            scaling(&mut bits)?;
        }
        let modifies_lists = bits.flag()?;
        bits.ue()?;
        let has_extension = bits.flag()?;
        let mut has_color_offset_lists = false;
        if bits.flag()? {
            let for_range = bits.flag()?;
            let _for_layers_and_depth = bits.take(2)?;
            if bits.flag()? {
                return None;
            }
            bits.skip_bits(4)?;
            if for_range {
                if skips_transforms {
                    bits.ue()?;
                }
                bits.flag()?;
                has_color_offset_lists = bits.flag()?;
            }
        }
        let picture = Self {
            sequence,
            has_dependent,
            has_output_flag,
            extra_bits,
            has_cabac_init,
            references,
            has_color_offsets,
            has_color_offset_lists,
            weighted,
            weights_both,
            has_entry_points: has_tiles || has_rows,
            filters_across_slices,
            overrides_deblocking,
            no_deblocking,
            modifies_lists,
            has_extension,
        };
        Some((id, picture))
    }
}

fn tiles(bits: &mut Rbsp<'_>) -> Option<()> {
    let (columns, rows) = (bits.ue()?, bits.ue()?);
    if !bits.flag()? {
        // As many as there really are bits for.
        for _ in 0..u64::from(columns) + u64::from(rows) {
            bits.ue()?;
        }
    }
    bits.flag()?;
    Some(())
}
