//! Which qualities a picture is encoded in.

use crate::picture::Size;
use crate::preset::Shape;

/// One quality of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rung {
    /// Its size.
    pub size: Size,
    /// Constant rate factor of H.264: the quality that is aimed at, smaller is better.
    pub crf: u8,
    /// Kilobits in a second that a player must be ready for; the buffer holds two seconds of it.
    pub max_kbps: u32,
}

/// Short sides, largest first, with quality and highest rate. Smaller pictures are enlarged by who
/// watches them, so they get a better quality for each pixel.
const STEPS: [(u32, u8, u32); 7] = [
    (2_160, 24, 16_000),
    (1_440, 23, 9_000),
    (1_080, 22, 5_500),
    (720, 22, 3_000),
    (480, 21, 1_500),
    (360, 21, 850),
    (240, 21, 450),
];

/// A rung joins below another only where it has at most this many hundredths of its lines: closer ones
/// cost as much as they are worth nothing.
const NEXT_AT_MOST: u32 = 80;

/// The smallest rung of a ladder, unless the original is smaller.
const SMALLEST: u32 = 360;

/// The rungs of a picture, largest first; none is larger than the picture itself.
pub fn rungs(shape: Shape, shown: Size) -> Vec<Rung> {
    let own = shown.short_side();
    match shape {
        Shape::Sound(_) => Vec::new(),
        Shape::Single { height } => vec![rung(shown, height.map_or(own, |height| own.min(height)))],
        Shape::Ladder { height } => {
            let top = own.min(height);
            let mut rungs = vec![rung(shown, top)];
            rungs.extend(below(shown, top));
            rungs
        }
    }
}

/// The rungs of a ladder whose top rung is there already, with a short side of `top`.
pub fn below(shown: Size, top: u32) -> Vec<Rung> {
    let mut above = top;
    let steps = STEPS.iter().map(|(short, _, _)| *short).filter(|short| *short >= SMALLEST);
    steps
        .filter(|short| {
            let joins = u64::from(*short) * 100 <= u64::from(above) * u64::from(NEXT_AT_MOST);
            if joins {
                above = *short;
            }
            joins
        })
        .map(|short| rung(shown, short))
        .collect()
}

/// The quality in which a picture that players do not take is shown first: quick to make.
pub fn first_rung(shown: Size) -> Rung {
    let rung = rung(shown, shown.short_side().min(SMALLEST));
    Rung { crf: 24, ..rung }
}

/// What a player must be ready for, of an original that is to be a rung among others: twice what we
/// would spend ourselves, in kilobits in a second.
pub fn most_kbps_of_original(shown: Size) -> u32 {
    rung(shown, shown.short_side()).max_kbps.saturating_mul(2)
}

fn rung(shown: Size, short: u32) -> Rung {
    // The smallest step that is at least as large.
    let step = STEPS.iter().rev().find(|(step, _, _)| *step >= short).or(STEPS.first());
    let (crf, max_kbps) = step.map_or((22, 5_500), |(_, crf, kbps)| (*crf, *kbps));
    Rung { size: shown.scaled_to(short), crf, max_kbps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorts(shape: Shape, width: u32, height: u32) -> Vec<u32> {
        rungs(shape, Size { width, height }).iter().map(|rung| rung.size.short_side()).collect()
    }

    #[test]
    fn nothing_is_larger_than_the_original_or_the_preset() {
        let ladder = |height| Shape::Ladder { height };
        for (shape, (width, height), expected) in [
            (ladder(1_080), (1_920, 1_080), vec![1_080, 720, 480, 360]),
            (ladder(1_080), (1_080, 1_920), vec![1_080, 720, 480, 360]),
            (ladder(720), (3_840, 2_160), vec![720, 480, 360]),
            (ladder(2_160), (3_840, 2_160), vec![2_160, 1_440, 1_080, 720, 480, 360]),
            (ladder(1_080), (640, 272), vec![272]),
            (ladder(1_080), (720, 576), vec![576, 360]),
            (ladder(1_080), (1_280, 534), vec![534, 360]),
            (Shape::Single { height: None }, (1_917, 1_079), vec![1_078]),
            (Shape::Single { height: Some(720) }, (640, 360), vec![360]),
        ] {
            assert_eq!(shorts(shape, width, height), expected, "{shape:?} of {width}x{height}");
        }
    }

    #[test]
    fn a_ladder_below_the_original_leaves_it_out() {
        let shown = Size { width: 1_920, height: 1_080 };
        let sides: Vec<_> = below(shown, 1_080).iter().map(|rung| rung.size.short_side()).collect();
        assert_eq!(sides, [720, 480, 360]);
        assert_eq!(first_rung(shown).size, Size { width: 640, height: 360 });
    }
}
