//! Byte ranges (RFC 9110 clause 14).

use core::ops::Range;

/// What a `Range` header asks of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// All of it: there is no header, or one that must be ignored (another unit, bad syntax, several
    /// ranges, which a server may answer with the whole).
    Whole,
    /// One range that can be met.
    Part(Range<u64>),
    /// A range that begins after the end.
    Unsatisfiable,
}

/// Reads a `Range` header for `size` bytes.
pub fn parse(header: Option<&str>, size: u64) -> Asked {
    let Some(spec) = header.and_then(|value| value.trim().strip_prefix("bytes=")) else { return Asked::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Asked::Whole };
    let (first, last) = (first.trim(), last.trim());
    if spec.contains(',') || !digits(first) || !digits(last) {
        return Asked::Whole;
    }
    match (first.is_empty(), last.is_empty()) {
        (true, true) => Asked::Whole,
        (true, false) => match bounded(last) {
            0 => Asked::Unsatisfiable,
            _ if size == 0 => Asked::Unsatisfiable,
            count => Asked::Part(size.saturating_sub(count)..size),
        },
        (false, _) => {
            let start = bounded(first);
            let end = if last.is_empty() { size } else { bounded(last).saturating_add(1).min(size) };
            if !last.is_empty() && bounded(last) < start {
                Asked::Whole
            } else if start >= size {
                Asked::Unsatisfiable
            } else {
                Asked::Part(start..end)
            }
        }
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number of any length, held at the largest that counts.
fn bounded(text: &str) -> u64 {
    text.parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_ranges() {
        let table = [
            (None, Asked::Whole),
            (Some("bytes=0-0"), Asked::Part(0..1)),
            (Some("bytes=0-"), Asked::Part(0..10)),
            (Some("bytes=3-5"), Asked::Part(3..6)),
            (Some("bytes=3-500"), Asked::Part(3..10)),
            (Some("bytes=3-99999999999999999999999"), Asked::Part(3..10)),
            (Some("bytes=-4"), Asked::Part(6..10)),
            (Some("bytes=-400"), Asked::Part(0..10)),
            (Some("bytes=-0"), Asked::Unsatisfiable),
            (Some("bytes=10-"), Asked::Unsatisfiable),
            (Some("bytes=99999999999999999999999-"), Asked::Unsatisfiable),
            (Some("bytes=5-3"), Asked::Whole),
            (Some("bytes=-"), Asked::Whole),
            (Some("bytes=a-b"), Asked::Whole),
            (Some("bytes=0-0,0-0"), Asked::Whole),
            (Some("items=0-1"), Asked::Whole),
        ];
        for (header, asked) in table {
            assert_eq!(parse(header, 10), asked, "{header:?}");
        }
        assert_eq!(parse(Some("bytes=-5"), 0), Asked::Unsatisfiable);
    }
}
