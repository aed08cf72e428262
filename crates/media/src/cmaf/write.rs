//! Writing of boxes.

/// Writes a box: its size, its name and what `content` adds.
pub(crate) fn boxed(out: &mut Vec<u8>, name: [u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&name);
    content(out);
    let size = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    if let Some(field) = out.get_mut(start..).and_then(|written| written.first_chunk_mut::<4>()) {
        *field = size.to_be_bytes();
    }
}

/// Writes a full box: a box that begins with a version and 24 bits of flags.
pub(crate) fn full(out: &mut Vec<u8>, name: [u8; 4], version: u8, flags: u32, content: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, name, |out| {
        put32(out, (flags & 0x00ff_ffff) | u32::from(version) << 24);
        content(out);
    });
}

pub(crate) fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn zeros(out: &mut Vec<u8>, count: usize) {
    out.resize(out.len().saturating_add(count), 0);
}
