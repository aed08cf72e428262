//! Moments on the wire: RFC 3339 in UTC with milliseconds.

use kinora_domain::{Problem, Timestamp};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
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

/// A moment in RFC 3339; `field` is named in the error.
///
/// # Errors
/// It is none.
pub(super) fn read(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    let millis = moment.and_then(|moment| i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok());
    let message = "The value must be a moment such as `2026-01-31T12:00:00Z`.";
    millis.map(Timestamp::from_millis).ok_or_else(|| Problem::invalid(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_with_milliseconds() {
        assert_eq!(show(Timestamp::from_millis(1_769_860_800_007)), "2026-01-31T12:00:00.007Z");
        assert_eq!(show(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_moment_is_read_from_any_zone() {
        assert_eq!(read("x", "2026-01-31T13:00:00.007+01:00"), Ok(Timestamp::from_millis(1_769_860_800_007)));
        for wrong in ["", "2026-01-31", "2026-01-31T12:00:00", "tomorrow", "2026-13-01T00:00:00Z"] {
            assert_eq!(read("x", wrong).unwrap_err().field.as_deref(), Some("x"), "{wrong}");
        }
    }
}
