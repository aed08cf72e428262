//! Writing of XML.

use core::fmt::{self, Write as _};

use super::presentation::clean;

/// A document that is written from its beginning to its end.
pub(super) struct Xml(String);

impl Xml {
    /// A document with its declaration.
    pub(super) fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned())
    }

    /// Adds text that is escaped already.
    pub(super) fn put(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        self.0.write_fmt(text).unwrap_or_default();
    }

    /// All that was written.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// Text for element content and attribute values. Characters that XML cannot hold become spaces.
pub(super) fn escape(text: &str) -> String {
    clean(text).chars().fold(String::new(), |mut out, char| {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            other => out.push(other),
        }
        out
    })
}
