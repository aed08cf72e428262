//! Boxes as text, for snapshots.

use std::fmt::Write as _;

const CONTAINERS: [&[u8; 4]; 12] =
    [b"moov", b"trak", b"edts", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf", b"sinf", b"schi"];

/// An indented line for each box; fields as bytes.
pub(crate) fn tree(bytes: &[u8]) -> String {
    let mut out = String::new();
    boxes(bytes, 0, &mut out);
    out
}

fn boxes(mut bytes: &[u8], depth: usize, out: &mut String) {
    while bytes.len() >= 8 {
        let size = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
        let name: [u8; 4] = bytes[4..8].try_into().unwrap();
        // The payload of an `mdat` is not part of the head.
        let end = size.min(bytes.len());
        let body = &bytes[8..end];
        write!(out, "{:indent$}{} {size}", "", name.escape_ascii(), indent = depth * 2).unwrap();
        let inner = match &name {
            container if CONTAINERS.contains(&container) => Some(0),
            b"stsd" | b"dref" => Some(8),
            b"avc1" | b"encv" => Some(78),
            b"mp4a" | b"enca" => Some(28),
            _ => None,
        };
        let fields = &body[..inner.unwrap_or(body.len())];
        for chunk in fields.chunks(4) {
            out.push(' ');
            for byte in chunk {
                write!(out, "{byte:02x}").unwrap();
            }
        }
        out.push('\n');
        if let Some(skip) = inner {
            boxes(&body[skip..], depth + 1, out);
        }
        bytes = &bytes[end..];
    }
}

/// The same boxes with the body of every box of one name changed.
pub(crate) fn edit(mut bytes: &[u8], name: &[u8; 4], change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    while bytes.len() >= 8 {
        let size = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
        let found: [u8; 4] = bytes[4..8].try_into().unwrap();
        let body = &bytes[8..size];
        let body = if &found == name {
            change(body)
        } else if CONTAINERS.contains(&&found) {
            edit(body, name, change)
        } else {
            body.to_vec()
        };
        out.extend(super::film::boxed(&found, &body));
        bytes = &bytes[size..];
    }
    out
}
