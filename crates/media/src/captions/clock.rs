//! Times of `SubRip` and `WebVTT`.

/// A time such as `01:02:03.004`, in milliseconds. Hours may be left out where `short`; the last part has as many digits as
/// it is exact.
pub(super) fn parse(text: &str, point: &[char], short: bool) -> Option<u64> {
    let (clock, fraction) = text.split_once(point)?;
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes, seconds] => (number(hours, 1..=4)?, number(minutes, 1..=2)?, number(seconds, 1..=2)?),
        [minutes, seconds] if short => (0, number(minutes, 1..=2)?, number(seconds, 1..=2)?),
        _ => return None,
    };
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let millis = number(&format!("{fraction:0<3}"), 3..=3).filter(|_millis| !fraction.is_empty())?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis)
}

/// The same written, with hours.
pub(super) fn write(ms: u64) -> String {
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn number(text: &str, digits: core::ops::RangeInclusive<usize>) -> Option<u64> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, ms) in [
            ("00:00:01,000", Some(1_000)),
            ("1:02:03,4", Some(3_723_400)),
            ("100:00:00.000", Some(360_000_000)),
            ("00:60:00,000", None),
            ("00:00:60,000", None),
            ("00:00:01", None),
            ("00:00:01,", None),
            ("00:00:01,0000", None),
            ("01:00,000", None),
            ("-1:00:00,000", None),
            ("+1:00:00,000", None),
            ("a:00:00,000", None),
        ] {
            assert_eq!(parse(text, &[',', '.'], false), ms, "{text}");
        }
        assert_eq!(parse("59:59.999", &['.'], true), Some(3_599_999));
        assert_eq!(parse("00:00:01,000", &['.'], true), None);
        assert_eq!(write(3_723_400), "01:02:03.400");
        assert_eq!(write(360_000_000), "100:00:00.000");
    }
}
