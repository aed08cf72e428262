//! What a picture track is, as far as processing cares: sizes, rates, scan, dynamic range.

use core::num::NonZeroU32;

/// Width and height in pixels, none of them zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// The smaller of both: what people mean by `720p`, whichever way the picture stands.
    pub const fn short_side(self) -> u32 {
        if self.width < self.height { self.width } else { self.height }
    }

    /// The picture scaled so that its short side has `short` pixels; the long side goes to
    /// the nearest even number, the short one down to an even one, as 4:2:0 wants them, and at least 2.
    #[must_use]
    pub fn scaled_to(self, short: u32) -> Self {
        let side = u64::from(self.short_side().max(1));
        let short = (short / 2 * 2).max(2);
        let even = |long: u32| {
            let half = (u64::from(long) * u64::from(short) + side) / (2 * side);
            u32::try_from(half.max(1) * 2).unwrap_or(u32::MAX - 1)
        };
        if self.width < self.height {
            Self { width: short, height: even(self.height) }
        } else {
            Self { width: even(self.width), height: short }
        }
    }
}

/// Frames in a second as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Frames.
    pub num: NonZeroU32,
    /// In this many seconds.
    pub den: NonZeroU32,
}

impl Rate {
    /// The rate `num / den`, in lowest terms; `None` where either is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        let common = gcd(num, den).max(1);
        Some(Self { num: NonZeroU32::new(num / common)?, den: NonZeroU32::new(den / common)? })
    }

    /// Ticks in a second in which every frame lasts a whole number of ticks: the numerator, doubled
    /// until times are finer than 0.1 ms.
    pub fn timescale(self) -> u32 {
        let mut scale = self.num.get();
        while scale < 10_000 {
            scale *= 2;
        }
        scale
    }

    /// Ticks of [`timescale`](Self::timescale) that a frame lasts.
    pub fn frame_ticks(self) -> u32 {
        (self.timescale() / self.num).saturating_mul(self.den.get())
    }
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The length of a tick as a fraction of a second, as demuxers name it: `1/90000`, `1001/30000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeBase {
    /// Seconds.
    pub num: NonZeroU32,
    /// In this many ticks.
    pub den: NonZeroU32,
}

impl TimeBase {
    /// The time base `num / den`; `None` where either is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        Some(Self { num: NonZeroU32::new(num)?, den: NonZeroU32::new(den)? })
    }

    /// `ticks` in units of which `per_second` make a second, rounded to the nearest, halves up.
    pub fn rescale(self, ticks: i64, per_second: u32) -> i64 {
        let numerator = i128::from(ticks) * i128::from(self.num.get()) * i128::from(per_second) * 2;
        let den = i128::from(self.den.get());
        i64::try_from((numerator + den).div_euclid(den * 2)).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX })
    }

    /// What lasts `count` units, of which `per_second` make a second, in ticks; rounded to the nearest.
    pub fn ticks_of(self, count: i64, per_second: u32) -> i64 {
        let numerator = i128::from(count) * i128::from(self.den.get()) * 2;
        let den = i128::from(self.num.get()) * i128::from(per_second.max(1));
        i64::try_from((numerator + den).div_euclid(den * 2)).unwrap_or(if count < 0 { i64::MIN } else { i64::MAX })
    }
}

/// How the lines of a picture were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scan {
    /// All at once.
    Progressive,
    /// In two fields, the one with the top line first.
    TopFirst,
    /// In two fields, the one with the bottom line first.
    BottomFirst,
}

/// How light is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// Standard dynamic range.
    Sdr,
    /// SMPTE ST 2084, of HDR10.
    Pq,
    /// ARIB STD-B67.
    Hlg,
}

/// How luma and chroma are made of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// ITU-R BT.601, of standard definition.
    Bt601,
    /// ITU-R BT.709, of high definition.
    Bt709,
}

impl Matrix {
    /// What players take a picture for that does not tell.
    pub const fn untold(shown: Size) -> Self {
        if shown.height < 720 { Self::Bt601 } else { Self::Bt709 }
    }
}

/// What is known of a picture track from its headers and first frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PictureFacts {
    /// Size as shown: pixels made square, rotation applied.
    pub shown: Size,
    /// The average rate that the headers name.
    pub rate: Option<Rate>,
    /// Scan.
    pub scan: Scan,
    /// Dynamic range.
    pub transfer: Transfer,
    /// Whether the headers tell how luma and chroma were made; of pictures that have none they do not.
    pub tells_matrix: bool,
    /// In what its times are told.
    pub base: TimeBase,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_scaled_by_their_short_side_to_even_sizes() {
        let cases = [
            ((1920, 1080), 720, (1280, 720)),
            ((1920, 1080), 480, (854, 480)),
            ((1080, 1920), 480, (480, 854)),
            ((640, 272), 272, (640, 272)),
            ((1917, 1079), 1079, (1916, 1078)),
            ((3840, 1600), 1080, (2592, 1080)),
            ((1, 1), 1, (2, 2)),
            ((100, 1), 2, (200, 2)),
        ];
        for ((width, height), short, expected) in cases {
            let scaled = Size { width, height }.scaled_to(short);
            assert_eq!((scaled.width, scaled.height), expected, "{width}x{height} to {short}");
        }
    }

    #[test]
    fn every_frame_lasts_a_whole_number_of_ticks() {
        for (num, den, scale, ticks) in
            [(25, 1, 12_800, 512), (30_000, 1_001, 30_000, 1_001), (24, 1, 12_288, 512), (50, 2, 12_800, 512)]
        {
            let rate = Rate::new(num, den).unwrap();
            assert_eq!((rate.timescale(), rate.frame_ticks()), (scale, ticks), "{num}/{den}");
        }
        assert_eq!(Rate::new(0, 1), None);
    }

    #[test]
    fn times_are_rescaled_to_the_nearest() {
        let ms = TimeBase::new(1, 1_000).unwrap();
        assert_eq!(ms.rescale(1_001, 30_000), 30_030);
        assert_eq!(ms.rescale(-1, 500), 0);
        assert_eq!(ms.rescale(-3, 500), -1);
        assert_eq!(ms.ticks_of(90_000, 90_000), 1_000);
        let film = TimeBase::new(1_001, 24_000).unwrap();
        assert_eq!(film.rescale(24, 1_000), 1_001);
        assert_eq!(film.ticks_of(1_001, 1_000), 24);
    }
}
