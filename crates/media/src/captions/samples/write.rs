//! Cues as samples of 3GPP timed text (`tx3g`, 3GPP TS 26.245): one for each time at which something begins or ends.

use core::ops::Range;
use std::collections::BTreeSet;

use super::timed::{FACES, STYLE_LEN};
use crate::captions::{Captions, Cue};
use crate::cmaf::write::{boxed, put16, zeros};

/// Cues that are shown at a time at most: nobody reads more.
const MOST_AT_A_TIME: usize = 8;

/// What a tag or a reference of `WebVTT` has at most.
const LONGEST_MARK: usize = 100;

/// Characters that references name.
const REFERENCES: [(&str, char); 6] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("nbsp", '\u{a0}'), ("lrm", '\u{200e}'), ("rlm", '\u{200f}')];

/// The `stsd` entry of such samples: letters of white, in the middle below.
pub(crate) fn entry() -> Vec<u8> {
    let mut out = Vec::new();
    boxed(&mut out, *b"tx3g", |out| {
        out.extend_from_slice(b"\0\0\0\0\0\0\0\x01");
        // No display flags; centered, at the bottom; no background; the box is that of the track.
        out.extend_from_slice(b"\0\0\0\0\x01\xff\0\0\0\0");
        zeros(out, 8);
        style(out, &(0..0), 0);
        boxed(out, *b"ftab", |out| out.extend_from_slice(b"\0\x01\0\x01\x0aSans-Serif"));
    });
    out
}

fn style(out: &mut Vec<u8>, letters: &Range<u16>, face: u8) {
    put16(out, letters.start);
    put16(out, letters.end);
    put16(out, 1);
    out.extend_from_slice(&[face, 18, 255, 255, 255, 255]);
}

/// Samples that show cues from the beginning of a part of a presentation to its end, in milliseconds: how long each lasts,
/// without gaps, and its bytes. None where nothing is said.
pub(crate) fn samples(captions: &Captions, part: &Range<u64>) -> Vec<(u32, Vec<u8>)> {
    let shown = |cue: &Cue| cue.start_ms.max(part.start)..cue.end_ms.min(part.end);
    let mut changes: Vec<(u64, bool, usize)> = Vec::new();
    for (number, cue) in captions.cues.iter().enumerate() {
        let shown = shown(cue);
        if !shown.is_empty() {
            changes.extend([(shown.start, true, number), (shown.end, false, number)]);
        }
    }
    changes.sort_unstable();
    let mut samples: Vec<(u32, Vec<u8>)> = Vec::new();
    let (mut at, mut now) = (part.start, BTreeSet::new());
    for (time, begins, number) in changes {
        if time > at {
            samples.push((u32::try_from(time.saturating_sub(at)).unwrap_or(u32::MAX), sample(captions, &now)));
            at = time;
        }
        if begins {
            now.insert(number);
        } else {
            now.remove(&number);
        }
    }
    samples
}

/// What shows these cues.
fn sample(captions: &Captions, now: &BTreeSet<usize>) -> Vec<u8> {
    let mut text = Letters::default();
    for cue in now.iter().filter_map(|number| captions.cues.get(*number)).take(MOST_AT_A_TIME) {
        if !text.text.is_empty() {
            text.push('\n');
        }
        text.read(&cue.text);
    }
    text.write()
}

/// A text and how its letters look.
#[derive(Debug, Default)]
struct Letters {
    text: String,
    count: u16,
    /// Letters and their face flags.
    styles: Vec<(Range<u16>, u8)>,
    face: u8,
}

impl Letters {
    /// Adds a letter; those that a sample cannot hold are left out.
    fn push(&mut self, letter: char) {
        let fits = u16::try_from(self.text.len().saturating_add(letter.len_utf8())).is_ok();
        let (true, Some(end)) = (fits, self.count.checked_add(1)) else { return };
        self.text.push(letter);
        match self.styles.last_mut() {
            _ if self.face == 0 => {}
            Some((letters, face)) if *face == self.face && letters.end == self.count => letters.end = end,
            _ => self.styles.push((self.count..end, self.face)),
        }
        self.count = end;
    }

    /// Adds a text of `WebVTT`.
    fn read(&mut self, text: &str) {
        self.face = 0;
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let behind = rest.get(letter.len_utf8()..).unwrap_or_default();
            rest = match letter {
                '<' => match mark(behind, '>') {
                    Some((tag, behind)) => {
                        self.turn(tag);
                        behind
                    }
                    None => behind,
                },
                '&' => {
                    let named = mark(behind, ';').and_then(|(name, behind)| Some((reference(name)?, behind)));
                    let (letter, behind) = named.unwrap_or((letter, behind));
                    self.push(letter);
                    behind
                }
                letter => {
                    self.push(letter);
                    behind
                }
            };
        }
    }

    /// What a tag changes.
    fn turn(&mut self, tag: &str) {
        let (name, ends) = tag.strip_prefix('/').map_or((tag, false), |name| (name, true));
        let name = name.split(['.', ' ', '\t', '\n']).next().unwrap_or_default();
        if let Some((flag, _)) = FACES.iter().find(|(_, known)| *known == name) {
            self.face = if ends { self.face & !flag } else { self.face | flag };
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put16(&mut out, u16::try_from(self.text.len()).unwrap_or(u16::MAX));
        out.extend_from_slice(self.text.as_bytes());
        // One more would not be counted.
        let styles = self.styles.get(..usize::from(u16::MAX).min(self.styles.len())).unwrap_or_default();
        if !styles.is_empty() {
            boxed(&mut out, *b"styl", |out| {
                out.reserve(styles.len().saturating_mul(STYLE_LEN));
                put16(out, u16::try_from(styles.len()).unwrap_or(u16::MAX));
                for (letters, face) in styles {
                    style(out, letters, *face);
                }
            });
        }
        out
    }
}

/// What stands before the end of a mark that begins here, and behind it; the end is looked for nearby.
fn mark(text: &str, end: char) -> Option<(&str, &str)> {
    let at = text.char_indices().take(LONGEST_MARK).find(|(_, letter)| *letter == end)?.0;
    let (inside, behind) = text.split_at_checked(at)?;
    Some((inside, behind.strip_prefix(end)?))
}

fn reference(name: &str) -> Option<char> {
    REFERENCES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::super::timed::timed;
    use super::*;

    fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
        Cue { start_ms, end_ms, settings: String::new(), text: text.to_owned() }
    }

    #[test]
    fn cues_become_samples_without_gaps() {
        let cues = vec![
            cue(1_000, 2_000, "One"),
            cue(1_500, 3_000, "<i>Two</i> &amp; a &lt; b"),
            cue(4_000, 9_000, "<v.loud Anna>Three</v> <b><u>x</u></b>"),
        ];
        let captions = Captions { preamble: String::new(), cues };
        let read = |part: Range<u64>| {
            let samples = samples(&captions, &part).into_iter();
            samples.map(|(length, bytes)| (length, timed(&bytes, 0).unwrap())).collect::<Vec<_>>()
        };
        let expected = [
            (1_000, ""),
            (500, "One"),
            (500, "One\n<i>Two</i> &amp; a &lt; b"),
            (1_000, "<i>Two</i> &amp; a &lt; b"),
            (1_000, ""),
            (5_000, "Three <b><u>x</u></b>"),
        ];
        assert_eq!(read(0..u64::MAX), expected.map(|(length, text)| (length, text.to_owned())));
        let part: Vec<_> = read(2_500..4_250).into_iter().map(|(length, _)| length).collect();
        assert_eq!(part, [500, 1_000, 250]);
        assert_eq!(read(3_000..4_000), []);
    }

    #[test]
    fn no_text_is_too_long_or_too_strange() {
        let letters = |text: &str| {
            let mut letters = Letters::default();
            letters.read(text);
            timed(&letters.write(), 0).unwrap()
        };
        for (text, expected) in [
            ("a < b", "a  b"),
            ("&nbsp;&x;&", "\u{a0}&amp;x;&amp;"),
            ("</b></i>a<b>", "a"),
            ("<b>a</b><i>b", "<b>a</b><i>b</i>"),
            ("<00:01.000>a<c.x>b</c>", "ab"),
        ] {
            assert_eq!(letters(text), expected, "{text}");
        }
        assert_eq!(letters(&"<b>ä</b>a".repeat(40_000)).chars().filter(|letter| *letter == 'ä').count(), 21_845);
        let crowd = Captions { preamble: String::new(), cues: (0..100_000).map(|at| cue(at, 200_000, "x")).collect() };
        assert_eq!(samples(&crowd, &(0..u64::MAX)).iter().map(|(_, bytes)| bytes.len()).max(), Some(2 + 15));
    }
}
