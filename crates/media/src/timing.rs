//! Time is integer ticks with a scale, and there is one rounding rule.

use core::num::NonZeroU32;

/// Ticks in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timescale(NonZeroU32);

impl Timescale {
    /// Milliseconds.
    pub const MILLIS: Self = Self(NonZeroU32::new(1_000).unwrap());
    /// Microseconds.
    pub const MICROS: Self = Self(NonZeroU32::new(1_000_000).unwrap());
    /// Units of 100 nanoseconds.
    pub const HUNDRED_NANOS: Self = Self(NonZeroU32::new(10_000_000).unwrap());
    /// The clock of times in MPEG-2 transport streams (ISO/IEC 13818-1, 2.4.3.7).
    pub const TRANSPORT: Self = Self(NonZeroU32::new(90_000).unwrap());

    /// A scale of `ticks` in a second; `None` for zero.
    pub fn new(ticks: u32) -> Option<Self> {
        NonZeroU32::new(ticks).map(Self)
    }

    /// Ticks in a second.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

/// The same time in another scale: rounded to nearest, ties away from zero, saturating at the ends of `i64`.
pub fn rescale(ticks: i64, from: Timescale, to: Timescale) -> i64 {
    if from == to {
        return ticks;
    }
    let divisor = i128::from(from.get());
    let product = i128::from(ticks) * i128::from(to.get());
    let magnitude = (product.abs() * 2 + divisor) / (divisor * 2);
    let signed = if product < 0 { -magnitude } else { magnitude };
    i64::try_from(signed).unwrap_or(if signed < 0 { i64::MIN } else { i64::MAX })
}

/// The first tick of another scale at or after a time: to compare exactly, not to convert.
pub(crate) fn rescale_up(ticks: i64, from: Timescale, to: Timescale) -> i64 {
    let divisor = i128::from(from.get());
    let product = i128::from(ticks) * i128::from(to.get());
    let up = product.div_euclid(divisor) + i128::from(product.rem_euclid(divisor) != 0);
    i64::try_from(up).unwrap_or(if up < 0 { i64::MIN } else { i64::MAX })
}

/// [`rescale`] for a length, which is never negative.
pub fn rescale_len(ticks: u64, from: Timescale, to: Timescale) -> u64 {
    let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
    u64::try_from(rescale(ticks, from, to)).unwrap_or(0)
}

/// The lowest 33 bits of a time of [`Timescale::TRANSPORT`]: as many as streams have, so that times repeat after 26
/// hours.
pub(crate) fn transport_time(ticks: i64) -> u64 {
    ticks.cast_unsigned() & ((1 << 33) - 1)
}

/// Seconds as a number. For text and for people: no arithmetic of this crate is done with it.
pub fn seconds(ticks: i64, scale: Timescale) -> f64 {
    let value = approximate(ticks.unsigned_abs()) / f64::from(scale.get());
    if ticks < 0 { -value } else { value }
}

/// The nearest floating-point number, for ratios that people read.
pub(crate) fn approximate(value: u64) -> f64 {
    let high = u32::try_from(value >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// Microseconds as a decimal number of seconds with six places: `4.004000`.
pub(crate) fn decimal(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(ticks: u32) -> Timescale {
        Timescale::new(ticks).unwrap()
    }

    #[test]
    fn ticks_are_rescaled_to_nearest_with_ties_away_from_zero() {
        for (ticks, from, to, expected) in [
            (0, 1, 1_000, 0),
            (1, 3, 1, 0),
            (2, 3, 1, 1),
            (1, 2, 1, 1),
            (-1, 2, 1, -1),
            (-1, 3, 1, 0),
            (3, 2, 1, 2),
            (-3, 2, 1, -2),
            (1_001, 30_000, 90_000, 3_003),
            (90_000, 90_000, 48_000, 48_000),
            (i64::MAX, 1, u32::MAX, i64::MAX),
            (i64::MIN, 1, u32::MAX, i64::MIN),
            (i64::MIN, 7, 7, i64::MIN),
        ] {
            assert_eq!(rescale(ticks, scale(from), scale(to)), expected, "{ticks} of 1/{from} in 1/{to}");
        }
    }

    #[test]
    fn times_of_transport_streams_begin_again_after_26_hours() {
        let again = 1i64 << 33;
        for (ticks, expected) in
            [(0, 0), (again - 1, 0x1_ffff_ffff), (again, 0), (again + 90_000, 90_000), (-1, 0x1_ffff_ffff)]
        {
            assert_eq!(transport_time(ticks), expected, "{ticks}");
        }
    }

    #[test]
    fn a_scale_of_zero_does_not_exist() {
        assert_eq!(Timescale::new(0), None);
    }

    #[test]
    fn seconds_are_for_text() {
        assert!((seconds(-45_000, scale(90_000)) + 0.5).abs() < 1e-12);
        assert!((seconds(1 << 40, scale(1 << 30)) - 1024.0).abs() < 1e-9);
        assert_eq!(decimal(4_004_000), "4.004000");
        assert_eq!(decimal(7), "0.000007");
    }
}
