//! Which pages of teletext are subtitles, by the descriptor of their stream (ETSI EN 300 468, 6.2.43). Pure.

use serde::Deserialize;

/// Types of pages: subtitles, and subtitles for those who hear badly.
const SUBTITLES: [u8; 2] = [2, 5];

#[derive(Deserialize)]
struct Report {
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    extradata: String,
}

/// The pages that a report of ffprobe names, with commas between; empty where it names none. Of each language the stream
/// keeps two bytes: five bits of a type, three of a magazine, and two digits.
pub(super) fn pages(json: &[u8]) -> String {
    let Ok(Report { streams }) = serde_json::from_slice(json) else { return String::new() };
    let bytes = streams.first().map(|stream| dumped(&stream.extradata)).unwrap_or_default();
    let page = |[kind, page]: &[u8; 2]| {
        // The eighth is written as zero.
        let magazine = match kind & 7 {
            0 => 8,
            magazine => magazine,
        };
        SUBTITLES.contains(&(kind >> 3)).then(|| format!("{magazine}{page:02x}"))
    };
    bytes.as_chunks().0.iter().filter_map(page).collect::<Vec<_>>().join(",")
}

/// Bytes of a dump: on each line an offset, digits in groups, and the letters that they are behind two spaces.
fn dumped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.lines() {
        let digits = line.split_once(": ").map_or("", |(_, rest)| rest.split("  ").next().unwrap_or_default());
        let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pairs = digits.as_chunks::<2>().0;
        bytes.extend(pairs.iter().filter_map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitles_are_told_from_other_pages() {
        for (dump, expected) in [
            ("\\n00000000: 1088                                     ..\\n", "888"),
            ("\\n00000000: 0900 1150 2888 1199                      ...P.)..\\n", "150,888,199"),
            ("\\n00000000: 0900                                     ..\\n", ""),
            ("\\n00000000: 10                                       .\\n", ""),
            ("", ""),
        ] {
            let json = format!("{{\"programs\":[],\"streams\":[{{\"extradata\":\"{dump}\"}}]}}");
            assert_eq!(pages(json.as_bytes()), expected, "{dump}");
        }
        for nothing in ["", "{}", "{\"streams\":[]}", "{\"streams\":[{}]}"] {
            assert_eq!(pages(nothing.as_bytes()), "", "{nothing}");
        }
    }
}
