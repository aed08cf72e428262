//! MP4 files that lie: the boxes of a good one, found by their path and written over.

use std::ops::Range;

/// Where the bodies of all boxes at that path lie, such as `["moov", "trak", "tkhd"]`.
pub(crate) fn bodies(film: &[u8], path: &[&str]) -> Vec<Range<usize>> {
    within(film, 0..film.len(), path)
}

fn within(film: &[u8], outer: Range<usize>, path: &[&str]) -> Vec<Range<usize>> {
    let Some((name, inner)) = path.split_first() else { return vec![outer] };
    let mut found = Vec::new();
    let mut at = outer.start;
    while at + 8 <= outer.end {
        let size = number(film, at);
        assert!(size >= 8 && at + size <= outer.end, "no box at {at}");
        if &film[at + 4..at + 8] == name.as_bytes() {
            found.extend(within(film, at + 8..at + size, inner));
        }
        at += size;
    }
    found
}

fn number(film: &[u8], at: usize) -> usize {
    let bytes: [u8; 4] = film[at..at + 4].try_into().unwrap();
    usize::try_from(u32::from_be_bytes(bytes)).unwrap()
}

/// The film with `value` at `offset` in the body of every box at that path.
pub(crate) fn with(mut film: Vec<u8>, path: &[&str], offset: usize, value: u32) -> Vec<u8> {
    let bodies = bodies(&film, path);
    assert!(!bodies.is_empty(), "there is no {path:?}");
    for body in bodies {
        film[body.start + offset..body.start + offset + 4].copy_from_slice(&value.to_be_bytes());
    }
    film
}
