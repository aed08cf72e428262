//! A walk through boxes that shares nothing with what writes them.

/// A box: its name, and where its body lies.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) name: [u8; 4],
    pub(crate) body: std::ops::Range<usize>,
}

/// The boxes that lie in a part of some bytes.
pub(crate) fn boxes(bytes: &[u8], within: std::ops::Range<usize>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let name = bytes[at + 4..at + 8].try_into().unwrap();
        let (head, size) = match size {
            1 => (16, u64::from_be_bytes(bytes[at + 8..at + 16].try_into().unwrap()) as usize),
            size => (8, size),
        };
        assert!(size >= head && at + size <= within.end, "a box of {size} bytes at {at}");
        found.push(Found { name, body: at + head..at + size });
        at += size;
    }
    found
}

/// The box at the end of a way through boxes, where each is named with the bytes of fields in front of those in it.
pub(crate) fn find(bytes: &[u8], way: &[(&[u8; 4], usize)]) -> Option<Found> {
    let mut within = 0..bytes.len();
    let mut last = None;
    for (name, fields) in way {
        let found = boxes(bytes, within).into_iter().find(|found| &found.name == *name)?;
        within = found.body.start + fields..found.body.end;
        last = Some(found);
    }
    last
}

/// A big-endian number.
pub(crate) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
