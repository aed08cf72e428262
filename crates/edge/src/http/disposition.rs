//! Names of what is sent (RFC 6266), which clients choose.

use axum::http::HeaderValue;
use std::fmt::Write as _;

/// Characters of a name that are told; its ending is among them.
const TOLD: usize = 100;
/// Characters of an ending, with its dot.
const ENDING: usize = 16;

/// `Content-Disposition` of what is shown and gets that name where somebody keeps it: in ASCII for old clients, and in
/// UTF-8 (RFC 8187).
pub fn inline(name: &str) -> Option<HeaderValue> {
    disposition("inline", name)
}

/// The same of what is kept at once.
pub fn attachment(name: &str) -> Option<HeaderValue> {
    disposition("attachment", name)
}

fn disposition(kind: &str, name: &str) -> Option<HeaderValue> {
    let told = told(name);
    let is_plain = |letter: &char| letter.is_ascii_graphic() && !"\"\\%;".contains(*letter) || *letter == ' ';
    let plain: String = told.chars().map(|letter| if is_plain(&letter) { letter } else { '_' }).collect();
    let mut value = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in told.bytes() {
        // RFC 8187, `attr-char`.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            value.push(char::from(byte));
        } else {
            write!(value, "%{byte:02X}").ok()?;
        }
    }
    HeaderValue::try_from(value).ok()
}

/// A name that fits into a header, is no path, and looks like what it is.
fn told(name: &str) -> String {
    let is_strange = |letter: char| {
        letter.is_control()
            || matches!(letter, '/' | '\\' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let clean = |letter| if is_strange(letter) { '_' } else { letter };
    let letters: Vec<char> = name.chars().map(clean).collect();
    if letters.len() <= TOLD {
        return letters.into_iter().collect();
    }
    let from = letters.len().saturating_sub(ENDING);
    let tail = letters.get(from..).unwrap_or_default();
    let ending = tail.iter().rposition(|letter| *letter == '.').and_then(|dot| tail.get(dot..)).unwrap_or_default();
    letters.iter().take(TOLD.saturating_sub(ending.len())).chain(ending).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> String {
        inline(name).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn a_name_is_told_in_both_ways() {
        for (name, plain, extended) in [
            ("harbor.mp4", "harbor.mp4", "harbor.mp4"),
            ("The harbor.mp4", "The harbor.mp4", "The%20harbor.mp4"),
            ("\u{017b}\u{00f3}\u{0142}w.mp4", "___w.mp4", "%C5%BB%C3%B3%C5%82w.mp4"),
            ("a\"; filename=\"evil.exe", "a__ filename=_evil.exe", "a%22%3B%20filename%3D%22evil.exe"),
            ("100%.mp4", "100_.mp4", "100%25.mp4"),
            ("../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd"),
            ("a\r\nX-Evil: 1", "a__X-Evil: 1", "a__X-Evil%3A%201"),
            ("gpj.\u{202e}exe\0", "gpj._exe_", "gpj._exe_"),
            ("it's (1)*", "it's (1)*", "it%27s%20%281%29%2A"),
        ] {
            assert_eq!(text(name), format!("inline; filename=\"{plain}\"; filename*=UTF-8''{extended}"), "{name}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_fits() {
        let long = format!("{}.mp4", "n".repeat(1_020));
        assert_eq!(text(&long), text(&format!("{}.mp4", "n".repeat(96))));
        let turtles = "\u{1f422}".repeat(1_024);
        assert!(text(&turtles).len() < 1_400);
    }
}
