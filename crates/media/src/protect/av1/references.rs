//! What later frames need of earlier ones, as far as their headers depend on it.

use super::frame::FrameKind;
use crate::index::Av1Sequence;

/// A frame that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) kind: FrameKind,
    pub(super) size: Size,
    /// By how much each segment changes the quality, where it does.
    pub(super) quality: [Option<i32>; 8],
}

/// The size of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// Width before it was scaled down.
    pub(super) upscaled: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The frames that later ones may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct References {
    /// Their places in the order of output, where these are known.
    pub(super) orders: [Option<u32>; 8],
    pub(super) frames: [Option<Decoded>; 8],
}

/// The seven references of a frame, by their slots.
pub(super) type Slots = [usize; 7];

/// Where the reference lies in [`Slots`] that is named golden.
const GOLDEN: usize = 3;

impl References {
    /// Stores a frame, in the slots whose bits are set.
    pub(super) fn store(&mut self, refreshed: u32, order: u32, frame: Decoded) {
        for (at, (slot, known)) in self.frames.iter_mut().zip(&mut self.orders).enumerate() {
            if refreshed >> at & 1 == 1 {
                *slot = Some(frame);
                *known = Some(order);
            }
        }
    }

    pub(super) fn frame(&self, slot: usize) -> Option<&Decoded> {
        self.frames.get(slot)?.as_ref()
    }

    /// How much later than `order` each reference is shown; negative for earlier ones.
    pub(super) fn distances(&self, sequence: &Av1Sequence, slots: Slots, order: u32) -> Option<[i32; 7]> {
        let mut distances = [0; 7];
        for (distance, slot) in distances.iter_mut().zip(slots) {
            *distance = relative(sequence, (*self.orders.get(slot)?)?, order);
        }
        Some(distances)
    }

    /// All references of a frame that names two of them (`set_frame_refs`, 7.8).
    pub(super) fn short(&self, sequence: &Av1Sequence, last: usize, golden: usize, order: u32) -> Option<Slots> {
        let mut distances = [0; 8];
        for (distance, known) in distances.iter_mut().zip(self.orders) {
            *distance = relative(sequence, known?, order);
        }
        let mut used = [false; 8];
        let mut slots: [Option<usize>; 7] = [None; 7];
        for (place, slot) in [(0, last), (GOLDEN, golden)] {
            *slots.get_mut(place)? = Some(slot);
            *used.get_mut(slot)? = true;
        }
        // The latest of the later ones, and the earliest two of them.
        for (place, wants_latest) in [(6, true), (4, false), (5, false)] {
            let later = (0..8).filter(|slot| !is_used(used, *slot) && distance(&distances, *slot) >= 0);
            let found = if wants_latest {
                later.max_by_key(|slot| distance(&distances, *slot))
            } else {
                later.min_by_key(|slot| distance(&distances, *slot))
            };
            if let Some(slot) = found {
                *slots.get_mut(place)? = Some(slot);
                *used.get_mut(slot)? = true;
            }
        }
        // The latest of the earlier ones.
        for place in [1, 2, 4, 5, 6] {
            if slots.get(place)?.is_some() {
                continue;
            }
            let earlier = (0..8).filter(|slot| !is_used(used, *slot) && distance(&distances, *slot) < 0);
            if let Some(slot) = earlier.max_by_key(|slot| distance(&distances, *slot)) {
                *slots.get_mut(place)? = Some(slot);
                *used.get_mut(slot)? = true;
            }
        }
        let earliest = (0..8).min_by_key(|slot| distance(&distances, *slot))?;
        Some(slots.map(|slot| slot.unwrap_or(earliest)))
    }
}

fn is_used(used: [bool; 8], slot: usize) -> bool {
    used.get(slot).copied().unwrap_or(true)
}

fn distance(distances: &[i32; 8], slot: usize) -> i32 {
    distances.get(slot).copied().unwrap_or(0)
}

/// How much later one frame is shown than another, as far as the bits of their orders tell (`get_relative_dist`, 7.9.1).
pub(super) fn relative(sequence: &Av1Sequence, one: u32, other: u32) -> i32 {
    let Some(sign) = sequence.order_bits.checked_sub(1).and_then(|bit| 1i32.checked_shl(bit)) else { return 0 };
    let difference = one.wrapping_sub(other).cast_signed();
    (difference & (sign - 1)) - (difference & sign)
}
