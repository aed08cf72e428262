//! Samples of `WebVTT` (`wvtt`, ISO/IEC 14496-30, 7): boxes, each a cue that is shown while the sample lasts.

use crate::captions::{text, webvtt};
use crate::mp4::Atom;

/// The styles and regions of the header that a sample entry has (`vttC`); nothing where that cannot be read.
pub(super) fn preamble(config: &[u8]) -> String {
    let header = text::decode(config).filter(|text| webvtt::is_it(text));
    header.and_then(|text| webvtt::parse(&text).ok()).map(|header| header.preamble).unwrap_or_default()
}

/// Settings and text of each cue of a sample; `None` where it is no sample of `WebVTT`. Samples in which nothing is shown
/// (`vtte`), and notes (`vtta`), have none.
pub(super) fn cues(data: &[u8]) -> Option<Vec<(String, String)>> {
    let mut cues = Vec::new();
    for found in Atom::all(data) {
        let found = found.ok()?;
        match &found.name.0 {
            b"vttc" => cues.push(cue(&found)?),
            b"vtte" | b"vtta" => {}
            _ => return None,
        }
    }
    (data.is_empty() || Atom::all(data).next().is_some()).then_some(cues)
}

/// A cue: its settings (`sttg`) and its text (`payl`), each of which may be missing.
fn cue(vttc: &Atom<'_>) -> Option<(String, String)> {
    let part = |name| match vttc.child(name) {
        Ok(found) => core::str::from_utf8(found.map_or(&[][..], |found| found.body)).ok(),
        Err(_) => None,
    };
    let (settings, words) = (part(*b"sttg")?, part(*b"payl")?);
    let is_setting = |word: &&str| word.contains(':') && !word.contains("-->") && !word.contains(char::is_control);
    let settings: Vec<&str> = settings.split_whitespace().filter(is_setting).collect();
    let words = words.replace("\r\n", "\n").replace('\r', "\n").replace("-->", "--&gt;");
    Some((settings.join(" "), words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &str, body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], name.as_bytes(), body].concat()
    }

    #[test]
    fn cues_of_a_sample() {
        let cue = |parts: &[(&str, &str)]| {
            boxed("vttc", &parts.iter().flat_map(|(name, text)| boxed(name, text.as_bytes())).collect::<Vec<_>>())
        };
        let pair = |settings: &str, text: &str| (settings.to_owned(), text.to_owned());
        let hi = cue(&[("payl", "Hi")]);
        for (what, data, expected) in [
            ("one", hi.clone(), Some(vec![pair("", "Hi")])),
            (
                "two, with all that a cue may have",
                [
                    cue(&[("iden", "7"), ("vsid", "\0\0\0\x01"), ("sttg", "line:0 align:start"), ("payl", "<i>A</i>")]),
                    hi.clone(),
                ]
                .concat(),
                Some(vec![pair("line:0 align:start", "<i>A</i>"), pair("", "Hi")]),
            ),
            ("nothing is shown", boxed("vtte", b""), Some(vec![])),
            ("an empty sample", vec![], Some(vec![])),
            ("a note", [boxed("vtta", b"by nobody"), hi.clone()].concat(), Some(vec![pair("", "Hi")])),
            (
                "an arrow",
                cue(&[("sttg", "a:--> b:\u{1} line:1"), ("payl", "a --> b")]),
                Some(vec![pair("line:1", "a --&gt; b")]),
            ),
            ("cut short", hi[..hi.len() - 1].to_vec(), None),
            ("a lying length", [&hi[..8], &[0xff; 4], &hi[12..]].concat(), None),
            ("too short for a box", vec![0, 0, 0], None),
            ("zeros", vec![0; 16], None),
            ("no text", boxed("vttc", &boxed("payl", b"gr\xfcn")), None),
            ("another box", boxed("mdat", b"Hi"), None),
        ] {
            assert_eq!(cues(&data), expected, "{what}");
        }
    }

    #[test]
    fn the_header_has_styles_and_regions() {
        assert_eq!(preamble(b"WEBVTT"), "");
        assert_eq!(preamble(b"WEBVTT\n\nSTYLE\n::cue { color: red }\n"), "STYLE\n::cue { color: red }\n\n");
        assert_eq!(preamble(b"WEB"), "");
        assert_eq!(preamble(b"\xff\xff"), "");
    }
}
