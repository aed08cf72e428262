//! `SubRip`: numbered blocks of a time and lines, as programs write it, for nobody ever defined it.

use super::text::escape;
use super::{Captions, CaptionsError, Cue, clock};

/// Characters of a tag at most.
const LONGEST_TAG: usize = 100;

/// Tags that `WebVTT` has as well; all others are left out.
const TAGS: [&str; 6] = ["b", "/b", "i", "/i", "u", "/u"];

/// Whether it begins with a number alone on its line, and below it with the time of a cue.
pub(super) fn is_it(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let number = lines.next().unwrap_or_default();
    is_number(number) && lines.next().is_some_and(|line| timing(line).is_some())
}

fn is_number(line: &str) -> bool {
    (1..=10).contains(&line.len()) && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Start and end; players of old knew a place behind them, which is read over.
fn timing(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    let parse = |text: &str| clock::parse(text.trim(), &[',', '.'], false);
    Some((parse(start)?, parse(end)?))
}

pub(super) fn parse(text: &str) -> Result<Captions, CaptionsError> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut captions = Captions::default();
    // Where the lines of a cue begin: behind its time. Its text may have empty lines, so it lasts until the next number
    // that has a time below it.
    let is_begin = |at: usize| {
        lines.get(at).is_some_and(|line| is_number(line)) && lines.get(at + 1).is_some_and(|line| line.contains("-->"))
    };
    let mut at = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    while at < lines.len() {
        let timed = at + 1;
        let line = lines.get(timed).copied().unwrap_or_default();
        let Some((start_ms, end_ms)) = timing(line) else {
            let why = "expected a time such as `00:00:01,000 --> 00:00:02,500`";
            return Err(CaptionsError::Malformed { line: timed + 1, why });
        };
        let next = (timed + 1..lines.len()).find(|at| is_begin(*at)).unwrap_or(lines.len());
        let words = lines.get(timed + 1..next).unwrap_or_default().join("\n");
        let (text, is_above) = text_of(&words);
        let settings = if is_above { "line:0".to_owned() } else { String::new() };
        captions.add(Cue { start_ms, end_ms, settings, text })?;
        at = next;
    }
    Ok(captions)
}

/// The text with the tags that are kept, and whether it is shown at the top: `{\an7}` to `{\an9}`.
fn text_of(words: &str) -> (String, bool) {
    let mut out = String::with_capacity(words.len());
    let mut is_above = false;
    let mut rest = words;
    while let Some(at) = rest.find(['<', '{', '&', '>']) {
        let (before, behind) = rest.split_at(at);
        out.push_str(before);
        let tag = behind.strip_prefix('<').and_then(|rest| closed(rest, '>'));
        let order = behind.strip_prefix("{\\").and_then(|rest| closed(rest, '}'));
        rest = if let Some((name, after)) = tag.filter(|(name, _)| is_tag(name)) {
            let name = name.to_ascii_lowercase();
            if TAGS.contains(&name.as_str()) {
                out.push('<');
                out.push_str(&name);
                out.push('>');
            }
            after
        } else if let Some((order, after)) = order {
            is_above |= ["an7", "an8", "an9"].contains(&order);
            after
        } else {
            let mut letters = behind.chars();
            if let Some(letter) = letters.next() {
                escape(&mut out, letter.encode_utf8(&mut [0; 4]));
            }
            letters.as_str()
        };
    }
    out.push_str(rest);
    (out, is_above)
}

/// What stands before the end of a tag, and behind it. The end is looked for nearby only: a file that opens tags and never
/// closes them is not read again from each.
fn closed(text: &str, end: char) -> Option<(&str, &str)> {
    let at = text.char_indices().take(LONGEST_TAG).find(|(_, letter)| *letter == end)?.0;
    let (inside, behind) = text.split_at_checked(at)?;
    Some((inside, behind.strip_prefix(end)?))
}

/// Whether it looks like the inside of a tag, and not like something that is less than something else.
fn is_tag(name: &str) -> bool {
    let name = name.strip_prefix('/').unwrap_or(name);
    name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !name.contains(['<', '\n'])
}
