//! What a program complained about, fit to be shown.

/// Characters shown at most.
const MOST: usize = 200;

/// The first complaint: without addresses, paths and control characters, and of bounded length. Empty
/// where there is none.
pub(crate) fn words(complaints: &str) -> String {
    complaints.lines().map(line).find(|line| !line.is_empty()).unwrap_or_default()
}

fn line(line: &str) -> String {
    // `[demuxer @ 0x55...] message`, more than one bracket at times.
    let mut rest = line.trim();
    while let Some((_, message)) = rest.strip_prefix('[').and_then(|tagged| tagged.split_once("] ")) {
        rest = message.trim_start();
    }
    let shown: Vec<_> = rest.split_whitespace().filter(|word| !word.contains('/') && !word.contains("0x")).collect();
    shown.join(" ").chars().filter(|c| !c.is_control()).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_complaint_is_shown_without_where_it_came_from() {
        for (complaints, shown) in [
            ("", ""),
            ("\n\n", ""),
            (
                "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5653b5894240] moov atom not found\nfile:/x: Invalid\n",
                "moov atom not found",
            ),
            (
                "file:/proc/self/fd/0: Invalid data found when processing input",
                "Invalid data found when processing input",
            ),
            ("[h264 @ 0x55] [IMGUTILS @ 0x7f] Picture size 9x9 exceeds", "Picture size 9x9 exceeds"),
            ("could not open /srv/kinora/objects/ab/123 now", "could not open now"),
        ] {
            assert_eq!(words(complaints), shown, "{complaints}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_what_is_shown_is_short_and_names_no_path(said in "\\PC*|[\\x00-\\x7f]*", path in "(/[a-z]{1,8}){1,4}") {
            let shown = words(&format!("{said} {path}"));
            prop_assert!(shown.chars().count() <= MOST);
            prop_assert!(!shown.contains('/') && !shown.chars().any(char::is_control));
        }
    }
}
