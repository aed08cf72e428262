//! The beginning and the end of an output of any length.

use std::collections::VecDeque;

/// Bytes kept of the beginning, where the first error is.
const HEAD: usize = 4 * 1024;

/// Bytes kept of the end, where the last one is.
const TAIL: usize = 4 * 1024;

/// What was kept of an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Kept {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
        self.left_out = self.left_out.saturating_add(over as u64);
    }

    /// It as text, with a line of its own where something was left out.
    pub fn text(&self) -> String {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        if self.left_out == 0 {
            return String::from_utf8_lossy(&[self.head.as_slice(), &tail].concat()).into_owned();
        }
        let (head, tail) = (String::from_utf8_lossy(&self.head), String::from_utf8_lossy(&tail));
        format!("{head}\n({} bytes left out)\n{tail}", self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_output_is_kept_whole_across_the_seam() {
        let mut kept = Kept::default();
        let whole = "ä".repeat(HEAD / 2 + TAIL / 2);
        for piece in whole.as_bytes().chunks(1023) {
            kept.push(piece);
        }
        assert_eq!(kept.text(), whole);
    }

    #[test]
    fn of_long_output_the_ends_are_kept() {
        let mut kept = Kept::default();
        kept.push(b"first");
        for _ in 0..100 {
            kept.push(&[b'-'; 1000]);
        }
        kept.push(b"last");
        let text = kept.text();
        assert!(text.starts_with("first") && text.ends_with("last"));
        assert!(text.contains(&format!("({} bytes left out)", 100_009 - HEAD - TAIL)), "{text}");
        assert!(text.len() < HEAD + TAIL + 50);
    }
}
