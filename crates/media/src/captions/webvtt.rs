//! `WebVTT` (W3C): read block by block, and written.

use core::fmt::Write as _;

use super::{Captions, CaptionsError, Cue, clock};

/// Whether the first line has the word, alone or with a comment.
pub(super) fn is_it(text: &str) -> bool {
    let signed = text.strip_prefix("WEBVTT");
    signed.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n']))
}

pub(super) fn parse(text: &str) -> Result<Captions, CaptionsError> {
    let mut captions = Captions::default();
    let lines: Vec<&str> = text.lines().collect();
    // What stands below the first line up to an empty one is headers, which nobody uses.
    let mut at = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    while let Some(begin) = (at..lines.len()).find(|at| lines.get(*at).is_some_and(|line| !line.trim().is_empty())) {
        let end =
            (begin..lines.len()).find(|at| lines.get(*at).is_none_or(|line| line.is_empty())).unwrap_or(lines.len());
        let block = lines.get(begin..end).unwrap_or_default();
        at = end;
        let first = block.first().copied().unwrap_or_default();
        let is = |word: &str| first.strip_prefix(word).is_some_and(|rest| rest.trim().is_empty());
        if first == "NOTE" || first.starts_with("NOTE ") || first.starts_with("NOTE\t") {
            continue;
        }
        // They count only in front of all cues.
        if is("STYLE") || is("REGION") {
            if captions.cues.is_empty() {
                captions.preamble.push_str(&block.join("\n"));
                captions.preamble.push_str("\n\n");
            }
            continue;
        }
        captions.add(cue(block, begin)?)?;
    }
    Ok(captions)
}

/// A cue of its lines, the first of which has the number `begin`, from 0: maybe a name, its time, its text.
fn cue(block: &[&str], begin: usize) -> Result<Cue, CaptionsError> {
    let timed = usize::from(!block.first().is_some_and(|line| line.contains("-->")));
    let malformed = || {
        let why = "expected the time of a cue such as `00:01.000 --> 00:02.500`";
        CaptionsError::Malformed { line: begin + timed + 1, why }
    };
    let (start, rest) = block.get(timed).and_then(|line| line.split_once("-->")).ok_or_else(malformed)?;
    let mut words = rest.split_whitespace();
    let end = words.next().ok_or_else(malformed)?;
    let parse = |text: &str| clock::parse(text.trim(), &['.'], true).ok_or_else(malformed);
    let settings: Vec<&str> = words.filter(|word| word.contains(':')).collect();
    let text = block.get(timed + 1..).unwrap_or_default().join("\n").replace("-->", "--&gt;");
    Ok(Cue { start_ms: parse(start)?, end_ms: parse(end)?, settings: settings.join(" "), text })
}

/// A file of these cues, with `header` below its first line.
pub(super) fn write(header: &str, preamble: &str, cues: &[Cue]) -> String {
    let mut out = format!("WEBVTT\n{header}\n{preamble}");
    for cue in cues {
        let (start, end) = (clock::write(cue.start_ms), clock::write(cue.end_ms));
        let space = if cue.settings.is_empty() { "" } else { " " };
        let Cue { settings, text, .. } = cue;
        // Writing to a string cannot fail.
        write!(out, "{start} --> {end}{space}{settings}\n{text}\n\n").unwrap_or_default();
    }
    out
}
