//! Samples of 3GPP timed text (`tx3g`, 3GPP TS 26.245, 5.17) and QuickTime text: a text behind its length, and boxes behind
//! that, which say how it looks.

use core::ops::Range;

use crate::bits::Cursor;
use crate::captions::text::escape;
use crate::mp4::Atom;

/// Flags of a style, and the tags that say the same.
pub(super) const FACES: [(u8, &str); 3] = [(1, "b"), (2, "i"), (4, "u")];

/// Where the face flags of the default style are among the fields of a `tx3g` entry: behind display flags (4), justification
/// (2), background (4), box (8), and the style's characters (4) and font (2).
const DEFAULT_FACE: usize = 24;

/// Bytes of a style.
pub(super) const STYLE_LEN: usize = 12;

/// Text encodings of QuickTime: UTF-16 and UTF-8.
const UTF_16: u32 = 0x0000_0100;
const UTF_8: u32 = 0x0800_0100;

/// The upper half of the Mac's own letters.
const MAC: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
    ¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// Face flags of letters for which a sample has no style, from the fields of the entry.
pub(super) fn default_face(fields: &[u8]) -> u8 {
    fields.get(DEFAULT_FACE).copied().unwrap_or(0)
}

/// The text of a sample as `WebVTT` has it; `None` where the sample is damaged.
pub(super) fn timed(data: &[u8], face: u8) -> Option<String> {
    let (bytes, boxes) = split(data)?;
    let letters = letters(bytes)?;
    let mut styles = Vec::new();
    for found in Atom::all(boxes) {
        let found = found.ok()?;
        if &found.name.0 == b"styl" {
            styles = read_styles(found.body)?;
            break;
        }
    }
    Some(styled(&letters, &styles, face))
}

/// The same of QuickTime. Its own styles are left aside: what counts is those of 3GPP, which some write here as well.
pub(super) fn quick_time(data: &[u8]) -> Option<String> {
    let (bytes, boxes) = split(data)?;
    let encoding = Atom::all(boxes).map_while(Result::ok).find(|found| &found.name.0 == b"encd");
    let letters = match encoding.and_then(|found| found.cursor().u32()) {
        Some(UTF_16) => utf16(bytes, u16::from_be_bytes)?,
        Some(UTF_8) => letters(bytes)?,
        // Not everybody who writes UTF-8 says so.
        Some(_) | None => letters(bytes).unwrap_or_else(|| mac(bytes)),
    };
    let styles =
        Atom::all(boxes).map_while(Result::ok).find(|found| &found.name.0 == b"styl" && is_of_3gpp(found.body));
    let styles = styles.and_then(|found| read_styles(found.body)).unwrap_or_default();
    Some(styled(&letters, &styles, 0))
}

/// The bytes of the text, and what stands behind them.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut cursor = Cursor::new(data);
    if data.is_empty() {
        return Some((data, data));
    }
    let len = cursor.u16()?;
    Some((cursor.take(usize::from(len))?, cursor.rest()))
}

/// UTF-16 with its mark, else UTF-8.
fn letters(bytes: &[u8]) -> Option<Vec<char>> {
    match bytes {
        [0xfe, 0xff, units @ ..] => utf16(units, u16::from_be_bytes),
        [0xff, 0xfe, units @ ..] => utf16(units, u16::from_le_bytes),
        text => Some(core::str::from_utf8(text).ok()?.chars().collect()),
    }
}

fn utf16(units: &[u8], read: impl Fn([u8; 2]) -> u16) -> Option<Vec<char>> {
    let (units, rest) = units.as_chunks::<2>();
    let letters = char::decode_utf16(units.iter().map(|unit| read(*unit))).collect::<Result<_, _>>().ok()?;
    rest.is_empty().then_some(letters)
}

fn mac(bytes: &[u8]) -> Vec<char> {
    let upper: Vec<char> = MAC.chars().collect();
    let letter = |byte: &u8| match byte.checked_sub(0x80) {
        None => char::from(*byte),
        Some(place) => upper.get(usize::from(place)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    bytes.iter().map(letter).collect()
}

/// Letters and their face flags, one behind the other. A style that begins before the one in front of it ends is none.
fn read_styles(body: &[u8]) -> Option<Vec<(Range<usize>, u8)>> {
    let mut cursor = Cursor::new(body);
    let count = cursor.u16()?;
    let mut styles: Vec<(Range<usize>, u8)> = Vec::new();
    for _ in 0..count {
        let (start, end) = (usize::from(cursor.u16()?), usize::from(cursor.u16()?));
        cursor.skip(2)?;
        let face = cursor.u8()?;
        cursor.skip(5)?;
        if start < end && styles.last().is_none_or(|(last, _)| start >= last.end) {
            styles.push((start..end, face));
        }
    }
    Some(styles)
}

/// Whether styles are as long as 3GPP has them: those of QuickTime have 20 bytes.
fn is_of_3gpp(body: &[u8]) -> bool {
    let count = Cursor::new(body).u16().map(usize::from);
    count.is_some_and(|count| body.len() == count * STYLE_LEN + 2)
}

/// The text with tags around what looks differently.
fn styled(letters: &[char], styles: &[(Range<usize>, u8)], face: u8) -> String {
    let mut out = String::with_capacity(letters.len());
    let mut at = 0;
    for (range, own) in styles {
        put(&mut out, letters.get(at..range.start).unwrap_or_else(|| letters.get(at..).unwrap_or_default()), face);
        put(&mut out, letters.get(range.start..range.end.min(letters.len())).unwrap_or_default(), *own);
        at = range.end;
    }
    put(&mut out, letters.get(at..).unwrap_or_default(), face);
    out
}

fn put(out: &mut String, letters: &[char], face: u8) {
    let text: String = letters.iter().collect();
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let is_blank = text.trim().is_empty();
    let tags = || FACES.into_iter().filter(|(flag, _)| !is_blank && face & flag != 0).map(|(_, tag)| tag);
    tags().for_each(|tag| out.extend(["<", tag, ">"]));
    escape(out, &text);
    let closing: Vec<&str> = tags().collect();
    closing.iter().rev().for_each(|tag| out.extend(["</", tag, ">"]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &[u8], boxes: &[u8]) -> Vec<u8> {
        [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text, boxes].concat()
    }

    fn styl(records: &[(u16, u16, u8)]) -> Vec<u8> {
        let mut body = u16::try_from(records.len()).unwrap().to_be_bytes().to_vec();
        for (start, end, face) in records {
            body.extend([start.to_be_bytes(), end.to_be_bytes(), [0, 1]].concat());
            body.extend([*face, 18, 255, 255, 255, 255]);
        }
        [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], b"styl", &body].concat()
    }

    fn wide(text: &str) -> Vec<u8> {
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
    }

    #[test]
    fn samples_of_timed_text() {
        let cut = |bytes: &[u8]| bytes[..bytes.len() - 1].to_vec();
        for (what, data, face, expected) in [
            ("plain", sample("Grüß\r\nGott".as_bytes(), b""), 0, Some("Grüß\nGott")),
            ("UTF-16", sample(&wide("Zażółć 🎬"), b""), 0, Some("Zażółć 🎬")),
            ("markup is none", sample(b"a <b> & --> c", b""), 0, Some("a &lt;b&gt; &amp; --&gt; c")),
            (
                "styles count letters",
                sample("äöü abc".as_bytes(), &styl(&[(0, 3, 1), (4, 7, 6)])),
                0,
                Some("<b>äöü</b> <i><u>abc</u></i>"),
            ),
            ("styles count letters of UTF-16", sample(&wide("🎬 abc"), &styl(&[(2, 5, 2)])), 0, Some("🎬 <i>abc</i>")),
            ("a default", sample(b"abc def", &styl(&[(4, 7, 0)])), 2, Some("<i>abc </i>def")),
            ("styles behind the end", sample(b"abc", &styl(&[(2, 900, 1), (901, 902, 2)])), 0, Some("ab<b>c</b>")),
            (
                "styles over each other",
                sample(b"abcdef", &styl(&[(0, 4, 1), (2, 6, 2), (4, 3, 1)])),
                0,
                Some("<b>abcd</b>ef"),
            ),
            ("nothing", sample(b"", b""), 0, Some("")),
            ("no bytes", vec![], 0, Some("")),
            ("other boxes", sample(b"abc", b"\0\0\0\x0chlit\0\0\0\x01"), 0, Some("abc")),
            ("a text cut short", cut(&sample(b"abc", b"")), 0, None),
            ("a lying length", b"\xff\xffabc".to_vec(), 0, None),
            ("half a length", vec![0], 0, None),
            ("a box cut short", cut(&sample(b"abc", &styl(&[(0, 1, 1)]))), 0, None),
            ("styles that count too many", sample(b"abc", b"\0\0\0\x0astyl\0\x09"), 0, None),
            ("no UTF-8", sample(b"gr\xfcn", b""), 0, None),
            ("half a letter of UTF-16", sample(b"\xfe\xff\0a\0", b""), 0, None),
        ] {
            assert_eq!(timed(&data, face).as_deref(), expected, "{what}");
        }
    }

    #[test]
    fn many_styles_are_read_in_time() {
        // Each of them over all letters.
        let text = vec![b'a'; 65_535];
        let records = vec![(0, u16::MAX, 1); 65_535];
        let read = timed(&sample(&text, &styl(&records)), 0).unwrap();
        assert_eq!(read.len(), 65_535 + 7);
    }

    #[test]
    fn samples_of_quick_time() {
        let encoded = |code: u32| [&12_u32.to_be_bytes()[..], b"encd", &code.to_be_bytes()].concat();
        assert_eq!(MAC.chars().count(), 128);
        for (what, data, expected) in [
            ("the Mac's letters", sample(b"gr\x9fn \xa5 \xdb", b""), Some("grün • €")),
            ("styles of 3GPP", sample(b"abc", &styl(&[(0, 1, 2)])), Some("<i>a</i>bc")),
            ("styles of its own", sample(b"abc", &[b"\0\0\0\x1estyl\0\x01", &[1; 20][..]].concat()), Some("abc")),
            ("UTF-8 unsaid", sample("grün".as_bytes(), b""), Some("grün")),
            ("UTF-8", sample("grün".as_bytes(), &encoded(UTF_8)), Some("grün")),
            ("UTF-16", sample(&wide("grün")[2..], &encoded(UTF_16)), Some("grün")),
            ("UTF-8 that is none", sample(b"gr\xfcn", &encoded(UTF_8)), None),
            ("cut short", b"\0\x04gr".to_vec(), None),
        ] {
            assert_eq!(quick_time(&data).as_deref(), expected, "{what}");
        }
    }

    #[test]
    fn the_default_is_in_the_entry() {
        let fields = [&[0; 24][..], &[3, 18], &[255; 4]].concat();
        assert_eq!((default_face(&fields), default_face(&fields[..24])), (3, 0));
    }
}
