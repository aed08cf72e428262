//! Which media types a client takes (RFC 9110 clause 12.5.1).

/// Whether an `Accept` header lets JSON pass: it is not there or empty, or the closest of its ranges does not exclude it.
pub fn takes_json(header: Option<&str>) -> bool {
    let Some(header) = header.map(str::trim).filter(|header| !header.is_empty()) else { return true };
    let ranges = header.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let closeness = ["*/*", "application/*", "application/json"].iter().position(|known| *known == name)?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let is_zero =
            weight.is_some_and(|weight| weight.starts_with('0') && weight.trim_matches(['0', '.']).is_empty());
        Some((closeness, !is_zero))
    });
    ranges.max_by_key(|(closeness, _)| *closeness).is_some_and(|(_, takes)| takes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_range_decides() {
        for (header, takes) in [
            (None, true),
            (Some(""), true),
            (Some("*/*"), true),
            (Some("application/json"), true),
            (Some("Application/JSON; charset=utf-8"), true),
            (Some("text/html, application/*;q=0.1"), true),
            (Some("text/html"), false),
            (Some("application/xml, text/*"), false),
            (Some("application/json;q=0, */*"), false),
            (Some("application/json;q=0.000"), false),
            (Some("application/json;q=0.001"), true),
            (Some("*/*;q=0, application/json"), true),
            (Some(",;,"), false),
        ] {
            assert_eq!(takes_json(header), takes, "{header:?}");
        }
    }
}
