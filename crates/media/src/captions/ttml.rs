//! Timed Text Markup Language (W3C): paragraphs with their times, the plainest styles, and whether they stand above.

use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashMap;

use super::text::escape;
use super::{Captions, CaptionsError, Cue};

/// Namespaces of TTML 1 and 2, and of its drafts, which are still written.
const SPACES: [&str; 3] =
    ["http://www.w3.org/ns/ttml", "http://www.w3.org/2006/10/ttaf1", "http://www.w3.org/2006/04/ttaf1"];

/// Elements in elements at most.
const DEEPEST: usize = 64;

/// Nodes of a document at most.
const MOST_NODES: u32 = 2_000_000;

/// Bytes from one tag to the next at most: what takes longer the more attributes an element has stays short.
const LONGEST_TAG: usize = 16 << 10;

/// Declarations of namespaces at most, each of which is looked at for every name.
const MOST_SPACES: usize = 64;

/// Whether a document begins that may be it.
pub(super) fn is_it(text: &str) -> bool {
    text.trim_start().starts_with('<') && SPACES.iter().any(|space| text.contains(space))
}

pub(super) fn parse(text: &str) -> Result<Captions, CaptionsError> {
    // Before anything recurses, or takes time by the square of something.
    let refused = |why| Err(CaptionsError::Malformed { line: 1, why });
    if depth(text) > DEEPEST {
        return refused("its elements lie too deep in each other");
    }
    if text.split('<').any(|piece| piece.len() > LONGEST_TAG) {
        return refused("an element or a text is far too long");
    }
    if text.matches("xmlns").count() > MOST_SPACES {
        return refused("it declares too many namespaces");
    }
    // A document type could define anything.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let line = usize::try_from(error.pos().row).unwrap_or(1);
        CaptionsError::Malformed { line, why: "this is not well-formed XML without a document type" }
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "tt" || !root.tag_name().namespace().is_some_and(|space| SPACES.contains(&space)) {
        return Err(CaptionsError::Unknown);
    }
    let mut reader = Reader { clock: Clock::of(root), named: Named::of(root), captions: Captions::default() };
    if let Some(body) = children(root).find(|node| node.tag_name().name() == "body") {
        reader.walk(body, &Scope::default())?;
    }
    Ok(reader.captions)
}

/// How deep elements lie in each other: tags that open less those that close.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0_usize);
    for piece in text.split('<').skip(1) {
        let is_alone = piece.split('>').next().is_some_and(|tag| tag.ends_with('/'));
        if piece.starts_with('/') {
            now = now.saturating_sub(1);
        } else if !piece.starts_with(['?', '!']) && !is_alone {
            now += 1;
            most = most.max(now);
        }
    }
    most
}

fn children<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

/// An attribute by its name, in whichever of the namespaces of the format it stands.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// What the head of a document names.
#[derive(Default)]
struct Named<'a> {
    /// Styles by their ids.
    styles: HashMap<&'a str, Node<'a, 'a>>,
    /// Regions by their ids, and whether what stands in them stands above.
    regions: HashMap<&'a str, bool>,
}

impl<'a> Named<'a> {
    fn of(root: Node<'a, 'a>) -> Self {
        let head = children(root).find(|node| node.tag_name().name() == "head");
        let mut named = Self::default();
        for node in head.into_iter().flat_map(|head| head.descendants()).filter(Node::is_element) {
            match (node.tag_name().name(), attribute(node, "id")) {
                ("style", Some(id)) => drop(named.styles.insert(id, node)),
                ("region", Some(id)) => drop(named.regions.insert(id, is_above(node))),
                _ => {}
            }
        }
        named
    }
}

/// How times are counted.
struct Clock {
    /// Frames in a second: numerator and denominator.
    frames: (u64, u64),
    ticks: u64,
}

impl Clock {
    fn of(root: Node<'_, '_>) -> Self {
        let number =
            |name: &str| attribute(root, name).and_then(|text| text.parse::<u64>().ok()).filter(|rate| *rate > 0);
        let rate = number("frameRate");
        let multiplier = attribute(root, "frameRateMultiplier").and_then(|text| {
            let (num, den) = text.split_once([' ', ':'])?;
            Some((num.trim().parse::<u64>().ok()?, den.trim().parse::<u64>().ok()?))
        });
        let (num, den) = multiplier.filter(|(num, den)| *num > 0 && *den > 0).unwrap_or((1, 1));
        let frames = (rate.unwrap_or(30).saturating_mul(num), den);
        Self { frames, ticks: number("tickRate").unwrap_or(rate.unwrap_or(1)) }
    }

    /// A time in milliseconds: `01:02:03.04`, `01:02:03:12`, `12.5s`, `300f`, `5000000t`.
    fn parse(&self, text: &str) -> Option<u64> {
        let text = text.trim();
        let of_frames = |frames: u64| frames.checked_mul(1_000)?.checked_mul(self.frames.1)?.checked_div(self.frames.0);
        if text.contains(':') {
            let mut parts = text.split(':');
            let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
            let whole = |text: &str| text.parse::<u64>().ok().filter(|_number| !text.starts_with('+'));
            let minutes =
                whole(hours)?.checked_mul(60)?.checked_add(whole(minutes).filter(|minutes| *minutes < 60)?)?;
            let seconds = decimal(seconds, 1_000).filter(|ms| *ms < 61_000)?;
            let frames = match parts.next() {
                Some(frames) => of_frames(whole(frames.split('.').next()?)?)?,
                None => 0,
            };
            let ms = minutes.checked_mul(60_000)?.checked_add(seconds)?.checked_add(frames)?;
            return parts.next().is_none().then_some(ms);
        }
        let digits = text.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        match text.get(digits.len()..)? {
            "h" => decimal(digits, 3_600_000),
            "m" => decimal(digits, 60_000),
            "s" => decimal(digits, 1_000),
            "ms" => decimal(digits, 1),
            "f" => of_frames(decimal(digits, 1)?),
            "t" => decimal(digits, 1)?.checked_mul(1_000)?.checked_div(self.ticks),
            _ => None,
        }
    }
}

/// A number with a fraction, times `scale`.
fn decimal(text: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let nine: u64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let part = nine.checked_mul(scale)?.checked_div(1_000_000_000)?;
    whole.parse::<u64>().ok()?.checked_mul(scale)?.checked_add(part)
}

/// What holds around a node.
#[derive(Debug, Clone, Copy, Default)]
struct Scope {
    begin: u64,
    end: Option<u64>,
    look: Look,
    is_above: bool,
    keeps_space: bool,
}

/// How text looks, as far as it matters to who reads it: whether each of [`LOOKS`] holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look([bool; 3]);

/// Tags of `WebVTT`: slanted, bold, underlined.
const LOOKS: [&str; 3] = ["i", "b", "u"];

impl Look {
    /// With what a style, or an element, says of it.
    fn with(self, node: Node<'_, '_>) -> Self {
        let Self([slanted, bold, underlined]) = self;
        let style = attribute(node, "fontStyle").map(|style| ["italic", "oblique"].contains(&style));
        let weight = attribute(node, "fontWeight").map(|weight| weight == "bold");
        let line =
            attribute(node, "textDecoration").map(|line| line.contains("underline") && !line.contains("noUnderline"));
        Self([style.unwrap_or(slanted), weight.unwrap_or(bold), line.unwrap_or(underlined)])
    }

    /// The tags of it.
    fn tags(self) -> impl DoubleEndedIterator<Item = &'static str> {
        LOOKS.into_iter().zip(self.0).filter(|(_, is)| *is).map(|(name, _)| name)
    }
}

struct Reader<'a> {
    clock: Clock,
    named: Named<'a>,
    captions: Captions,
}

impl Reader<'_> {
    /// What holds within a node.
    fn scope(&self, node: Node<'_, '_>, around: &Scope) -> Result<Scope, CaptionsError> {
        let time = |name: &str| match attribute(node, name) {
            None => Ok(None),
            Some(text) => self.clock.parse(text).map(Some).ok_or_else(|| malformed(node, "a time that cannot be read")),
        };
        let begin = around.begin.saturating_add(time("begin")?.unwrap_or(0));
        let own = match (time("end")?, time("dur")?) {
            (Some(end), _) => Some(around.begin.saturating_add(end)),
            (None, Some(dur)) => Some(begin.saturating_add(dur)),
            (None, None) => None,
        };
        let end = match (own, around.end) {
            (Some(own), Some(around)) => Some(own.min(around)),
            (own, around) => own.or(around),
        };
        let mut look = around.look;
        for style in attribute(node, "style").unwrap_or_default().split_whitespace() {
            if let Some(style) = self.named.styles.get(style) {
                look = look.with(*style);
            }
        }
        let region = attribute(node, "region").and_then(|region| self.named.regions.get(region));
        let is_above = region.copied().unwrap_or(around.is_above);
        let keeps_space = attribute(node, "space").map_or(around.keeps_space, |space| space == "preserve");
        Ok(Scope { begin, end, look: look.with(node), is_above, keeps_space })
    }

    fn walk(&mut self, node: Node<'_, '_>, around: &Scope) -> Result<(), CaptionsError> {
        let scope = self.scope(node, around)?;
        if node.tag_name().name() == "p" {
            return self.paragraph(node, &scope);
        }
        for child in children(node).filter(|child| ["div", "p"].contains(&child.tag_name().name())) {
            self.walk(child, &scope)?;
        }
        Ok(())
    }

    /// One cue; or one for each part that has a time of its own.
    fn paragraph(&mut self, node: Node<'_, '_>, scope: &Scope) -> Result<(), CaptionsError> {
        let parts: Vec<_> = children(node).filter(|part| attribute(*part, "begin").is_some()).collect();
        if parts.is_empty() {
            return self.cue(node, scope);
        }
        for part in parts {
            let scope = self.scope(part, scope)?;
            self.cue(part, &scope)?;
        }
        Ok(())
    }

    fn cue(&mut self, node: Node<'_, '_>, scope: &Scope) -> Result<(), CaptionsError> {
        let end_ms = scope.end.ok_or_else(|| malformed(node, "a paragraph without an end"))?;
        let mut text = String::new();
        self.words(node, scope, &mut text)?;
        let text = text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        if text.trim().is_empty() {
            return Ok(());
        }
        let settings = if scope.is_above { "line:0".to_owned() } else { String::new() };
        self.captions.add(Cue { start_ms: scope.begin, end_ms, settings, text })
    }

    fn words(&self, node: Node<'_, '_>, scope: &Scope, out: &mut String) -> Result<(), CaptionsError> {
        for child in node.children() {
            if child.is_text() {
                let text = child.text().unwrap_or_default();
                let text = if scope.keeps_space { text.to_owned() } else { collapsed(text, out) };
                let look = if text.trim().is_empty() { Look::default() } else { scope.look };
                look.tags().for_each(|name| out.extend(["<", name, ">"]));
                escape(out, &text);
                look.tags().rev().for_each(|name| out.extend(["</", name, ">"]));
            } else if child.tag_name().name() == "br" {
                out.push('\n');
            } else if child.tag_name().name() == "span" {
                self.words(child, &self.scope(child, scope)?, out)?;
            }
        }
        Ok(())
    }
}

/// Text whose spaces and line ends are one space each, and none behind another.
fn collapsed(text: &str, before: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_space = letter.is_ascii_whitespace();
        let follows = out.chars().next_back().or(before.chars().next_back());
        if !is_space {
            out.push(letter);
        } else if !matches!(follows, Some(' ' | '\n') | None) {
            out.push(' ');
        }
    }
    out
}

/// Whether what stands in a region stands in the upper half.
fn is_above(region: Node<'_, '_>) -> bool {
    let nested = || region.descendants().filter(Node::is_element);
    let find = |name: &str| nested().find_map(|node| attribute(node, name));
    let top =
        find("origin").and_then(|origin| origin.split_whitespace().nth(1)?.strip_suffix('%')?.parse::<f64>().ok());
    match top {
        Some(top) => top < 40.0 && find("displayAlign") != Some("after"),
        None => find("displayAlign") == Some("before"),
    }
}

fn malformed(node: Node<'_, '_>, why: &'static str) -> CaptionsError {
    let line = node.document().text_pos_at(node.range().start).row;
    CaptionsError::Malformed { line: usize::try_from(line).unwrap_or(1), why }
}
