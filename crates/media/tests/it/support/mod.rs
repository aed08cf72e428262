//! What the tests share: a builder of films, a packager of whole files, other readers, and ffmpeg.

pub(crate) mod boxes;
pub(crate) mod decrypt;
pub(crate) mod film;
pub(crate) mod fragmented;
pub(crate) mod indexed;
pub(crate) mod package;
pub(crate) mod reader;
pub(crate) mod smooth;
pub(crate) mod tool;
pub(crate) mod transport;
pub(crate) mod tree;

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
