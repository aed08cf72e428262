//! Frame headers (AV1 specification, 5.9), read to find where they end and how the tiles behind them lie.

use super::references::{Decoded, References, Size, Slots, relative};
use super::tiles::{Tiles, below};
use crate::bits::BitCursor;
use crate::index::{Av1Choice, Av1Sequence, BitsExt as _};

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameKind {
    Key,
    Inter,
    IntraOnly,
    Switch,
}

/// All slots of references.
const ALL: u32 = 0xff;

/// What a frame header says of what follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// How the tiles lie; nothing where a frame is shown that was decoded before.
    pub(super) tiles: Option<Tiles>,
}

/// The reading of one header, with what its later parts depend on.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the bitstream")]
struct Reading<'r, 'b, 'a> {
    bits: &'r mut BitCursor<'b>,
    sequence: &'a Av1Sequence,
    references: &'a References,
    kind: FrameKind,
    /// Place in the order of output.
    order: u32,
    /// Whether it is shown, or may be shown later.
    is_showable: bool,
    is_resilient: bool,
    /// Whether it may have a size of its own.
    has_size: bool,
    has_screen_content: bool,
    /// Whether motion is told in whole pixels.
    has_whole_motion: bool,
    /// Whether motion is told in eighths of a pixel.
    has_fine_motion: bool,
    /// Whether blocks are copied within the frame.
    copies_blocks: bool,
}

/// What a header says of the quality of a frame.
struct Quality {
    segments: [Option<i32>; 8],
    /// Whether nothing is lost in any block.
    is_lossless: bool,
}

impl Header {
    /// Reads `uncompressed_header`, and stores what later headers need of it. `layers` is what the unit says.
    pub(super) fn read(
        bits: &mut BitCursor<'_>,
        sequence: &Av1Sequence,
        layers: (u8, u8),
        references: &mut References,
    ) -> Option<Self> {
        let (mut kind, mut is_shown, mut is_showable, mut is_resilient) = (FrameKind::Key, true, true, true);
        if !sequence.reduced {
            if bits.flag()? {
                shown_again(bits, sequence, references)?;
                return Some(Self { tiles: None });
            }
            let kinds = [FrameKind::Key, FrameKind::Inter, FrameKind::IntraOnly, FrameKind::Switch];
            kind = kinds.get(usize::try_from(bits.take(2)?).ok()?).copied()?;
            is_shown = bits.flag()?;
            if is_shown {
                presentation_time(bits, sequence)?;
            } else {
                is_showable = bits.flag()?;
            }
            is_resilient = kind == FrameKind::Switch || (kind == FrameKind::Key && is_shown) || bits.flag()?;
        }
        if kind == FrameKind::Key && is_shown {
            *references = References { orders: [Some(0); 8], frames: [None; 8] };
        }
        let disables_updates = bits.flag()?;
        let has_screen_content = chosen(bits, sequence.screen_content)?;
        let has_whole_motion = has_screen_content && chosen(bits, sequence.integer_mv)?;
        if let Some((number_bits, _)) = sequence.frame_ids {
            bits.skip_bits(number_bits)?;
        }
        let has_size = kind == FrameKind::Switch || (!sequence.reduced && bits.flag()?);
        let order = bits.take(sequence.order_bits)?;
        let is_intra = matches!(kind, FrameKind::Key | FrameKind::IntraOnly);
        // Of the seven references, the one whose state decoding begins with.
        let primary = if is_intra || is_resilient { None } else { Some(bits.take(3)?).filter(|primary| *primary < 7) };
        removal_times(bits, sequence, layers)?;
        let refreshes_all = kind == FrameKind::Switch || (kind == FrameKind::Key && is_shown);
        let refreshed = if refreshes_all { ALL } else { bits.take(8)? };
        if (!is_intra || refreshed != ALL) && is_resilient && sequence.order_bits > 0 {
            for (known, frame) in references.orders.iter_mut().zip(&mut references.frames) {
                let told = Some(bits.take(sequence.order_bits)?);
                if *known != told {
                    (*known, *frame) = (told, None);
                }
            }
        }
        let mut reading = Reading {
            bits: &mut *bits,
            sequence,
            references,
            kind,
            order,
            is_showable,
            is_resilient,
            has_size,
            has_screen_content,
            has_whole_motion,
            has_fine_motion: false,
            copies_blocks: false,
        };
        let (size, slots) = if is_intra {
            (reading.intra()?, None)
        } else {
            let (size, slots) = reading.inter()?;
            (size, Some(slots))
        };
        if !sequence.reduced && !disables_updates {
            reading.bits.flag()?;
        }
        let mut base = None;
        if let Some((primary, slots)) = primary.zip(slots) {
            let slot = slots.get(usize::try_from(primary).ok()?)?;
            base = Some(reading.references.frame(*slot)?.quality);
        }
        let tiles = Tiles::read(reading.bits, sequence, size)?;
        let quality = reading.quality(base)?;
        reading.filters(size, &quality)?;
        reading.modes(&quality, slots)?;
        if !is_intra {
            reading.global_motion()?;
        }
        reading.film_grain()?;
        references.store(refreshed, order, Decoded { kind, size, quality: quality.segments });
        Some(Self { tiles: Some(tiles) })
    }
}

/// A frame that was decoded before is shown: a key frame takes the place of all references then.
fn shown_again(bits: &mut BitCursor<'_>, sequence: &Av1Sequence, references: &mut References) -> Option<()> {
    let slot = usize::try_from(bits.take(3)?).ok()?;
    presentation_time(bits, sequence)?;
    if let Some((number_bits, _)) = sequence.frame_ids {
        bits.skip_bits(number_bits)?;
    }
    let frame = *references.frame(slot)?;
    if frame.kind == FrameKind::Key {
        let order = (*references.orders.get(slot)?)?;
        references.store(ALL, order, frame);
    }
    Some(())
}

/// `temporal_point_info` (5.9.31), where there is one.
fn presentation_time(bits: &mut BitCursor<'_>, sequence: &Av1Sequence) -> Option<()> {
    sequence.decoder_model.as_ref().map_or(Some(()), |model| bits.skip_bits(model.presentation_bits))
}

/// When buffers are free, of the operating points that the frame belongs to.
fn removal_times(bits: &mut BitCursor<'_>, sequence: &Av1Sequence, (temporal, spatial): (u8, u8)) -> Option<()> {
    let Some(model) = &sequence.decoder_model else { return Some(()) };
    if !bits.flag()? {
        return Some(());
    }
    for layers in &model.points {
        let has = |layer: u8| layers >> layer & 1 == 1;
        if *layers == 0 || (has(temporal) && has(spatial + 8)) {
            bits.skip_bits(model.removal_bits)?;
        }
    }
    Some(())
}

fn chosen(bits: &mut BitCursor<'_>, choice: Av1Choice) -> Option<bool> {
    match choice {
        Av1Choice::Always(always) => Some(always),
        Av1Choice::Each => bits.flag(),
    }
}

impl Reading<'_, '_, '_> {
    /// `frame_size` (5.9.5).
    fn own_size(&mut self) -> Option<Size> {
        let (mut width, mut height) = (self.sequence.width, self.sequence.height);
        if self.has_size {
            let (width_bits, height_bits) = self.sequence.size_bits;
            width = self.bits.take(width_bits)? + 1;
            height = self.bits.take(height_bits)? + 1;
        }
        self.scaled(width, height)
    }

    /// `superres_params` (5.9.8).
    fn scaled(&mut self, upscaled: u32, height: u32) -> Option<Size> {
        let mut width = upscaled;
        if self.sequence.superres && self.bits.flag()? {
            let denominator = self.bits.take(3)? + 9;
            width = (upscaled * 8 + denominator / 2).checked_div(denominator)?;
        }
        Some(Size { upscaled, width, height })
    }

    /// `render_size` (5.9.6).
    fn render_size(&mut self) -> Option<()> {
        let is_different = self.bits.flag()?;
        self.bits.skip_bits(if is_different { 32 } else { 0 })
    }

    /// What only frames have that refer to no others. Gives the size.
    fn intra(&mut self) -> Option<Size> {
        let size = self.own_size()?;
        self.render_size()?;
        self.copies_blocks = self.has_screen_content && size.upscaled == size.width && self.bits.flag()?;
        Some(size)
    }

    /// What only frames have that refer to others. Gives the size and the references.
    fn inter(&mut self) -> Option<(Size, Slots)> {
        let mut slots: Slots = [0; 7];
        let is_short = self.sequence.order_bits > 0 && self.bits.flag()?;
        if is_short {
            let last = usize::try_from(self.bits.take(3)?).ok()?;
            let golden = usize::try_from(self.bits.take(3)?).ok()?;
            slots = self.references.short(self.sequence, last, golden, self.order)?;
        }
        for slot in &mut slots {
            if !is_short {
                *slot = usize::try_from(self.bits.take(3)?).ok()?;
            }
            if let Some((_, difference_bits)) = self.sequence.frame_ids {
                self.bits.skip_bits(difference_bits)?;
            }
        }
        let mut found = None;
        if self.has_size && !self.is_resilient {
            for slot in slots {
                if self.bits.flag()? {
                    found = Some(self.references.frame(slot)?.size);
                    break;
                }
            }
        }
        let size = if let Some(found) = found {
            self.scaled(found.upscaled, found.height)?
        } else {
            let size = self.own_size()?;
            self.render_size()?;
            size
        };
        self.has_fine_motion = !self.has_whole_motion && self.bits.flag()?;
        let is_filter_switchable = self.bits.flag()?;
        self.bits.skip_bits(if is_filter_switchable { 0 } else { 2 })?;
        let _is_motion_mode_switchable = self.bits.flag()?;
        if !self.is_resilient && self.sequence.ref_frame_mvs {
            self.bits.flag()?;
        }
        Some((size, slots))
    }

    /// From `quantization_params` to `delta_lf_params` (5.9.12 to 5.9.18). `base` is what segments of the primary reference
    /// have, if there is one.
    fn quality(&mut self, base: Option<[Option<i32>; 8]>) -> Option<Quality> {
        let quality = self.bits.take(8)?;
        let mut changes = self.bits.flag()?;
        if changes {
            changes = self.bits.take(7)? != 0;
        }
        if !self.sequence.mono {
            let is_different = self.sequence.separate_uv_delta_q && self.bits.flag()?;
            for _ in 0..if is_different { 4 } else { 2 } {
                if self.bits.flag()? {
                    changes |= self.bits.take(7)? != 0;
                }
            }
        }
        if self.bits.flag()? {
            self.bits.skip_bits(if self.sequence.separate_uv_delta_q { 12 } else { 8 })?;
        }
        let segments = self.segmentation(base)?;
        if quality > 0 && self.bits.flag()? {
            self.bits.skip_bits(2)?;
            if !self.copies_blocks && self.bits.flag()? {
                self.bits.skip_bits(3)?;
            }
        }
        let quality = i32::try_from(quality).ok()?;
        let loses = |segment: &Option<i32>| changes || segment.map_or(quality, |change| quality + change) > 0;
        Some(Quality { segments, is_lossless: !segments.iter().any(loses) })
    }

    /// `segmentation_params` (5.9.14). Gives by how much each segment changes the quality.
    fn segmentation(&mut self, base: Option<[Option<i32>; 8]>) -> Option<[Option<i32>; 8]> {
        if !self.bits.flag()? {
            return Some([None; 8]);
        }
        if base.is_some() {
            if self.bits.flag()? {
                self.bits.flag()?;
            }
            if !self.bits.flag()? {
                return base;
            }
        }
        let mut segments = [None; 8];
        for segment in &mut segments {
            if self.bits.flag()? {
                let value = i32::try_from(self.bits.take(9)?).ok()?;
                // Nine bits with a sign.
                *segment = Some(if value >= 256 { value - 512 } else { value });
            }
            // Four loop filters with a sign, a reference, and two that are only on.
            for len in [7, 7, 7, 7, 3, 0, 0] {
                if self.bits.flag()? {
                    self.bits.skip_bits(len)?;
                }
            }
        }
        Some(segments)
    }

    /// `loop_filter_params`, `cdef_params` and `lr_params` (5.9.11, 5.9.19 and 5.9.20).
    fn filters(&mut self, size: Size, quality: &Quality) -> Option<()> {
        let has_color = !self.sequence.mono;
        if !quality.is_lossless && !self.copies_blocks {
            let levels = self.bits.take(12)?;
            if has_color && levels > 0 {
                self.bits.skip_bits(12)?;
            }
            self.bits.skip_bits(3)?;
            if self.bits.flag()? && self.bits.flag()? {
                for _ in 0..10 {
                    if self.bits.flag()? {
                        self.bits.skip_bits(7)?;
                    }
                }
            }
            if self.sequence.cdef {
                self.bits.skip_bits(2)?;
                let strengths = 1u32 << self.bits.take(2)?;
                self.bits.skip_bits(strengths * if has_color { 12 } else { 6 })?;
            }
        }
        let is_all_lossless = quality.is_lossless && size.width == size.upscaled;
        if is_all_lossless || self.copies_blocks || !self.sequence.restoration {
            return Some(());
        }
        let brightness = self.bits.take(2)? != 0;
        let colors = has_color && self.bits.take(4)? != 0;
        if brightness || colors {
            if self.bits.flag()? && !self.sequence.large_blocks {
                self.bits.flag()?;
            }
            if colors && self.sequence.subsampling == (true, true) {
                self.bits.flag()?;
            }
        }
        Some(())
    }

    /// From `read_tx_mode` to `reduced_tx_set` (5.9.21 to 5.9.23).
    fn modes(&mut self, quality: &Quality, slots: Option<Slots>) -> Option<()> {
        if !quality.is_lossless {
            self.bits.flag()?;
        }
        if let Some(slots) = slots {
            let refers_to_two = self.bits.flag()?;
            if refers_to_two && self.sequence.order_bits > 0 && self.may_skip_modes(slots)? {
                self.bits.flag()?;
            }
            if !self.is_resilient && self.sequence.warped_motion {
                self.bits.flag()?;
            }
        }
        self.bits.flag()?;
        Some(())
    }

    /// Whether there is a nearest earlier reference, and one that is later or earlier still (`skip_mode_params`, 5.9.22).
    fn may_skip_modes(&self, slots: Slots) -> Option<bool> {
        let distances = self.references.distances(self.sequence, slots, self.order)?;
        if distances.iter().any(|distance| *distance > 0) {
            return Some(distances.iter().any(|distance| *distance < 0));
        }
        // The nearest earlier one, and whether any is earlier than that.
        let orders = slots.map(|slot| self.references.orders.get(slot).copied().flatten());
        let Some((_, nearest)) =
            distances.iter().zip(orders).filter(|(distance, _)| **distance < 0).max_by_key(|(distance, _)| **distance)
        else {
            return Some(false);
        };
        let nearest = nearest?;
        Some(orders.iter().flatten().any(|order| relative(self.sequence, *order, nearest) < 0))
    }

    /// `global_motion_params` (5.9.24).
    fn global_motion(&mut self) -> Option<()> {
        for _ in 0..7 {
            if !self.bits.flag()? {
                continue;
            }
            let turns = self.bits.flag()?;
            let moves_only = !turns && self.bits.flag()?;
            // Numbers of the matrix: two of a turn, four of any other that is not a mere move.
            let matrix = if turns { 2 } else { 4 };
            for _ in 0..if moves_only { 0 } else { matrix } {
                self.motion_number(12)?;
            }
            let bits = if moves_only { 8 + u32::from(self.has_fine_motion) } else { 12 };
            for _ in 0..2 {
                self.motion_number(bits)?;
            }
        }
        Some(())
    }

    /// `decode_subexp` (5.9.27) of a number that has so many bits and a sign.
    fn motion_number(&mut self, value_bits: u32) -> Option<()> {
        let count = (2u32 << value_bits) + 1;
        let (mut least, mut step) = (0u32, 0u32);
        loop {
            let len = if step == 0 { 3 } else { step + 2 };
            let part = 1u32 << len;
            if count <= least + 3 * part {
                below(self.bits, count - least)?;
                return Some(());
            }
            if !self.bits.flag()? {
                return self.bits.skip_bits(len);
            }
            step += 1;
            least += part;
        }
    }

    /// `film_grain_params` (5.9.30).
    fn film_grain(&mut self) -> Option<()> {
        if !self.sequence.film_grain || !self.is_showable || !self.bits.flag()? {
            return Some(());
        }
        self.bits.skip_bits(16)?;
        if self.kind == FrameKind::Inter && !self.bits.flag()? {
            return self.bits.skip_bits(3);
        }
        let brightness = self.grain_points()?;
        let mono = self.sequence.mono;
        let from_brightness = !mono && self.bits.flag()?;
        let is_silent = brightness == 0 && self.sequence.subsampling == (true, true);
        let (mut blue, mut red) = (0, 0);
        if !mono && !from_brightness && !is_silent {
            (blue, red) = (self.grain_points()?, self.grain_points()?);
        }
        self.bits.skip_bits(2)?;
        let lag = self.bits.take(2)?;
        let coefficients = 2 * lag * (lag + 1);
        if brightness > 0 {
            self.bits.skip_bits(coefficients * 8)?;
        }
        let of_color = coefficients + u32::from(brightness > 0);
        for points in [blue, red] {
            if from_brightness || points > 0 {
                self.bits.skip_bits(of_color * 8)?;
            }
        }
        self.bits.skip_bits(4)?;
        for points in [blue, red] {
            if points > 0 {
                self.bits.skip_bits(25)?;
            }
        }
        self.bits.skip_bits(2)
    }

    /// Points of a scaling function. Gives how many.
    fn grain_points(&mut self) -> Option<u32> {
        let count = self.bits.take(4)?;
        self.bits.skip_bits(count * 16)?;
        Some(count)
    }
}
