//! Times in a stream: 33 bits of 1/90000 s that begin again after 26 hours (ISO/IEC 13818-1, 2.4.3.4 and 2.4.3.7).

use crate::timing::{Timescale, rescale, transport_time};

/// The time in a stream of what is shown at zero, in ticks of [`Timescale::TRANSPORT`]: ten seconds. So neither priming
/// nor pictures that are decoded early begin before zero, which times without a sign cannot say.
pub const START: i64 = 900_000;

/// How much earlier the clock shows a time than it is decoded. All of a frame has then arrived when it is decoded, for
/// it arrives before the clock is told again.
const LEAD: i64 = 18_000;

/// The longest time between two tellings of the clock (2.7.2).
pub(super) const INTERVAL: i64 = 9_000;

/// The most tellings in a segment that nothing else carries: a gap of hours would be filled with them.
const MOST_ALONE: i64 = 4_096;

/// A time of the presentation in the stream.
pub(super) fn stamp(ticks: i64, scale: Timescale) -> i64 {
    rescale(ticks, scale, Timescale::TRANSPORT).saturating_add(START)
}

/// A time as the header of a packet has it, behind the four bits that tell which it is.
pub(super) fn timestamp(mark: u8, time: i64) -> [u8; 5] {
    let time = transport_time(time);
    let parts = [u64::from(mark) << 36, (time >> 30) << 33, (time >> 15 & 0x7fff) << 17, (time & 0x7fff) << 1];
    let [_, _, _, bytes @ ..] = parts.iter().fold(0x1_0001_0001, |all, part| all | part).to_be_bytes();
    bytes
}

/// The clock as adaptation fields have it, when something is decoded at `time` next.
pub(super) fn reference(time: i64) -> [u8; 6] {
    let base = transport_time(time.saturating_sub(LEAD));
    let [_, _, bytes @ ..] = (base << 15 | 0x7e00).to_be_bytes();
    bytes
}

/// Says when the clock is to be told in a packet of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    last: Option<i64>,
    interval: i64,
    /// When the next segment begins with its own clock; `None` behind the last.
    end: Option<i64>,
}

impl Clock {
    /// The clock of a segment with something to decode from `first` to `last`, in front of a segment that begins to be
    /// decoded at `end`.
    pub(super) fn new(first: i64, last: i64, end: Option<i64>) -> Self {
        let span = end.map_or(last, |end| end.max(last)).saturating_sub(first);
        Self { last: None, interval: INTERVAL.max(span / MOST_ALONE), end }
    }

    /// The next time to be told in front of what is decoded at `time`, which `tells` the clock itself or does not. To
    /// be asked until there is none.
    pub(super) fn due(&mut self, time: i64, tells: bool) -> Option<i64> {
        // Sound is decoded later than the pictures that it is shown with, up to behind the first of the next segment.
        let time = self.end.map_or(time, |end| time.min(end));
        match self.last {
            None if tells => {}
            None => self.last = Some(time),
            Some(last) if time.saturating_sub(last) > self.interval => {
                self.last = Some(last.saturating_add(self.interval));
            }
            Some(_) => return None,
        }
        self.last
    }

    /// The next time to be told behind everything.
    pub(super) fn due_at_end(&mut self) -> Option<i64> {
        self.end.and_then(|end| self.due(end, true))
    }

    /// It was told.
    pub(super) fn told(&mut self, time: i64) {
        self.last = Some(time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_their_marks() {
        for (mark, time, expected) in [
            (3, 128_960, [0x31, 0x00, 0x07, 0xef, 0x81]),
            (1, 126_000, [0x11, 0x00, 0x07, 0xd8, 0x61]),
            (2, (1 << 33) - 1, [0x2f, 0xff, 0xff, 0xff, 0xff]),
            (2, 1 << 33, [0x21, 0x00, 0x01, 0x00, 0x01]),
            (2, -1, [0x2f, 0xff, 0xff, 0xff, 0xff]),
        ] {
            assert_eq!(timestamp(mark, time), expected, "{time}");
        }
    }

    #[test]
    fn the_clock_is_ahead() {
        assert_eq!(reference(LEAD), [0, 0, 0, 0, 0x7e, 0]);
        assert_eq!(reference(LEAD + 3), [0, 0, 0, 1, 0xfe, 0]);
        assert_eq!(reference(LEAD - 1), [0xff, 0xff, 0xff, 0xff, 0xfe, 0]);
        assert_eq!(reference(LEAD + (1 << 33)), [0, 0, 0, 0, 0x7e, 0]);
    }

    /// What is told alone in front of a time.
    fn due(clock: &mut Clock, time: i64, tells: bool) -> Vec<i64> {
        core::iter::from_fn(|| clock.due(time, tells)).collect()
    }

    #[test]
    fn the_clock_is_told_every_tenth_of_a_second() {
        let mut clock = Clock::new(0, 40_000, Some(63_000));
        assert_eq!(due(&mut clock, 0, true), [0i64; 0]);
        clock.told(0);
        assert_eq!(due(&mut clock, 9_000, false), [0i64; 0]);
        assert_eq!(due(&mut clock, 9_001, false), [9_000]);
        assert_eq!(due(&mut clock, 40_000, true), [18_000, 27_000, 36_000]);
        clock.told(40_000);
        // Sound that is decoded with the next segment.
        assert_eq!(due(&mut clock, 80_000, false), [49_000, 58_000]);
        assert_eq!(clock.due_at_end(), None);
    }

    #[test]
    fn sound_in_front_of_the_picture_has_a_clock() {
        let mut clock = Clock::new(0, 30_000, None);
        assert_eq!(due(&mut clock, 500, false), [500]);
        assert_eq!(due(&mut clock, 30_000, true), [9_500, 18_500, 27_500]);
        clock.told(30_000);
        assert_eq!(clock.due_at_end(), None);
    }

    #[test]
    fn a_gap_of_any_length_has_so_many() {
        let mut clock = Clock::new(0, 0, Some(i64::MAX));
        clock.told(0);
        let count = core::iter::from_fn(|| clock.due_at_end()).count();
        assert_eq!(i64::try_from(count), Ok(MOST_ALONE));
    }
}
