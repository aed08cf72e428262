//! Token buckets: filled at a steady rate, emptied one request at a time.

use kinora_domain::Timestamp;

/// A token is this many pieces: at a whole number of tokens a second, each millisecond brings whole pieces.
const TOKEN: u64 = 1_000;

/// How often is not too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens a second; 0 for no limit.
    pub per_second: u32,
    /// Tokens of a full bucket.
    pub burst: u32,
}

impl Rate {
    /// No limit.
    pub const OFF: Self = Self { per_second: 0, burst: 0 };

    fn full(self) -> u64 {
        u64::from(self.burst) * TOKEN
    }

    /// Seconds until so many pieces have come, rounded up.
    fn seconds(self, pieces: u64) -> u64 {
        pieces.div_ceil(u64::from(self.per_second).max(1) * TOKEN)
    }
}

/// How a bucket stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Tokens of a full bucket.
    pub(super) limit: u32,
    /// Whole tokens left.
    pub(super) remaining: u64,
    /// Seconds until it is full.
    pub(super) reset: u64,
    /// Seconds until there is a token, where there was none.
    pub(super) wait: Option<u64>,
}

/// A bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    pieces: u64,
    at: Timestamp,
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Timestamp) -> Self {
        Self { pieces: rate.full(), at: now }
    }

    /// Fills in what came since the last time. A clock that was set back brings nothing and takes nothing.
    fn fill(&mut self, rate: Rate, now: Timestamp) {
        let passed = now.millis().saturating_sub(self.at.millis());
        let passed = u64::try_from(passed).unwrap_or(0);
        self.pieces = self.pieces.saturating_add(passed.saturating_mul(rate.per_second.into())).min(rate.full());
        self.at = now;
    }

    /// Takes a token, where there is one.
    pub(super) fn take(&mut self, rate: Rate, now: Timestamp) -> Standing {
        self.fill(rate, now);
        match self.pieces.checked_sub(TOKEN) {
            Some(left) => {
                self.pieces = left;
                self.standing(rate, None)
            }
            None => self.standing(rate, Some(self.until_token(rate))),
        }
    }

    /// Seconds until there is a token; `None` when there is one.
    pub(super) fn wait(&mut self, rate: Rate, now: Timestamp) -> Option<u64> {
        self.fill(rate, now);
        (self.pieces < TOKEN).then(|| self.until_token(rate))
    }

    fn until_token(&self, rate: Rate) -> u64 {
        rate.seconds(TOKEN.saturating_sub(self.pieces)).max(1)
    }

    fn standing(&self, rate: Rate, wait: Option<u64>) -> Standing {
        let reset = rate.seconds(rate.full().saturating_sub(self.pieces));
        Standing { limit: rate.burst, remaining: self.pieces / TOKEN, reset, wait }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 2, burst: 3 };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_bucket_empties_and_fills_steadily() {
        let mut bucket = Bucket::full(RATE, at(0));
        let told = |standing: Standing| (standing.remaining, standing.reset, standing.wait);
        let table = [
            (0, (2, 1, None)),
            (0, (1, 1, None)),
            (0, (0, 2, None)),
            (0, (0, 2, Some(1))),
            (499, (0, 2, Some(1))),
            (500, (0, 2, None)),
            (501, (0, 2, Some(1))),
            (1_500, (1, 1, None)),
            (60_000, (2, 1, None)),
        ];
        for (moment, expected) in table {
            assert_eq!(told(bucket.take(RATE, at(moment))), expected, "{moment}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_brings_nothing_and_blocks_nobody() {
        let mut bucket = Bucket::full(RATE, at(1_000_000));
        for _ in 0..3 {
            assert_eq!(bucket.take(RATE, at(1_000_000)).wait, None);
        }
        assert_eq!(bucket.wait(RATE, at(0)), Some(1));
        assert_eq!(bucket.wait(RATE, at(499)), Some(1));
        assert_eq!(bucket.wait(RATE, at(500)), None);
        assert_eq!(bucket.wait(RATE, at(i64::MAX)), None);
        assert_eq!(bucket.wait(RATE, at(i64::MIN)), None);
    }

    #[test]
    fn the_largest_numbers_are_numbers() {
        let rate = Rate { per_second: u32::MAX, burst: u32::MAX };
        let mut bucket = Bucket::full(rate, at(i64::MIN));
        assert_eq!(bucket.take(rate, at(i64::MAX)).remaining, u64::from(u32::MAX) - 1);
    }
}
