//! Exact times from rounded ones.
//!
//! Containers that count milliseconds round every time. Sound knows better: the length of each frame is in the frame.
//! Picture knows better where its headers name a frame rate.

use crate::facts::FrameRate;
use crate::timing::Timescale;

/// Times of sound, counted in samples from a time that the container names, for as long as the container agrees.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SampleClock {
    /// Time and end of the last frame.
    last: Option<(i64, i64)>,
}

impl SampleClock {
    /// The time of a frame of `length` ticks that the container says is at `told`. Where the two drift apart by more
    /// than a frame and a half, the container is right; time never goes back.
    pub(crate) fn stamp(&mut self, told: i64, length: i64) -> i64 {
        let length = length.max(0);
        let time = match self.last {
            Some((_, end)) if told.abs_diff(end) <= (length.saturating_mul(3) / 2).unsigned_abs() => end,
            Some((start, _)) => told.max(start.saturating_add(1)),
            None => told,
        };
        self.last = Some((time, time.saturating_add(length)));
        time
    }

    /// Where the last frame ends: the time of one whose own is not told.
    pub(crate) fn end(&self) -> Option<i64> {
        self.last.map(|(_, end)| end)
    }
}

/// Times of pictures at a steady rate: those that lie within a rounding of the grid are moved onto it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameGrid {
    /// Ticks of a frame.
    frame: i64,
    /// How far from the grid rounding can take a time.
    tolerance: i64,
    origin: Option<i64>,
}

impl FrameGrid {
    /// A scale in which frames of a rate are whole ticks, and the grid of that rate for times that were told in
    /// another scale.
    pub(crate) fn new(rate: FrameRate, told: Timescale) -> Option<(Timescale, Self)> {
        let mut scale = rate.num.get();
        let mut frame = rate.den.get();
        // Fine enough for times beside the grid.
        while scale < 10_000 {
            scale = scale.checked_mul(2)?;
            frame = frame.checked_mul(2)?;
        }
        // The origin is rounded as well as the time.
        let tolerance = i64::from(scale.div_ceil(told.get()));
        let grid = Self { frame: i64::from(frame), tolerance, origin: None };
        (tolerance.saturating_mul(4) <= grid.frame).then_some((Timescale::new(scale)?, grid))
    }

    pub(crate) fn snap(&mut self, told: i64) -> i64 {
        let origin = *self.origin.get_or_insert(told);
        let apart = told.saturating_sub(origin);
        let frames = apart.saturating_add(self.frame / 2).checked_div_euclid(self.frame).unwrap_or(0);
        let exact = frames.saturating_mul(self.frame).saturating_add(origin);
        if exact.abs_diff(told) <= self.tolerance.unsigned_abs() { exact } else { told }
    }
}

/// The rate of frames that are so many nanoseconds long: one that people use where that is what was rounded.
pub(crate) fn frame_rate(nanoseconds: u64) -> Option<FrameRate> {
    const COMMON: [(u32, u32); 14] = [
        (24_000, 1_001),
        (24, 1),
        (25, 1),
        (30_000, 1_001),
        (30, 1),
        (48, 1),
        (50, 1),
        (60_000, 1_001),
        (60, 1),
        (15, 1),
        (12, 1),
        (10, 1),
        (120_000, 1_001),
        (120, 1),
    ];
    let near = |(num, den): &&(u32, u32)| {
        let exact = u64::from(*den).saturating_mul(1_000_000_000).checked_div(u64::from(*num)).unwrap_or(0);
        // Some writers round to microseconds.
        exact.abs_diff(nanoseconds) <= 1_000
    };
    if let Some((num, den)) = COMMON.iter().find(near) {
        return FrameRate::new(*num, *den);
    }
    let milli = 1_000_000_000_000u64.checked_add(nanoseconds / 2)?.checked_div(nanoseconds)?;
    FrameRate::new(u32::try_from(milli).ok().filter(|milli| (100..=1_000_000).contains(milli))?, 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_in_milliseconds_gets_exact_times() {
        let mut clock = SampleClock::default();
        for frame in 0..1_000i64 {
            let exact = frame * 1_024;
            let told = (exact * 1_000 + 24_000) / 48_000 * 48;
            assert_eq!(clock.stamp(told, 1_024), exact);
        }
        // A pause is believed, and so is a step back as far as time allows.
        assert_eq!(clock.stamp(1_100_000, 1_024), 1_100_000);
        assert_eq!(clock.stamp(1_000_000, 1_024), 1_100_001);
        assert_eq!(clock.end(), Some(1_101_025));
    }

    #[test]
    fn pictures_in_milliseconds_get_exact_times() {
        let rate = FrameRate::new(30_000, 1_001).unwrap();
        let (scale, mut grid) = FrameGrid::new(rate, Timescale::MILLIS).unwrap();
        assert_eq!(scale.get(), 30_000);
        for frame in 0..1_000i64 {
            let told = (frame * 1_001 + 15) / 30 * 30;
            assert_eq!(grid.snap(told), frame * 1_001);
        }
        assert_eq!(grid.snap(500), 500);
        let (scale, _) = FrameGrid::new(FrameRate::new(25, 1).unwrap(), Timescale::MILLIS).unwrap();
        assert_eq!(scale.get(), 12_800);
        // Frames about as short as the rounding have no grid.
        assert!(FrameGrid::new(FrameRate::new(1_000, 1).unwrap(), Timescale::MILLIS).is_none());
    }

    #[test]
    fn rates_are_named_as_people_name_them() {
        for (nanoseconds, num, den) in [
            (40_000_000, 25, 1),
            (33_366_666, 30_000, 1_001),
            (33_367_000, 30_000, 1_001),
            (41_708_333, 24_000, 1_001),
            (41_666_666, 24, 1),
            (20_000_000, 50, 1),
            (80_000_000, 25, 2),
        ] {
            assert_eq!(frame_rate(nanoseconds), FrameRate::new(num, den), "{nanoseconds}");
        }
        assert_eq!(frame_rate(0), None);
        assert_eq!(frame_rate(1), None);
    }
}
