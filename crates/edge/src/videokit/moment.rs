//! Moments on the wire: RFC 3339 in UTC with milliseconds.

use kinora_domain::Timestamp;
use time::OffsetDateTime;
use time::macros::format_description;

/// `2026-01-31T12:00:00.000Z`.
pub(super) fn show(moment: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let nanos = i128::from(moment.millis()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|moment| moment.format(format).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_with_milliseconds() {
        assert_eq!(show(Timestamp::from_millis(1_769_860_800_007)), "2026-01-31T12:00:00.007Z");
        assert_eq!(show(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
    }
}
