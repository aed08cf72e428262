//! Boxes (ISO/IEC 14496-12, 4.2).

/// A box of parts.
pub(super) fn boxed(name: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&super::length(body.len() + 8)[..], &name, &body].concat()
}

/// A box with version 0 and flags.
pub(super) fn full(name: [u8; 4], flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let mut all: Vec<&[u8]> = vec![];
    let flags = flags.to_be_bytes();
    all.push(&flags);
    all.extend(parts);
    boxed(name, &all)
}

/// Words of 32 bits.
pub(super) fn words(values: impl IntoIterator<Item = usize>) -> Vec<u8> {
    values.into_iter().flat_map(super::length).collect()
}
