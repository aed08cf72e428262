//! One timeline from times of 33 bits that wrap, jump and begin anew.

/// Times repeat after so many ticks.
const WRAP: i64 = 1 << 33;
/// A longer step forward is a jump.
const JUMP: i64 = 10 * 90_000;
/// The same for a step back, which no stream makes, and for both where the stream says that times begin anew.
const SMALL_JUMP: i64 = 90_000 / 2;

/// Places the times of all streams of a program.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    /// What is added to times, and what was before the last jump: streams do not jump in the same packet.
    shift: i64,
    before: i64,
    /// The last time that was given.
    last: Option<i64>,
    announced: bool,
}

impl Timeline {
    /// Times begin anew soon.
    pub(super) fn announce(&mut self) {
        self.announced = self.last.is_some();
    }

    /// The place of a time of a stream whose last was at `last`, with frames of `frame` ticks.
    pub(super) fn place(&mut self, time: i64, last: Option<i64>, frame: i64) -> i64 {
        let Some(reference) = last.or(self.last) else {
            self.last = Some(time);
            return time;
        };
        let expected = reference.saturating_add(frame);
        let near = |shift: i64| expected.saturating_add(wrapped(time.saturating_add(shift).saturating_sub(expected)));
        let forward = if self.announced { SMALL_JUMP } else { JUMP };
        // Streams do not begin together.
        let back = if last.is_some() { SMALL_JUMP } else { JUMP };
        let fits = |place: &i64| (expected.saturating_sub(back)..=expected.saturating_add(forward)).contains(place);
        let place = [near(self.shift), near(self.before)].into_iter().find(fits).unwrap_or_else(|| {
            self.before = self.shift;
            self.shift = expected.saturating_sub(time);
            self.announced = false;
            expected
        });
        self.last = Some(place);
        place
    }
}

/// A difference of times that repeat.
pub(super) fn wrapped(difference: i64) -> i64 {
    let half = WRAP / 2;
    difference.saturating_add(half).rem_euclid(WRAP).saturating_sub(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_wrap_go_on() {
        let mut timeline = Timeline::default();
        let mut last = None;
        for step in 0..4i64 {
            let time = (WRAP - 7_200 + step * 3_600) % WRAP;
            let place = timeline.place(time, last, 3_600);
            assert_eq!(place, WRAP - 7_200 + step * 3_600);
            last = Some(place);
        }
    }

    #[test]
    fn times_that_jump_go_on_in_both_streams() {
        let mut timeline = Timeline::default();
        let picture = timeline.place(90_000, None, 3_600);
        let sound = timeline.place(91_000, None, 1_920);
        let picture = timeline.place(8_000_000, Some(picture), 3_600);
        assert_eq!(picture, 93_600);
        // Sound from before the jump is still on its way.
        let sound = timeline.place(92_920, Some(sound), 1_920);
        assert_eq!(sound, 92_920);
        assert_eq!(timeline.place(8_001_000, Some(sound), 1_920), 94_600);
        assert_eq!(timeline.place(8_003_600, Some(picture), 3_600), 97_200);
    }

    #[test]
    fn a_small_jump_counts_where_it_is_announced() {
        let mut timeline = Timeline::default();
        let first = timeline.place(900_000, None, 3_600);
        assert_eq!(timeline.place(1_000_000, Some(first), 3_600), 1_000_000);
        timeline.announce();
        assert_eq!(timeline.place(500_000, Some(1_000_000), 3_600), 1_003_600);
        assert_eq!(timeline.place(503_600, Some(1_003_600), 3_600), 1_007_200);
    }
}
