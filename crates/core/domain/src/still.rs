//! Pictures of a film: how large they are, what of the film they show, and how many lie on the sheets of a storyboard.

use crate::picture::Size;
use crate::problem::Problem;
use core::ops::RangeInclusive;

/// Pixels of a side of a picture, as it may be asked for.
pub const SIDES: RangeInclusive<u32> = 16..=1_920;

/// Pixels of a side of a moving picture, as it may be asked for.
pub const MOVING_SIDES: RangeInclusive<u32> = 16..=640;

/// Milliseconds of a moving picture, as they may be asked for.
pub const MOVING_MS: RangeInclusive<u64> = 500..=10_000;

/// Pictures in a second of a moving one.
pub const MOVING_RATE: u32 = 12;

/// Pictures of a storyboard at most, however long the film says that it is.
const MOST_OF_STORYBOARD: u64 = 400;

/// Pictures of a sheet beside each other, and one below the other, at most.
const SHEET: (u64, u64) = (10, 10);

/// Pixels of the longer side of a picture of a storyboard.
const STORYBOARD_SIDE: u32 = 160;

/// Milliseconds between pictures of a storyboard that people can reckon with.
const STEPS_MS: [u64; 14] =
    [1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 180_000, 300_000, 600_000, 1_200_000];

/// What a picture that stands still is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StillForm {
    /// JPEG (ISO/IEC 10918).
    Jpeg,
    /// PNG, without loss (W3C).
    Png,
    /// WebP (RFC 9649).
    WebP,
    /// AVIF (AOMedia).
    Avif,
}

impl StillForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::WebP, Self::Avif];

    /// The ending of its names, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Avif => "avif",
        }
    }
}

/// What a moving picture is written as; it begins anew when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MovingForm {
    /// WebP (RFC 9649).
    WebP,
    /// GIF89a.
    Gif,
}

impl MovingForm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::WebP, Self::Gif];

    /// The ending of its names, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::WebP => "webp",
            Self::Gif => "gif",
        }
    }
}

/// What becomes of a film whose shape is another than what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Fit {
    /// All of it is shown, and one side is shorter than asked.
    #[default]
    Contain,
    /// What is too much is cut off at both sides alike.
    Cover,
    /// It is stretched.
    Fill,
}

impl Fit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Contain, Self::Cover, Self::Fill];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contain => "contain",
            Self::Cover => "cover",
            Self::Fill => "fill",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fit| fit.name() == name)
    }
}

/// The size that is asked for. Where one side is missing it follows from the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AskedSize {
    /// Pixels from left to right.
    pub width: Option<u32>,
    /// Pixels from top to bottom.
    pub height: Option<u32>,
    /// What both together mean.
    pub fit: Fit,
}

/// How a picture comes to its size: scaled, then what is too much cut off around the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The size of the whole film in it.
    pub scaled: Size,
    /// The size of the picture, no side longer than that.
    pub shown: Size,
}

impl Frame {
    /// The whole of a film in a box.
    pub fn within(film: Size, size: Size) -> Self {
        let scaled = scaled(film, size, false);
        Self { scaled, shown: scaled }
    }
}

impl AskedSize {
    /// Passes sizes whose sides are among these.
    ///
    /// # Errors
    /// A side is not; names it and what is allowed.
    pub fn check(self, sides: &RangeInclusive<u32>) -> Result<(), Problem> {
        for (name, side) in [("width", self.width), ("height", self.height)] {
            if side.is_some_and(|side| !sides.contains(&side)) {
                let message = format!("The value must be {} to {} pixels.", sides.start(), sides.end());
                return Err(Problem::invalid(name, message));
            }
        }
        Ok(())
    }

    /// How a film of a size, as it is shown, comes to what is asked for; to no more than `usual` on its longer side
    /// where nothing is. Larger than the film only where it is asked so.
    pub fn frame(self, film: Size, usual: u32) -> Frame {
        let film = Size { width: film.width.max(1), height: film.height.max(1) };
        let free = |side: Option<u32>| side.unwrap_or(*SIDES.end());
        match (self.width, self.height) {
            (None, None) => {
                let usual = usual.min(film.width.max(film.height));
                Frame::within(film, Size { width: usual, height: usual })
            }
            (Some(width), Some(height)) => {
                let asked = Size { width, height };
                match self.fit {
                    Fit::Contain => Frame::within(film, asked),
                    Fit::Cover => Frame { scaled: scaled(film, asked, true), shown: asked },
                    Fit::Fill => Frame { scaled: asked, shown: asked },
                }
            }
            (width, height) => Frame::within(film, Size { width: free(width), height: free(height) }),
        }
    }
}

/// A film scaled so that one of its sides is that of the box: so that it lies in the box, or covers it.
fn scaled(film: Size, size: Size, covers: bool) -> Size {
    let (wide, high) = (u64::from(film.width.max(1)), u64::from(film.height.max(1)));
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    let side = |of: u64, by: u64, to: u64| u32::try_from(((of * to * 2 + by) / (by * 2)).max(1)).unwrap_or(u32::MAX);
    // Whether the film is flatter than the box.
    if (wide * height >= high * width) == covers {
        Size { width: side(wide, high, height).max(if covers { size.width } else { 1 }), height: size.height }
    } else {
        Size { width: size.width, height: side(high, wide, width).max(if covers { size.height } else { 1 }) }
    }
}

/// How the pictures of a storyboard lie: one for each step of time, from zero on, on sheets that are filled from left to
/// right and from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storyboard {
    /// Milliseconds from one picture to the next.
    pub every_ms: u64,
    /// How many pictures there are; at least one.
    pub pictures: u64,
    /// Pictures beside each other on a sheet.
    pub columns: u32,
    /// Pictures one below the other on a sheet.
    pub rows: u32,
    /// Size of a picture.
    pub frame: Frame,
}

impl Storyboard {
    /// That of a film of a size that lasts so long: a picture a second, and of long films as often as makes some hundred
    /// of them.
    pub fn of(film: Size, duration_ms: u64) -> Self {
        let least = duration_ms.div_ceil(MOST_OF_STORYBOARD);
        let step = STEPS_MS.into_iter().find(|step| *step >= least);
        let every_ms = step.unwrap_or_else(|| least.div_ceil(60_000) * 60_000);
        // What goes on for less than a tenth of a step has no picture of its own.
        let pictures = duration_ms.saturating_sub(every_ms / 10).div_ceil(every_ms).max(1);
        let (columns, rows) = (pictures.min(SHEET.0), pictures.div_ceil(SHEET.0).min(SHEET.1));
        let side = Size { width: STORYBOARD_SIDE, height: STORYBOARD_SIDE };
        Self {
            every_ms,
            pictures,
            columns: u32::try_from(columns).unwrap_or(1),
            rows: u32::try_from(rows).unwrap_or(1),
            frame: Frame::within(film, side),
        }
    }

    /// When the pictures of a sheet are shown, from 0, in milliseconds; `None` behind the last sheet.
    pub fn sheet(&self, number: u32) -> Option<Vec<u64>> {
        let of_sheet = u64::from(self.columns) * u64::from(self.rows);
        let first = u64::from(number) * of_sheet;
        let behind = self.pictures.min(first.saturating_add(of_sheet));
        (first < behind).then(|| (first..behind).map(|picture| picture.saturating_mul(self.every_ms)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Size = Size { width: 1_920, height: 1_080 };
    const TALL: Size = Size { width: 1_080, height: 1_920 };

    fn asked(width: u32, height: u32, fit: Fit) -> AskedSize {
        let side = |side: u32| (side > 0).then_some(side);
        AskedSize { width: side(width), height: side(height), fit }
    }

    #[test]
    fn pictures_have_the_size_that_is_asked_for() {
        use Fit::{Contain, Cover, Fill};
        for (film, (width, height, fit), scaled, shown) in [
            (WIDE, (0, 0, Contain), (1_280, 720), (1_280, 720)),
            (TALL, (0, 0, Contain), (720, 1_280), (720, 1_280)),
            (Size { width: 320, height: 180 }, (0, 0, Cover), (320, 180), (320, 180)),
            (WIDE, (320, 0, Contain), (320, 180), (320, 180)),
            (WIDE, (0, 90, Fill), (160, 90), (160, 90)),
            (WIDE, (300, 300, Contain), (300, 169), (300, 169)),
            (WIDE, (300, 300, Cover), (533, 300), (300, 300)),
            (WIDE, (300, 300, Fill), (300, 300), (300, 300)),
            (TALL, (300, 300, Cover), (300, 533), (300, 300)),
            (TALL, (300, 300, Contain), (169, 300), (169, 300)),
            (WIDE, (1_920, 16, Cover), (1_920, 1_080), (1_920, 16)),
            (WIDE, (16, 1_920, Cover), (3_413, 1_920), (16, 1_920)),
            // A shape that no picture of such a height can have.
            (Size { width: 8_192, height: 16 }, (0, 1_920, Contain), (1_920, 4), (1_920, 4)),
            (Size { width: 8_192, height: 1 }, (16, 0, Contain), (16, 1), (16, 1)),
            (Size { width: 1, height: 8_192 }, (16, 16, Contain), (1, 16), (1, 16)),
            (Size { width: 0, height: 0 }, (16, 16, Fill), (16, 16), (16, 16)),
        ] {
            let frame = asked(width, height, fit).frame(film, 1_280);
            let size = |size: Size| (size.width, size.height);
            assert_eq!((size(frame.scaled), size(frame.shown)), (scaled, shown), "{film:?} {width}x{height} {fit:?}");
        }
    }

    #[test]
    fn nothing_is_cut_out_of_less_than_there_is() {
        let sides = [16, 17, 100, 333, 1_919, 1_920];
        for film in [WIDE, TALL, Size { width: 1_917, height: 1_079 }, Size { width: 3, height: 7_919 }] {
            for (width, height) in sides.iter().flat_map(|width| sides.map(|height| (*width, height))) {
                let Frame { scaled, shown } = asked(width, height, Fit::Cover).frame(film, 1_280);
                assert_eq!(shown, Size { width, height });
                assert!(scaled.width >= width && scaled.height >= height, "{film:?} {width}x{height}: {scaled:?}");
            }
        }
    }

    #[test]
    fn sizes_out_of_bounds_are_named() {
        asked(16, 1_920, Fit::Contain).check(&SIDES).unwrap();
        asked(0, 0, Fit::Contain).check(&SIDES).unwrap();
        for (width, height, field) in [(15, 100, "width"), (100, 1_921, "height"), (u32::MAX, 0, "width")] {
            let refused = asked(width, height, Fit::Contain).check(&SIDES).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field));
            assert!(refused.message.contains("16 to 1920"), "{}", refused.message);
        }
        assert!(asked(641, 0, Fit::Contain).check(&MOVING_SIDES).is_err());
    }

    #[test]
    fn a_storyboard_has_some_hundred_pictures_however_long_the_film_is() {
        for (duration_ms, every_ms, pictures, columns, rows) in [
            (0, 1_000, 1, 1, 1),
            (1, 1_000, 1, 1, 1),
            (9_500, 1_000, 10, 10, 1),
            (9_100, 1_000, 9, 9, 1),
            (9_101, 1_000, 10, 10, 1),
            (12_000, 1_000, 12, 10, 2),
            (400_000, 1_000, 400, 10, 10),
            (400_001, 2_000, 200, 10, 10),
            (7_200_000, 20_000, 360, 10, 10),
            (24 * 3_600_000, 300_000, 288, 10, 10),
            // What a header says that lies: seventy years.
            (1 << 41, 5_497_560_000, 400, 10, 10),
            (u64::MAX, 46_116_860_184_300_000, 400, 10, 10),
        ] {
            let board = Storyboard::of(WIDE, duration_ms);
            let told = (board.every_ms, board.pictures, board.columns, board.rows);
            assert_eq!(told, (every_ms, pictures, columns, rows), "{duration_ms} ms");
            let sheets: Vec<_> = (0..).map_while(|number| board.sheet(number)).collect();
            let times: Vec<u64> = sheets.concat();
            assert!(sheets.len() <= 4 && times.len() as u64 == pictures, "{duration_ms} ms");
            assert!(times.iter().zip(0..).all(|(time, number): (&u64, u64)| *time == number * every_ms));
            assert_eq!(board.sheet(u32::MAX), None);
        }
        assert_eq!(Storyboard::of(WIDE, 1).frame.shown, Size { width: 160, height: 90 });
        assert_eq!(Storyboard::of(TALL, 1).frame.shown, Size { width: 90, height: 160 });
        assert_eq!(Storyboard::of(Size { width: 1_920, height: 800 }, 1).frame.shown, Size { width: 160, height: 67 });
    }
}
