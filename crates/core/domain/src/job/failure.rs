//! What becomes of a job whose attempt failed.

use super::lease::{MAX_ATTEMPTS, MAX_BURIALS};

/// How an attempt ended, when it did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Try again, not before so many milliseconds.
    RetryAfter(i64),
    /// Park it: it needs a person.
    Park,
}

/// What becomes of a job whose attempt failed: back-off doubles from one second, then it is parked.
/// Of a job whose attempts were used up already, giving it up is tried again in the same way.
pub fn after_failure(attempt: u32) -> AfterFailure {
    let round = match attempt.checked_sub(MAX_ATTEMPTS) {
        Some(0) => return AfterFailure::Park,
        Some(burial) if burial >= MAX_BURIALS => return AfterFailure::Park,
        Some(burial) => burial,
        None => attempt,
    };
    AfterFailure::RetryAfter(1_000_i64 << round.saturating_sub(1).min(16))
}

/// Bytes of last words that are kept.
pub const MAX_WORDS: usize = 16 * 1024;

/// Last words as they are kept: of long ones the beginning and the end, which say most.
pub fn bounded_words(words: &str) -> String {
    const GAP: &str = "\n[...]\n";
    if words.len() <= MAX_WORDS {
        return words.to_owned();
    }
    let half = (MAX_WORDS - GAP.len()) / 2;
    let head = words.floor_char_boundary(half);
    let tail = words.ceil_char_boundary(words.len() - half);
    let part = |range| words.get::<core::ops::Range<usize>>(range).unwrap_or_default();
    [part(0..head), GAP, part(tail..words.len())].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_and_then_the_job_is_parked() {
        let after = |attempts: core::ops::RangeInclusive<u32>| attempts.map(after_failure).collect::<Vec<_>>();
        let retries = [1_000, 2_000, 4_000, 8_000].map(AfterFailure::RetryAfter);
        assert_eq!(after(1..=MAX_ATTEMPTS), [&retries[..], &[AfterFailure::Park]].concat());
        let burials = MAX_ATTEMPTS + 1..=MAX_ATTEMPTS + MAX_BURIALS;
        assert_eq!(after(burials), [&retries[..], &[AfterFailure::Park]].concat());
    }

    #[test]
    fn long_words_keep_their_head_and_tail() {
        assert_eq!(bounded_words("short"), "short");
        let exact = "é".repeat(MAX_WORDS / 2);
        assert_eq!(bounded_words(&exact), exact);
        for padding in 0..4 {
            let long = format!("{}first{}last", "x".repeat(padding), "é".repeat(MAX_WORDS));
            let kept = bounded_words(&long);
            assert!(kept.len() <= MAX_WORDS && kept.len() > MAX_WORDS - 16, "{}", kept.len());
            assert!(kept.starts_with(&"x".repeat(padding)) && kept.contains("first") && kept.ends_with("last"));
            assert!(kept.contains("[...]"));
        }
    }
}
