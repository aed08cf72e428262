//! Short names for random words: the same word gets the same name, so that snapshots say which
//! things are one, and do not change when something else draws a random number.

/// The text with ids, tags, signatures and request ids named in the order of their appearance.
pub(crate) fn aliased(text: &str) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !is_part(letter)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        match name(word) {
            Some(name) => {
                let known = seen.iter().position(|known| *known == word);
                let number = known.unwrap_or_else(|| {
                    seen.push(word);
                    seen.len() - 1
                });
                out.extend(["[", name, " ", &(number + 1).to_string(), "]"]);
            }
            None => out.push_str(word),
        }
        let mut letters = tail.chars();
        out.extend(letters.next());
        rest = letters.as_str();
    }
    out
}

const fn is_part(letter: char) -> bool {
    matches!(letter, '0'..='9' | 'a'..='f' | '-')
}

fn name(word: &str) -> Option<&'static str> {
    let hyphens: Vec<_> = word.match_indices('-').map(|(at, _)| at).collect();
    match (word.len(), hyphens.as_slice()) {
        (36, [8, 13, 18, 23]) => Some("id"),
        (64, []) => Some("signature"),
        (32, []) => Some("tag"),
        (16, []) => Some("request"),
        _ => None,
    }
}

#[test]
fn random_words_get_names_and_others_stay() {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let text = format!("/a/{id}?x={id} W/\"{}\" decade 2026-01-31T12", "0f".repeat(16));
    assert_eq!(aliased(&text), "/a/[id 1]?x=[id 1] W/\"[tag 2]\" decade 2026-01-31T12");
}
