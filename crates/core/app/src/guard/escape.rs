//! Text in addresses (RFC 3986).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters (clause 2.3).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What may stand in segments of a path stays as it is (clause 3.3), and so does what lies between them.
const PATH: &AsciiSet =
    &QUERY.remove(b'/').remove(b'(').remove(b')').remove(b'=').remove(b',').remove(b':').remove(b'@');

/// A name or a value of a parameter.
pub(super) fn in_query(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// A path.
pub(super) fn in_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_mean_something_is_escaped() {
        for (text, query, path) in [
            ("a.b-c_d~", "a.b-c_d~", "a.b-c_d~"),
            ("a b&c=d", "a%20b%26c%3Dd", "a%20b%26c=d"),
            ("é\n", "%C3%A9%0A", "%C3%A9%0A"),
            ("a/b;c?d#e%", "a%2Fb%3Bc%3Fd%23e%25", "a/b%3Bc%3Fd%23e%25"),
            ("Q(1)/F(v=2)", "Q%281%29%2FF%28v%3D2%29", "Q(1)/F(v=2)"),
        ] {
            assert_eq!((in_query(text).as_str(), in_path(text).as_str()), (query, path));
        }
    }
}
