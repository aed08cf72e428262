//! Entity tags (RFC 9110 clauses 8.8.3 and 13.1).

/// Whether an `If-None-Match` header names this tag, so that the client has it already. Weak
/// comparison: a compressed form of the same text counts.
pub fn none_match(header: Option<&str>, etag: &str) -> bool {
    let Some(header) = header else { return false };
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.trim() == "*" || header.split(',').any(|tag| bare(tag) == bare(etag))
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
        assert!(range_applies(None, "\"a\"") && range_applies(Some("\"a\""), "\"a\""));
        assert!(
            !range_applies(Some("W/\"a\""), "\"a\"") && !range_applies(Some("Wed, 21 Oct 2026 07:28:00 GMT"), "\"a\"")
        );
    }
}
