//! Names of the files that videos come in.

/// The ending of a name with its dot; empty where it has none.
pub(super) fn ending(name: &str) -> &str {
    name.rfind('.').and_then(|dot| name.get(dot..)).filter(|ending| ending.len() > 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_what_follows_the_last_dot() {
        for (name, expected) in
            [("a.mp4", ".mp4"), ("a.b.MOV", ".MOV"), (".wmv", ".wmv"), ("a", ""), ("a.", ""), ("", ""), ("ä.ö", ".ö")]
        {
            assert_eq!(ending(name), expected, "{name}");
        }
    }
}
