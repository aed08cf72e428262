//! Query strings, with lists as repeated or comma-separated parameters.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use core::convert::Infallible;
use core::str::FromStr;
use kinora_domain::{Problem, Timestamp};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The parameters of a request, in order. Names are compared without letter case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads the text after the question mark; it cannot fail.
    pub fn parse(text: &str) -> Self {
        Self { pairs: form_urlencoded::parse(text.as_bytes()).into_owned().collect() }
    }

    fn all<'query>(&'query self, name: &'query str) -> impl Iterator<Item = &'query str> {
        self.pairs.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All parameters with their values, decoded, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The last value of a parameter that is not empty.
    pub fn one<'query>(&'query self, name: &'query str) -> Option<&'query str> {
        self.all(name).filter(|value| !value.is_empty()).last()
    }

    /// Whether a parameter is there, be it empty.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// A parameter read as `T`; `expected` completes "must be ...".
    ///
    /// # Errors
    /// It is there and is no `T`.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let read = |value: &str| {
            value.parse().map_err(|_malformed| Problem::invalid(name, format!("The value must be {expected}.")))
        };
        self.one(name).map(read).transpose()
    }

    /// A list: `name=a&name=b` and `name=a,b` alike.
    pub fn list<'query>(&'query self, name: &'query str) -> Vec<&'query str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    /// A list whose items are read one by one; `allowed` completes "must be ...".
    ///
    /// # Errors
    /// An item cannot be read.
    pub fn parsed_list<T>(
        &self,
        name: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        let items = self.list(name).into_iter().map(|item| {
            read(item).ok_or_else(|| Problem::invalid(name, format!("`{item}` is not allowed: it must be {allowed}.")))
        });
        items.collect()
    }

    /// A time in seconds with up to six places, in microseconds.
    ///
    /// # Errors
    /// It is there and is none.
    pub fn seconds(&self, name: &str) -> Result<Option<u64>, Problem> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let read = || {
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(whole) || !digits(part) || part.len() > 6 {
                return None;
            }
            let micros: u64 = format!("{part:0<6}").parse().ok()?;
            whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)
        };
        let message = "The value must be a time in seconds such as `12` or `12.5`, with six places at most.";
        read().map(Some).ok_or_else(|| Problem::invalid(name, message))
    }

    /// A moment in RFC 3339 (`2026-01-31T12:00:00Z`), or a day (`2026-01-31`), which begins at midnight UTC.
    ///
    /// # Errors
    /// It is there and is neither.
    pub fn moment(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        let moment = OffsetDateTime::parse(&whole, &Rfc3339).ok();
        let millis = moment.and_then(|moment| i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok());
        let millis = millis.ok_or_else(|| {
            Problem::invalid(
                name,
                "The value must be a moment such as `2026-01-31T12:00:00Z` or a day such as `2026-01-31`.",
            )
        })?;
        Ok(Some(Timestamp::from_millis(millis)))
    }

    /// The moments from one parameter to another, each included.
    ///
    /// # Errors
    /// One of them is no moment, or the second is before the first.
    pub fn moments(&self, from: &str, to: &str) -> Result<(Option<Timestamp>, Option<Timestamp>), Problem> {
        ordered((from, self.moment(from)?), (to, self.moment(to)?))
    }
}

/// One end of a range: a parameter, and its value where it has one.
pub type End<'name, T> = (&'name str, Option<T>);

/// Passes a range that does not end before it begins, as its two values.
///
/// # Errors
/// It does; names the parameter of its end.
pub fn ordered<T: PartialOrd>(from: End<'_, T>, to: End<'_, T>) -> Result<(Option<T>, Option<T>), Problem> {
    let ((from_name, from), (to_name, to)) = (from, to);
    if from.as_ref().zip(to.as_ref()).is_some_and(|(from, to)| to < from) {
        let message = format!("The range ends before it begins: the value must not be below that of `{from_name}`.");
        return Err(Problem::invalid(to_name, message));
    }
    Ok((from, to))
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_does_not_end_before_it_begins() {
        let query = Query::parse("a=2026-01-31T12:00:00Z&b=2026-01-31T13:00:00%2B01:00&c=2026-01-31");
        let (from, to) = query.moments("a", "b").unwrap();
        assert!(from.is_some() && from == to, "the same moment in two zones");
        assert_eq!(query.moments("a", "x").unwrap(), (from, None));
        assert_eq!(query.moments("x", "c").unwrap().0, None);
        let refused = query.moments("a", "c").unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("c"));
        assert!(refused.message.contains("`a`"), "{}", refused.message);
    }

    #[test]
    fn lists_are_repeated_or_comma_separated() {
        let query = Query::parse("ids=a,b&IDS=c&ids=&ids=%20d%20");
        assert_eq!(query.list("ids"), ["a", "b", "c", "d"]);
        assert_eq!(query.one("ids"), Some(" d "));
        assert_eq!(query.list("other"), Vec::<&str>::new());
    }

    #[test]
    fn a_value_that_cannot_be_read_names_its_parameter() {
        let query = Query::parse("limit=many&createDateStart=yesterday&desc=true&day=2026-01-31");
        assert_eq!(query.parsed::<i64>("limit", "a number").unwrap_err().field.as_deref(), Some("limit"));
        assert_eq!(query.moment("createDateStart").unwrap_err().field.as_deref(), Some("createDateStart"));
        assert_eq!(query.parsed::<bool>("desc", "true or false"), Ok(Some(true)));
        assert_eq!(query.moment("day").unwrap().map(Timestamp::millis), Some(1_769_817_600_000));
    }

    #[test]
    fn times_are_in_seconds() {
        for (text, micros) in [
            ("start=0", Some(0)),
            ("start=12", Some(12_000_000)),
            ("start=12.5", Some(12_500_000)),
            ("start=0.000001", Some(1)),
            ("", None),
            ("start=", None),
        ] {
            assert_eq!(Query::parse(text).seconds("start"), Ok(micros), "{text}");
        }
        for text in ["-1", "1e3", "1.", ".5", "1:30", "1.0000001", "99999999999999999999", "x"] {
            let problem = Query::parse(&format!("start={text}")).seconds("start").unwrap_err();
            assert_eq!(problem.field.as_deref(), Some("start"), "{text}");
        }
    }
}
