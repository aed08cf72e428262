//! Where segments may begin.

use core::time::Duration;

use crate::timing::{Timescale, rescale, rescale_up};

/// The shortest target: below it segments are mostly overhead.
const MIN_TARGET_MS: u32 = 100;

/// A target as maps carry it: at least a tenth of a second.
pub(super) fn target_ms(target: Duration) -> u32 {
    u32::try_from(target.as_millis()).unwrap_or(u32::MAX).max(MIN_TARGET_MS)
}

/// The shortest last segment of sound. hls.js looks for the next segment a quarter of a second ahead of what it has, and does not
/// find one that is shorter than that at the end of a film that grew.
const SHORTEST_LAST_MS: i64 = 250;

/// [`SHORTEST_LAST_MS`] in ticks.
pub(super) fn shortest_last(scale: Timescale) -> i64 {
    rescale_up(SHORTEST_LAST_MS, Timescale::MILLIS, scale)
}

/// Where a track is cut: picture at the first sync sample at or after each point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cuts {
    /// Every multiple of the target; sound at the frame that is heard then.
    Grid,
    /// These presentation times, sorted, in ticks of the track, and nowhere else; sound at the first frame at or after each.
    At(Vec<i64>),
}

/// The next cut.
#[derive(Debug, Clone)]
pub(super) struct Cutter {
    /// Points that come before the grid.
    points: std::vec::IntoIter<i64>,
    /// Scale of the points.
    scale: Timescale,
    pub(super) target_ms: u32,
    /// Where the grid begins: behind it there are points. `None`: there is no grid.
    grid_from: Option<i64>,
    /// Scale of the track that is cut.
    own: Timescale,
    /// The next point, and the first tick of the track at or after it.
    next: i64,
    next_own: i64,
}

impl Cutter {
    pub(super) fn new(cuts: Cuts, own: Timescale, target_ms: u32) -> Self {
        match cuts {
            Cuts::Grid => Self::grid(own, target_ms),
            Cuts::At(points) => Self::with(points, None, own, (own, target_ms)),
        }
    }

    /// A regular grid in the scale of the track itself.
    pub(super) fn grid(own: Timescale, target_ms: u32) -> Self {
        Self::following(Vec::new(), 0, own, (own, target_ms))
    }

    /// The points of another track, which ends at `end`, and a grid behind it.
    pub(super) fn following(points: Vec<i64>, end: i64, scale: Timescale, own: (Timescale, u32)) -> Self {
        let mut cutter = Self::with(points, Some(end), scale, own);
        // What begins at zero begins anyway.
        cutter.advance(0);
        cutter
    }

    fn with(points: Vec<i64>, grid_from: Option<i64>, scale: Timescale, (own, target_ms): (Timescale, u32)) -> Self {
        let points = points.into_iter();
        let mut cutter = Self { points, scale, target_ms, grid_from, own, next: 0, next_own: 0 };
        if grid_from.is_none() {
            cutter.advance(i64::MIN);
        }
        cutter
    }

    /// Whether a sample at `time` may begin a segment. The points up to it are used up.
    pub(super) fn reached(&mut self, time: i64) -> bool {
        if time < self.next_own {
            return false;
        }
        let passed = rescale(time, self.own, self.scale);
        while time >= self.next_own && self.next != i64::MAX {
            self.advance(passed.max(self.next));
        }
        true
    }

    /// Whether a frame of sound that is heard from `time` until `end` may begin a segment.
    pub(super) fn reached_by_sound(&mut self, time: i64, end: i64) -> bool {
        let last = if self.grid_from.is_some() { time.max(end.saturating_sub(1)) } else { time };
        self.reached(last)
    }

    /// Moves to the first point after `time`.
    fn advance(&mut self, time: i64) {
        self.next = match self.points.find(|point| *point > time) {
            Some(point) => point,
            None => self.grid_from.map_or(i64::MAX, |from| self.grid_after(time.max(from))),
        };
        self.next_own = rescale_up(self.next, self.scale, self.own);
    }

    fn grid_after(&self, time: i64) -> i64 {
        let per_second = i128::from(self.scale.get());
        let step = i128::from(self.target_ms);
        let passed = (i128::from(time) * 1000).checked_div(step * per_second).unwrap_or(0);
        // Points are rounded to ticks, so that the quotient may be one too small.
        (1..=3)
            .map(|more| i64::try_from((passed + more) * step).unwrap_or(i64::MAX))
            .map(|millis| rescale(millis, Timescale::MILLIS, self.scale))
            .find(|point| *point > time)
            .unwrap_or(i64::MAX)
    }
}
