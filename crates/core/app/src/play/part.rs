//! A part of a presentation, as it is asked for.

use kinora_domain::Problem;
use kinora_media::progressive::Span;

/// Where a part begins and ends, in microseconds: from the beginning, and to the end, without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Where it begins.
    pub start: Option<u64>,
    /// Where it ends.
    pub end: Option<u64>,
}

impl Part {
    /// The part of what lasts that long, in microseconds; none where all of it is asked for.
    ///
    /// # Errors
    /// It begins behind the end, or ends before it begins.
    pub(super) fn within(self, whole: u64) -> Result<Option<Span>, Problem> {
        if self == Self::default() {
            return Ok(None);
        }
        let start = self.start.unwrap_or(0);
        let end = self.end.unwrap_or(whole).min(whole);
        let seconds = |micros: u64| format!("{}.{:03}", micros / 1_000_000, micros / 1_000 % 1_000);
        if start >= whole {
            let message = format!("The video lasts {} s; a clip begins before that.", seconds(whole));
            return Err(Problem::invalid("start", message));
        }
        if end <= start {
            let message = format!("A clip ends behind its start, which is at {} s.", seconds(start));
            return Err(Problem::invalid("end", message));
        }
        Ok(Some(Span { start, end }))
    }

    /// The same as parameters, without a question mark; nothing of all.
    pub(super) fn query(self) -> String {
        let seconds = |micros: u64| format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        let parameter = |(name, value): (&str, Option<u64>)| value.map(|micros| format!("{name}={}", seconds(micros)));
        let given: Vec<String> = [("start", self.start), ("end", self.end)].into_iter().filter_map(parameter).collect();
        given.join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_lies_within_the_whole() {
        let part = |start, end| Part { start, end };
        for (asked, expected) in [
            (part(None, None), None),
            (part(Some(0), None), Some(Span { start: 0, end: 10_000_000 })),
            (part(None, Some(5)), Some(Span { start: 0, end: 5 })),
            (part(Some(2), Some(20_000_000)), Some(Span { start: 2, end: 10_000_000 })),
        ] {
            assert_eq!(asked.within(10_000_000), Ok(expected), "{asked:?}");
        }
        for (asked, field) in
            [(part(Some(10_000_000), None), "start"), (part(Some(5), Some(5)), "end"), (part(None, Some(0)), "end")]
        {
            assert_eq!(asked.within(10_000_000).unwrap_err().field.as_deref(), Some(field), "{asked:?}");
        }
    }

    #[test]
    fn a_part_is_named_in_addresses() {
        assert_eq!(Part::default().query(), "");
        assert_eq!(Part { start: Some(1_500_000), end: None }.query(), "start=1.500000");
        assert_eq!(Part { start: Some(0), end: Some(61_000_001) }.query(), "start=0.000000&end=61.000001");
    }
}
