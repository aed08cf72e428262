//! Entity tags (RFC 9110 clauses 8.8.3 and 13.1).

use core::hash::Hasher as _;
use std::hash::DefaultHasher;

/// Whether an `If-None-Match` header names this tag, so that the client has it already. Weak
/// comparison: a compressed form of the same text counts.
pub fn none_match(header: Option<&str>, etag: &str) -> bool {
    let Some(header) = header else { return false };
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.trim() == "*" || header.split(',').any(|tag| bare(tag) == bare(etag))
}

/// Whether an `If-Match` header lets a change pass: there is none, or it names exactly this strong tag, or any.
pub fn if_match(header: Option<&str>, etag: &str) -> bool {
    header.is_none_or(|header| header.trim() == "*" || header.split(',').any(|tag| tag.trim() == etag))
}

/// A strong tag of bytes.
pub fn tag_of(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("\"{:016x}\"", hasher.finish())
}

/// Whether a `Range` still applies: there is no `If-Range`, or it names exactly this strong tag.
pub fn range_applies(if_range: Option<&str>, etag: &str) -> bool {
    if_range.is_none_or(|tag| tag.trim() == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly_for_caches_and_strongly_for_ranges() {
        for (header, same) in [
            (None, false),
            (Some("\"a\""), true),
            (Some("W/\"a\""), true),
            (Some("\"b\", \"a\""), true),
            (Some("*"), true),
            (Some("\"b\""), false),
        ] {
            assert_eq!(none_match(header, "\"a\""), same, "{header:?}");
        }
        for (header, passes) in [
            (None, true),
            (Some("*"), true),
            (Some("\"b\", \"a\""), true),
            (Some("W/\"a\""), false),
            (Some("\"b\""), false),
            (Some(""), false),
        ] {
            assert_eq!(if_match(header, "\"a\""), passes, "{header:?}");
        }
        assert_ne!(tag_of(b"a"), tag_of(b"b"));
        assert!(range_applies(None, "\"a\"") && range_applies(Some("\"a\""), "\"a\""));
        assert!(
            !range_applies(Some("W/\"a\""), "\"a\"") && !range_applies(Some("Wed, 21 Oct 2026 07:28:00 GMT"), "\"a\"")
        );
    }
}
