//! Bytes as text, and text as `WebVTT` has it.

/// UTF-8, or UTF-16 with its mark, without control characters. Ends of lines become line feeds.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, units @ ..] => utf16(units, u16::from_le_bytes)?,
        [0xfe, 0xff, units @ ..] => utf16(units, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, text @ ..] | text => core::str::from_utf8(text).ok()?.to_owned(),
    };
    let is_text = |letter: char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r' | '\u{85}');
    let is_clean = text.chars().all(is_text);
    is_clean.then(|| text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn utf16(units: &[u8], read: impl Fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = units.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|unit| read(*unit))).collect::<Result<String, _>>().ok()?;
    rest.is_empty().then_some(text)
}

/// Writes text of another format, in which nothing is a tag, to `out`.
pub(super) fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}

/// A text as a cue can hold it: without empty lines, which would end it, and without control characters, which references
/// to characters in XML bring.
pub(super) fn of_cue(text: &str) -> String {
    let clean = |line: &str| line.replace(|letter: char| letter.is_control() && letter != '\t', " ");
    let lines = text.lines().map(clean).map(|line| line.trim_end().to_owned());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
